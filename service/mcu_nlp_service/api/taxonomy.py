"""What can be answered, and where appeals are sent: the taxonomy, the routing rules, and trying other rules."""

from __future__ import annotations

from typing import Any

from anyio import to_thread
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from mcu_nlp import InputError
from mcu_nlp_service.access.roles import GuardedRoute, needs
from mcu_nlp_service.api.refusals import refusals
from mcu_nlp_service.api.schemas import AppealIn
from mcu_nlp_service.inference import worker
from mcu_nlp_service.parts import PartsDep
from mcu_nlp_service.problems import RefusalError

router = APIRouter(prefix="/v1", tags=["taxonomy and routing"], route_class=GuardedRoute)

_OPERATOR = [needs("operator")]
_MAX_RULES, _MAX_ITEMS = 1_000_000, 200
_RULES = (
    'format = 1\n\n[[department]]\nid = "roads"\ntitle = "Отдел дорог и транспорта"\n\n'
    '[[rule]]\nid = "by-category"\ndepartment = "roads"\ncategory = "roads"\n'
)
_LABELS: dict[str, JsonValue] = {
    "categories": [{"id": "roads", "title": "Автомобильные дороги"}],
    "topics": [{"id": "roads.city-potholes", "title": "Ямы во дворах и на дорогах", "category": "roads"}],
    "departments": [{"id": "roads", "title": "Отдел дорог и транспорта"}],
}


class LabelOut(BaseModel):
    """A class with its stable id."""

    id: str
    title: str


class TopicLabelOut(LabelOut):
    """A topic and the category that it lies in."""

    category: str


class TaxonomyOut(BaseModel):
    """Everything that the active model can answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [_LABELS]})

    categories: list[LabelOut]
    topics: list[TopicLabelOut]
    departments: list[LabelOut]


class RoutingOut(BaseModel):
    """The file of routing rules."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rules": _RULES}]})

    rules: str | None = Field(description="the file as it is (TOML); null: the model alone decides")


class RulesIn(BaseModel):
    """Routing rules to check."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"rules": _RULES}]})

    rules: str = Field(max_length=_MAX_RULES, description="TOML")


class DryRunIn(RulesIn):
    """Routing rules, and appeals to try them on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"rules": _RULES, "items": [{"text": "Яма на ул. Садовой у дома 4."}]}]},
    )

    items: list[AppealIn] = Field(min_length=1, max_length=_MAX_ITEMS)


class CheckOut(BaseModel):
    """Whether rules can be used; if not, ``problem`` tells the line and the remedy in Russian."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"usable": True, "rules": 1, "departments": 1, "problem": None}]}
    )

    usable: bool
    rules: int
    departments: int
    problem: str | None


class ContradictionOut(BaseModel):
    """Where a rule leads elsewhere than the model would."""

    rule: str
    by_rule: str
    by_model: str
    count: int


class DryRunOut(BaseModel):
    """What rules would do to the appeals."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"total": 1, "uncaught": 0, "caught": {"by-category": 1}, "uncaught_topics": {}, "contradictions": []}
            ]
        }
    )

    total: int
    uncaught: int
    caught: dict[str, int] = Field(description="appeals by rule")
    uncaught_topics: dict[str, int] = Field(description="appeals that no rule caught, by topic")
    contradictions: list[ContradictionOut]


@router.get("/taxonomy", dependencies=[needs("client")], responses=refusals(503))
async def taxonomy(parts: PartsDep) -> TaxonomyOut:
    """Tell all categories, topics and departments that the active model can answer."""
    return TaxonomyOut.model_validate(parts.models.active.facts.taxonomy)


@router.get("/routing", dependencies=_OPERATOR)
async def routing(parts: PartsDep) -> RoutingOut:
    """Tell the routing rules as the file holds them now; processes read it when they start."""
    file = parts.settings.routing
    return RoutingOut(rules=await to_thread.run_sync(file.read_text, "utf-8-sig") if file else None)


@router.post("/routing/check", dependencies=_OPERATOR, responses=refusals(400, 415, 422, 429, 503))
async def check_routing(body: RulesIn, parts: PartsDep) -> CheckOut:
    """Check rules against the taxonomy of the active model; nothing is changed."""
    with parts.admission.enter():
        found = await parts.models.run(worker.check_rules, body.rules)
    return CheckOut.model_validate(found)


@router.post("/routing/dry-run", dependencies=_OPERATOR, responses=refusals(400, 409, 413, 415, 422, 429, 503))
async def try_routing(body: DryRunIn, parts: PartsDep) -> DryRunOut:
    """Try rules on appeals: what each catches, what none does, where they differ from the model; nothing is changed."""
    messages = [item.message for item in body.items]
    with parts.admission.enter():
        found: dict[str, Any] | InputError = await parts.models.run(worker.try_rules, body.rules, messages)
    if isinstance(found, InputError):
        raise RefusalError.of(found)
    if found.get("problem"):
        raise RefusalError("routing_unusable", found["problem"])
    return DryRunOut.model_validate(found)
