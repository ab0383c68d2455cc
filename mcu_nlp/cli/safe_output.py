"""A result never takes the place of what it was made from."""

from __future__ import annotations

from pathlib import Path

from mcu_nlp.errors import InputError


def check_output(output: Path | None, *inputs: str | Path | None) -> None:
    """Raise ``InputError`` (``output_is_input``) when the output is one of the inputs, by whatever name."""
    for source in inputs:
        if output is not None and source is not None and _same_file(str(source), output):
            raise InputError("output_is_input", path=output)


def _same_file(input: str, output: Path) -> bool:
    """Whether both are one file, by whatever name: a link, another spelling."""
    if "-" in (input, str(output)):
        return False
    source = Path(input)
    if source.resolve() == output.resolve():
        return True
    return source.exists() and output.exists() and source.samefile(output)
