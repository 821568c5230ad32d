"""Renewal of the figures of docs/gallery.md, each by the command that the page gives for it.

``python -m viz.figures.gallery`` draws all of them again, ``… compute splits`` those named. Run it in the
project's folder. A comment above a command says which figures of which folder it draws, and where they go.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PAGE = "docs/gallery.md"
ENTRY = re.compile(r"<!-- figures: (\S+) ([\w ]+) -> (\S+) -->\n```sh\n(.+?)\n```", re.DOTALL)


@dataclass(frozen=True)
class Drawing:
    """A command and the figures that it draws: where they are made → where the page has them."""

    command: str
    figures: dict[str, str]


def drawings(text: str) -> list[Drawing]:
    """Read the commands of the gallery with their figures."""
    found = []
    for folder, names, target, command in ENTRY.findall(text):
        figures = {
            f"{folder}{name}.png": f"{target}{name}.png" if target.endswith("/") else target
            for name in names.split()
        }
        found.append(Drawing(command, figures))
    return found


def draw(drawing: Drawing, wanted: Sequence[str], project: Path) -> list[str]:
    """Run a command if one of its figures is wanted, copy those, and return their places.

    An empty ``wanted`` wants all. Raises subprocess.CalledProcessError if the command fails.
    """
    figures = {
        made: kept for made, kept in drawing.figures.items() if not wanted or Path(kept).stem in wanted
    }
    if figures:
        program, *words = shlex.split(drawing.command)
        ours = [sys.executable, *(["-m", "viz"] if program == "computeleap" else [])]
        force = ["--force"] if program == "computeleap" else []
        print(f"gallery: {drawing.command}", flush=True)
        for made in figures:
            if made in words:  # a command that names a file, not a folder that it makes itself
                (project / made).parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([*ours, *words, *force], cwd=project, check=True)
    for made, kept in figures.items():
        (project / kept).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(project / made, project / kept)
    return list(figures.values())


def main(wanted: Sequence[str]) -> None:
    """Draw the figures named, or all; leave with code 2 if a name is none of the gallery."""
    found = drawings((PROJECT / PAGE).read_text(encoding="utf-8"))
    known = {Path(kept).stem for drawing in found for kept in drawing.figures.values()}
    if wrong := sorted(set(wanted) - known):
        print(f"gallery: {wrong[0]!r} is no figure; choose from {', '.join(sorted(known))}", file=sys.stderr)
        raise SystemExit(2)
    for drawing in found:
        for kept in draw(drawing, wanted, PROJECT):
            print(f"gallery: {kept}")


if __name__ == "__main__":
    main(sys.argv[1:])
