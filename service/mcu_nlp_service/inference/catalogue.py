"""Which model folders there are: those of the folder of models, and the one to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mcu_nlp import McuNlpError, check_manifest
from mcu_nlp_service.problems import RefusalError
from mcu_nlp_service.settings import Settings

# The name of the model that comes with the package, where none is set.
SHIPPED = "shipped"


@dataclass(frozen=True, slots=True)
class Entry:
    """A model folder as its manifest describes it; ``problem`` tells in Russian why it cannot be used."""

    name: str
    model: str | None = None
    version: str | None = None
    problem: str | None = None


class Catalogue:
    """Model folders by name."""

    def __init__(self, settings: Settings) -> None:
        self.folder, self.first = settings.models, settings.model

    @property
    def first_name(self) -> str:
        """The name of the model to begin with."""
        return next(name for name, folder in self.folders().items() if _same(folder, self.first))

    def folders(self) -> dict[str, Path | None]:
        """Every folder by its name, whether it holds a model or not."""
        found: dict[str, Path | None] = {}
        if self.folder is not None and self.folder.is_dir():
            found = {path.name: path for path in sorted(self.folder.iterdir()) if _is_offered(path)}
        if not any(_same(folder, self.first) for folder in found.values()):
            name = self.first.resolve().name if self.first else SHIPPED
            found = {f"{name}-configured" if name in found else name: self.first, **found}
        return found

    def find(self, name: str) -> Path | None:
        """The folder of this name. Raises ``RefusalError``: ``model_unknown``."""
        folders = self.folders()
        if name not in folders:
            raise RefusalError("model_unknown")
        return folders[name]

    def entries(self) -> list[Entry]:
        """Every folder with what its manifest tells."""
        return [_describe(name, folder) for name, folder in self.folders().items()]


def _describe(name: str, folder: Path | None) -> Entry:
    try:
        manifest = check_manifest(folder)
        return Entry(name, str(manifest["name"]), str(manifest["version"]))
    except McuNlpError as error:
        return Entry(name, problem=error.russian)
    except (KeyError, OSError) as error:
        return Entry(name, problem=f"Модель не читается: {type(error).__name__}.")


def _is_offered(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".")


def _same(one: Path | None, other: Path | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.resolve() == other.resolve()
