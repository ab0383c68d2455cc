"""Prints what an extra of a pyproject.toml needs, for an image that installs requirements before the code."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path


def requirements(project: dict, extra: str) -> list[str]:
    """The project's requirements with those of the extra; extras of its own inside it are followed."""
    own = re.compile(rf"{re.escape(project['name'])}\[(?P<extras>[\w,-]+)\]")
    found = list(project["dependencies"])
    waiting = [extra]
    while waiting:
        for line in project["optional-dependencies"][waiting.pop()]:
            inner = own.fullmatch(line)
            if inner:
                waiting += inner["extras"].split(",")
            else:
                found.append(line)
    return sorted(set(found))


if __name__ == "__main__":
    path, extra = sys.argv[1:]
    sys.stdout.write("\n".join(requirements(tomllib.loads(Path(path).read_text("utf-8"))["project"], extra)) + "\n")
