"""Models: which there are, which one answers; changed without a stop."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from mcu_nlp_service.access.roles import Caller, GuardedRoute, caller_of, needs
from mcu_nlp_service.api.refusals import refusals
from mcu_nlp_service.parts import Parts, PartsDep

router = APIRouter(prefix="/v1/models", tags=["models"], dependencies=[needs("admin")], route_class=GuardedRoute)

CallerDep = Annotated[Caller, Depends(caller_of)]
_EXAMPLE: dict[str, JsonValue] = {
    "active": "kursk-2026-05",
    "previous": "kursk-2026-02",
    "shadow": None,
    "items": [
        {"name": "kursk-2026-02", "model": "kursk", "version": "0.1.0+270b41113f", "active": False, "problem": None},
        {"name": "kursk-2026-05", "model": "kursk", "version": "0.1.0+93c1d0a7be", "active": True, "problem": None},
        {
            "name": "broken",
            "model": None,
            "version": None,
            "active": False,
            "problem": "models/broken: контрольная сумма файла weights.npz не совпадает с manifest.json. "
            "Скопируйте модель заново.",
        },
    ],
}


class ModelEntryOut(BaseModel):
    """A model folder."""

    name: str = Field(description="name of the folder; what the other calls take")
    model: str | None = Field(description="name in the manifest")
    version: str | None
    active: bool
    problem: str | None = Field(description="why it cannot be used, in Russian")


class ModelsOut(BaseModel):
    """All model folders, and who answers."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    active: str
    previous: str | None = Field(description="what a roll back would activate")
    shadow: str | None = Field(description="the model that answers in the background")
    items: list[ModelEntryOut]


class ShadowIn(BaseModel):
    """Which model shall answer in the background."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "kursk-2026-05"}]})

    name: str | None = Field(max_length=255, description="name of a model folder; null: none")


@router.get("")
async def list_models(parts: PartsDep) -> ModelsOut:
    """List the models that may be activated, and tell which one answers."""
    return await _told(parts)


@router.post("/rollback", responses=refusals(409, 503))
async def roll_back(parts: PartsDep, caller: CallerDep) -> ModelsOut:
    """Go back to the model that answered before."""
    await parts.models.roll_back(caller.key_id)
    return await _told(parts)


@router.put("/shadow", responses=refusals(400, 404, 409, 415, 422, 503))
async def set_shadow(body: ShadowIn, parts: PartsDep, caller: CallerDep) -> ModelsOut:
    """Let a second model answer in the background; how often it differs is told by the metrics."""
    await parts.models.set_shadow(body.name)
    await _record(parts, caller, "model_shadowed", body.name or "")
    return await _told(parts)


@router.post("/{name}/activate", responses=refusals(404, 409, 422, 503))
async def activate(name: str, parts: PartsDep, caller: CallerDep) -> ModelsOut:
    """Let this model answer from now on; the old one serves until the new one has passed its test."""
    await parts.models.activate(name, caller.key_id)
    return await _told(parts)


async def _record(parts: Parts, caller: Caller, action: str, name: str, **details: str) -> None:
    await to_thread.run_sync(partial(parts.audit.write, caller.key_id, action, name, **details))


async def _told(parts: Parts) -> ModelsOut:
    models = parts.models
    entries = await to_thread.run_sync(models.catalogue.entries)
    active = models.active.name
    return ModelsOut(
        active=active,
        previous=models.previous,
        shadow=models.shadow.name if models.shadow else None,
        items=[
            ModelEntryOut(
                name=entry.name,
                model=entry.model,
                version=entry.version,
                active=entry.name == active,
                problem=entry.problem,
            )
            for entry in entries
        ],
    )
