"""Targets of fuzzing: every reader of the program, as a function of bytes.

A `Target` turns bytes into an input on disk, lets the program read it, and compares the outcome with the
promise: the input is accepted and the result is sound, or it is refused with the program's own error, whose
text is a sentence that names the file. Any other exception reaches the caller: it is a fault.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests import ROOT
from tests.fuzzing.broken_values import Draw, damaged, edited_parquet, edited_values, json_bytes

ACCEPTED, REFUSED = "accepted", "refused"
Attempt = Callable[[bytes], str]
SHORT = 600  # characters of a line of a message


class FaultError(Exception):
    """The program answered, and not as it promises."""


@dataclass(frozen=True)
class Target:
    """A part of the program that reads.

    ``readers`` are its functions, as ``module.function``. ``begin(sound, folder)`` returns the function that
    turns bytes into an input in the folder, lets it be read and returns ACCEPTED or REFUSED; ``sound`` holds
    sound inputs. ``seeds`` are bytes to begin with.
    """

    name: str
    readers: tuple[str, ...]
    begin: Callable[[Path, Path], Attempt]
    seeds: tuple[bytes, ...] = ()


def outcome(
    read: Callable[[], object], refusals: tuple[type[Exception], ...], names: Sequence[str] = ()
) -> str:
    """Return ACCEPTED or REFUSED. Raises FaultError for a refusal without a proper sentence."""
    try:
        read()
    except refusals as error:
        check_sentence(str(error), names)
        return REFUSED
    return ACCEPTED


def check_sentence(text: str, names: Sequence[str] = ()) -> None:
    """Check a message against the promises to the user. Raises FaultError."""
    from viz.cli.command_group import error_text

    shown = [line.strip() for line in error_text(text).split("\n")]
    lines = [line for line in shown if not line.endswith("mistakes:") and not line.startswith("and ")]
    for line in lines:
        wrong = (
            "says nothing"
            if len(line) < 8
            else "is too long"
            if len(line) > SHORT
            else "cannot be printed"
            if not line.isprintable()
            else "is a traceback"
            if "Traceback" in line
            else "names a file of the program"
            if re.search(rf"{re.escape(str(ROOT))}/(agents|model|experiments|viz)/\S*\.py", line)
            else "does not name what is wrong"
            if names and not any(name in line for name in names)
            else ""
        )
        if wrong:
            raise FaultError(f"a line {wrong}: {line[:300]!r}")
    if not lines or len(lines) > 70:
        raise FaultError(f"{len(lines)} lines")


def hold(fine: bool, what: str) -> None:
    """Raise FaultError unless the accepted input is sound."""
    if not fine:
        raise FaultError(f"accepted, although {what}")


def taken(source: Path, target: Path) -> Path:
    """Copy a sound folder without the files that no reader opens."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("figures", "*.html"))
    return target


def link_all(source: Path, target: Path) -> None:
    """A copy of a folder that shares its files: a file is to be taken away before another is written."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, copy_function=os.link)


def replaced(path: Path, content: bytes) -> None:
    """Another file in the place of a shared one."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def edited_json(draw: Draw, content: bytes, names: Sequence[str] = ()) -> bytes:
    """A sound JSON file damaged as bytes, or with values changed."""
    if draw.upto(4) == 0:
        return damaged(draw, content)
    return json_bytes(edited_values(draw, json.loads(content), names))


def edited_file(draw: Draw, path: Path) -> bytes:
    """A sound file of results with something changed."""
    content = path.read_bytes()
    return edited_json(draw, content) if path.suffix == ".json" else edited_parquet(draw, content)
