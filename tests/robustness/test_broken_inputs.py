"""Every broken input of the corpus is refused with exit code 2 and a sentence, and leaves nothing behind."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.robustness import broken_inputs as corpus
from tests.robustness.broken_inputs import Case
from tests.support.long_version import FULL, Note
from tests.support.sandbox import Outcome, Sandbox

MEMORY_MIB = 1024  # of a process that refuses an input; the program itself takes some 150
SECONDS = 60.0


def complaints(case: Case, outcome: Outcome, made: set[str]) -> list[str]:
    """What is wrong with an answer."""
    lines = [line for line in outcome.err.splitlines() if line.strip()]
    found = []
    if outcome.crashed:
        found.append("crashed" if not outcome.hung else f"hung for {outcome.seconds:.0f} s")
    if case.accepted:
        return found + ([f"exit code {outcome.code}"] if outcome.code else [])
    if outcome.code not in case.codes:
        found.append(f"exit code {outcome.code}")
    if outcome.code == 2 and not any(line.startswith("computeleap: ") for line in lines):
        found.append("no sentence")
    if case.says and case.says not in outcome.err:
        found.append(f"does not name {case.says!r}")
    if max(map(len, lines), default=0) > 600:
        found.append("a line too long to read")
    if outcome.peak_mib > MEMORY_MIB:
        found.append(f"took {outcome.peak_mib:.0f} MiB")
    if made:
        found.append(f"left {', '.join(sorted(made))}")
    return found


@cache
def cases_of(kind: str, sound: Path) -> list[Case]:
    """All cases of a kind; those of stored results start from sound ones."""
    if kind == "stored":
        return list(corpus.stored(sound / "r", sound / "st"))
    return list(getattr(corpus, kind)())


@pytest.mark.parametrize("kind", ["tables", "files", "lines", "stored"])
def test_broken_inputs_are_refused(kind: str, sandbox: Sandbox, sound: Path, tmp_path: Path, note: Note):
    cases = cases_of(kind, sound)
    assert len({case.name for case in cases}) == len(cases)
    chosen = cases if FULL else cases[::12]
    bad, crashes, hangs = [], 0, 0
    for number, case in enumerate(chosen):
        folder = tmp_path / str(number)
        folder.mkdir()
        case.prepare(folder)
        before = {entry.name for entry in folder.iterdir()}
        outcome = sandbox.run(case.argv, folder, SECONDS)
        made = {entry.name for entry in folder.iterdir()} - before
        wrong = complaints(case, outcome, made)
        crashes, hangs = crashes + outcome.crashed, hangs + outcome.hung
        if wrong:
            bad.append(f"{case.name}: {', '.join(wrong)}: {outcome.err[-300:]}")
    note(what=f"broken inputs: {kind}", count=len(chosen), faults=len(bad), tracebacks=crashes, hangs=hangs)
    assert not bad, "\n".join(bad)


def test_the_corpus_is_large_enough(sound: Path):
    assert sum(len(cases_of(kind, sound)) for kind in ("tables", "files", "lines", "stored")) >= 300
