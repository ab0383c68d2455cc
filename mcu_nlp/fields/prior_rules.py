"""Whether a clause tells of an earlier appeal: an act with its addressee, a paper with its fate, a repetition."""

from __future__ import annotations

import re

from mcu_nlp.fields.lexicon import lexicon

WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")
_NUMBER = re.compile(
    r"(?P<mark>(?<!№)№{1,3}|#|номер\w{0,3}|(?<![^\W_])n(?![^\W\d_])|(?:вх|исх)(?:од\w{0,8})?\.?|рег\.)[ .:]{0,3}"
    r"(?:№{1,3}|#|номер)? ?(?P<marked>%s)"
    r"|(?<!\w)(?:пос|талон|заявк\w|обращени\w|сообщени\w|жалоб\w|заявлени\w|письмо)[ .:]{0,3}(?P<bare>%s)"
    % ((r"[А-Яа-яA-Za-z]{0,4}-?\d[\dА-Яа-яA-Za-z/-]{0,24}",) * 2),
    re.IGNORECASE,
)
# «дом номер 2», «поликлиника № 6» have numbers of their own; «заявление 18 февраля» has a day.
_OF_PLACE = re.compile(
    r"(?<!\w)(?:дом|школ|сад|поликлиник|больниц|лице|гимнази|квартир|подъезд|маршрут|отделени|корпус|участок|участк|бригад"
    r"|скважин|котельн|палат|кабинет|общежити|автобус|интернат|управлени|мкр|микрорайон)[а-яё]{0,3} \Z",
    re.IGNORECASE,
)
_OF_DAY = re.compile(
    r" ?(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|\.\d|числ|раз|чел|год|дн)", re.IGNORECASE
)
_PLACE_REACH = 16
# Acts that need no addressee to be an appeal.
_TURNING = frozenset(("обращаться", "писать", "звонить", "жаловаться"))
_FATE = re.compile(
    r"без (?:ответ|результат|рассмотр|реакц|реагир)|безрезультат|результат\w* (?:не|нет)|реакции (?:не|нет|никак)"
    r"|ни к чему|в работе|отклон|игнорир|не рассмотр|проигнор|прилага|дозвон|многочисленн|многократн|неоднократн"
    r"|не (?:реагир|отвеча|ответил|помог|да[юе]т|дал[аи]?(?![а-яё])|прин[оеё]с|выполн|принят)|нет реакции",
    re.IGNORECASE,
)
_DEED = re.compile(r"закры|остал|получ|отвеч|прилаг|был|направл|поступ|подан|писал", re.IGNORECASE)
# What becomes of the author's own paper: «моё сообщение переадресовали».
_OWN_PAPER = re.compile(
    r"(?<!\w)(?:мо[еёийя]\w{0,2}|наш\w{1,2}|предыдущ\w{2,3}|прошл\w{2,3}) (?:[а-яё]{4,16} ){0,2}"
    r"(?:обращени|сообщени|заявк|жалоб|заявлени|письм|претензи|запрос)",
    re.IGNORECASE,
)
_OWN_FATE = re.compile(
    r"закры|отклон|перенаправ|переадрес|присво|зарегистр|передан|рассмотрен[аоы]?(?![а-яё])|получ|приш[её]?л|прислал"
    r"|ответил|был[аои]?(?![а-яё])",
    re.IGNORECASE,
)
# «на жалобы не реагируют», «просьбы игнорируют»
_IGNORED = re.compile(
    r"(?:на (?:[а-яё]{2,16} ){0,2}(?:просьб|жалоб|обращени|заявк|сообщени|претензи|письм)[а-яё]{0,3}"
    r"(?: [^.]{0,60})? (?:не реаг|не отвеч|отвеча|ответил|игнор|ответ(?:а|ов)? нет|не приход|не обращ|никак|ноль"
    r"|молч|отпис)"
    r"|(?:просьб|жалоб|обращени|заявк)[а-яё]{1,3} (?:[^.]{0,60} )?игнорир)",
    re.IGNORECASE,
)
# «после обращения в УК», «несмотря на многократные жалобы жильцов»
_UPON = re.compile(
    r"(?:после|при|не ?смотря на|(?:в ответ )?на) (?:(?!отсутств)[а-яё]{2,16} ){0,2}"
    r"(?:обращени|жалоб|заявк|звонк|сообщени|письм|заявлени|претензи)[а-яё]{1,3}",
    re.IGNORECASE,
)
_ANEW = re.compile(
    r"(?<!\w)(?:(?:не ?однократн|повторн)[оаы]\w?|вновь|снова|опять|(?:ещ[её]|много|сколько|тысячу|сотый|не|какой"
    r"|который|\d{1,2}-?(?:й|ый|ий)?"
    r"|не (?:один|первый)|втор\w{2}|трет\w{2}|четв[её]рт\w{2}|пят\w{2}|очередной|каждый|несколько) раз|дважды|трижды"
    r"|многократно"
    r"|кажд(?:ый|ую|ое) (?:день|год|месяц|недел|зим|весн|лето|осен)|ежедневно|ежегодно|постоянно|регулярно|годами"
    r"|месяцами"
    r"|(?:уже|более|больше) (?:[а-яё\d-]{1,12} ){0,3}(?:год|лет|месяц|недел|дн)|(?:год|день|месяц)[а-я]? за (?:год"
    r"|дн|месяц)"
    r"|с (?:19|20)\d\d)",
    re.IGNORECASE,
)
_MATTER = re.compile(
    r"(?<!\w)(?:о|об|обо|по|про|данн\w{2,3}|эт\w{1,2}|вопрос) (?:[а-яё]{2,14} ){0,2}(?:проблем|вопрос|ситуаци|этом"
    r"|этому|ч[её]м)|о ч[её]м",
    re.IGNORECASE,
)
# Somebody else's calls and letters are no appeals of the author.
_STRANGER = re.compile(
    r"(?:^|\W)(?:ваш|он|она|врач|терапевт|чиновник|мошенник\w*|автоответчик) (?:\w+ )?(?:пис"
    r"|напис|звон|позвон|обрат|обращ|прос|сообщ)|(?:^|\W)(?:мне|нам) (?:\w+ )?(?:пис|напис|звон|позвон|сообщен)"
    r"|никто (?:\w+ ){0,3}(?:обратил|звонил|писал)"
    r"|позвон\w+ и (?:сообщ|сказа)|^(?:вот |как |что )?вы (?:пис|напис|сообщ|отв|пода)"
    r"|(?:пис|напис|звон|позвон)\w* (?:мне|нам)(?:\W|$)"
    r"|^(?:как )?(?:\w+ )?(?:сообщал|сообщил|ответил)\w? (?:комитет|администрац|управлен|служб|министерств"
    r"|департамент)"
    r"|(?:комитет|администрация|служба|компания|инспекция|фонд|оператор|сотрудник\w?|сотрудниц\w|представител\w"
    r"|специалист\w?"
    r"|директор|диспетчер|председатель|глава|губернатор|водитель|соседка|сосед|супруга?|руководитель|управляющая"
    r"|начальник)"
    r" (?:[\w«»-]+ ){0,4}(?:сообщил|сообщал|передал|направил|говорил|просил|писал|написал|звонил|дозвонил"
    r"|разговаривал|приходил"
    r"|приезжал|спрос|отправил|пода[лв])"
    r"|^обратил(?:ся|ась|ись) (?:[а-яё]{6,12} )?[А-ЯЁ][а-яё]+ [А-ЯЁ]",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"(?<!только )(?<!куда )(?<!\w)не (?:обращал|обратил|писал|написал|звонил|позвонил|жаловал|подавал|дозвонил"
    r"|вызывал)",
    re.IGNORECASE,
)
_WHEREVER = re.compile(
    r"(?<!\w)(?:куда|кому|сколько) (?:[а-яё]{2,6} ){0,3}не (?:обращал|писал|звонил|жаловал)", re.IGNORECASE
)
_CALLING = re.compile(r"(?<!\w)звон(?:им|ю)(?!\w)", re.IGNORECASE)
# «были на приёме у главы», but not at a doctor's.
_RECEPTION = re.compile(
    r"(?<!\w)был[аи]?(?!\w)(?: [а-яё\d]{1,12}){0,4} на (?:личном )?при[её]ме (?!(?:у )?(?:врач|терапевт|доктор"
    r"|хирург|специалист))",
    re.IGNORECASE,
)
_DOCUMENTS = re.compile(r"документ|справк|анализ|показани|квитанци", re.IGNORECASE)
_EXPLAINING = re.compile(
    r"т\.к\.|это (?!мо|наш|уже)|фото|копи|скан|видео|материал|так как|на каком основании", re.IGNORECASE
)
# «Обращения в управу», «пять писем главе», «второе заявление от 3 мая»: the paper itself is the mention.
_NOMINAL = re.compile(
    r"(?:(?:но|и|а|так как|также|так же) )?(?:(?:все|мои|наши|мо[её]|наше|на|это|мной|были?|\d{1,2}|перв\w+|втор\w+"
    r"|трет\w+"
    r"|четв[её]рт\w+|пят\w+|шест\w+|дв[ае]"
    r"|три|четыре|пять|шесть|семь|десят\w+|сто|многочисленн\w+|многократн\w+|не ?однократн\w+|постоянн\w+"
    r"|коллективн\w+|бесконечн\w+"
    r"|повторн\w+|предыдущ\w+|прошл\w+|письменн\w+|устн\w+|личн\w+|последн\w+) ){0,3}"
    r"(?:обращени[ея]|обращений|жалоб[аы]?|заяв(?:ка|ки|ок)|звон(?:ки|ок|ков)|пис(?:ьма|ьмо|ем)|заявлени[еяй]й?"
    r"|подача заявок) "
    r"(?:в [а-яёА-ЯЁ«]|через [а-яёА-ЯЁ«]|к (?!нам)|от \d|на (?:им|ном|горяч|порт|сайт|линию|диспетч)|за (?:год|месяц"
    r"|зиму|лето|недел)"
    r"|по (?:номер|телефон|контакт)|глав|губер|мэр|депут|президен|директ|номер|\(?вх|№|\d)",
    re.IGNORECASE,
)
_NOT_PRIOR = re.compile(
    r"(?:прошу|просим|требу|буду|будем|будет|хочу|хотел|напишу|напишем|пойду|обращусь|обратимся"
    r"|если|что ?бы|обязан|куда|кому|\bможно|нужно|надо|придется|вынужден|обраща(?:юсь|емся)(?!.{0,60}(?:раз(?:\W|$)"
    r"|повторно|снова))"
    r"|копи[яю] |одновременно|настоящ(?!ее врем)|параллельно|статьи|статьёй|статьей|федеральн"
    r"|постановлени|приказ|к заявлению прилаг|подачи данного)",
    re.IGNORECASE,
)


def number_of(clause: str) -> str | None:
    """The number under which an appeal was taken: the first one with a mark, else the one after its paper.

    >>> number_of("заявление 18 февраля, № ОГ-14"), number_of("в поликлинику № 6"), number_of("заявка 1184")
    ('ОГ-14', None, '1184')
    """
    bare: str | None = None
    for hit in _NUMBER.finditer(clause):
        if _OF_PLACE.search(clause, max(0, hit.start() - _PLACE_REACH), hit.start()):
            continue
        if hit["marked"]:
            return hit["marked"]
        if bare is None and not _OF_DAY.match(clause, hit.end()):
            bare = hit["bare"]
    return bare


def is_prior(clause: str) -> bool:
    """Whether a clause tells of an earlier appeal.

    >>> is_prior("писали в управу трижды"), is_prior("прошу написать письмо")
    (True, False)
    """
    if _WHEREVER.search(clause):
        return True
    if _NOT_PRIOR.search(clause):
        return False
    known = lexicon("request_words")
    words = [word.lower().replace("ё", "е") for word in WORD.findall(clause)]
    acts = {known["appealed"][word] for word in words if word in known["appealed"]}
    papers = {known["paper"][word] for word in words if word in known["paper"]}
    if _IGNORED.search(clause) or _RECEPTION.search(clause):
        return True
    addressed = any(word in known["addressee"] for word in words) or "в «" in clause
    repeated = any(word in known["repeated"] for word in words)
    if "обращение" in papers and _paper_is_prior(clause, addressed=addressed):
        return True
    if acts:
        return _act_is_prior(clause, acts, papers, addressed=addressed, repeated=repeated)
    told = "обращение" in papers and repeated and _DEED.search(clause) is not None
    return told and not _EXPLAINING.match(clause)


def _paper_is_prior(clause: str, *, addressed: bool) -> bool:
    """«Обращения в управу», «заявка № 5», «мою жалобу переслали», «после обращения в УК»."""
    if _NOMINAL.match(clause):
        return True
    if number_of(clause) or _FATE.search(clause):
        return not _EXPLAINING.match(clause)
    own = _OWN_PAPER.search(clause) is not None
    if own and _OWN_FATE.search(clause):
        return True
    return _UPON.search(clause) is not None and (addressed or own)


def _act_is_prior(clause: str, acts: set[str], papers: set[str], *, addressed: bool, repeated: bool) -> bool:
    """Whether the author's act was an appeal: some acts need an addressee, a paper or a repetition."""
    anew = _ANEW.search(clause) is not None
    if _NEGATED.search(clause) or (_STRANGER.search(clause) and not anew and not _OWN_PAPER.search(clause)):
        return False
    if acts & _TURNING:
        return True
    if "составлять" in acts:
        return bool(papers - {"ответ", "просьба"})
    if "информировать" in acts:
        return repeated or addressed
    if "ныне" in acts:
        return anew or (addressed and _CALLING.search(clause) is not None)
    if "обращение" in papers:
        return True
    if _DOCUMENTS.search(clause):
        return False
    return addressed or (acts == {"сообщать"} and (anew or _MATTER.search(clause) is not None))
