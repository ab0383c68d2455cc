"""An output that would overwrite an input."""

from __future__ import annotations

from pathlib import Path


def same_file(input: str | Path, output: Path) -> bool:
    """Whether both are one file, by whatever name: a link, another spelling."""
    if "-" in (str(input), str(output)):
        return False
    source = Path(input)
    if source.resolve() == output.resolve():
        return True
    return source.exists() and output.exists() and source.samefile(output)
