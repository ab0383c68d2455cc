"""Russian words of the reports."""

from __future__ import annotations

DECISIONS = {
    "category": "Группа тем",
    "topic": "Тема",
    "department": "Исполнитель",
    "kind": "Вид обращения",
    "tone": "Тон",
}
FIGURES = {
    "accuracy": "Точность",
    "top3": "Среди трёх",
    "weighted_f1": "F1 взвешенная",
    "macro_f1": "F1 по классам",
    "ece": "Ошибка уверенности",
    "coverage": "Можно не проверять",
}
FIGURE_NOTES = (
    "Точность: доля верных ответов. Среди трёх: верный ответ среди трёх предложенных. F1 взвешенная: "
    "точность и полнота вместе, крупные классы весят больше. F1 по классам: все классы от пяти строк наравне. "
    "Ошибка уверенности (ECE): насколько уверенность в среднем расходится с долей верных. "
    "Можно не проверять: доля ответов, которые в сумме верны не реже чем в {target:.0%} случаев."
)
DRIFT = {"answers": "распределение ответов", "confidence": "уверенность"}
DRIFT_LEVELS = {"none": "перемен нет", "slight": "перемены заметны", "strong": "перемены большие"}
VERDICTS = {
    "better": "Новая модель лучше: её можно включать.",
    "not_proven": "Разница не доказана: оставьте прежнюю модель или соберите больше размеченных обращений.",
    "worse": "Новая модель хуже: включать её нельзя.",
}
OUTCOMES = {"win": "исправлено", "loss": "испорчено", "both_wrong": "обе ошиблись", "unlabelled": "без метки"}


def number(value: float, digits: int = 2) -> str:
    """A figure as Russians write it.

    >>> number(0.5)
    '0,50'
    """
    return f"{value:.{digits}f}".replace(".", ",").replace("-", "−")


def percent(value: float, digits: int = 0) -> str:
    r"""A share in per cent.

    >>> percent(0.1234, 1).replace("\u00a0", " ")
    '12,3 %'
    """
    return f"{number(value * 100, digits)}\u00a0%"


def points(value: float) -> str:
    r"""A change of a share in percentage points.

    >>> points(0.0234).replace("\u00a0", " ")
    '+2,3 п. п.'
    """
    return f"{'+' if value >= 0 else '−'}{number(abs(value) * 100, 1)} п.\u00a0п."


def p_value(p: float) -> str:
    """A p-value as it is written after «p».

    >>> p_value(0.00001), p_value(0.0312)
    ('< 0,001', '= 0,031')
    """
    return "< 0,001" if p < 0.001 else f"= {number(p, 3)}"
