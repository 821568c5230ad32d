"""Fuzzing: an hour guided by coverage in make reliability; in make test a little, by the same targets."""

from __future__ import annotations

import importlib.util
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzzing import guided_fuzzing
from tests.fuzzing import target as targets
from tests.fuzzing.all_targets import NAMES, TARGETS
from tests.support.long_version import FULL, Note

MINUTES = float(os.environ.get("FUZZ_MINUTES", "60"))  # of all targets together
REGRESSIONS = Path(__file__).with_name("regressions")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to work in; warnings of libraries on broken input are not what is tested."""
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield tmp_path


def regressions() -> list[Path]:
    """Inputs that once broke something: a folder for each target."""
    return sorted(REGRESSIONS.glob("*/*"))


@pytest.mark.parametrize("name", NAMES)
def test_no_input_breaks_a_reader(name: str, sound: Path, elsewhere: Path):
    target = guided_fuzzing.target_of(name)
    attempt = target.begin(sound, elsewhere)
    for path in sorted((REGRESSIONS / name.replace(" ", "_").replace("'", "")).glob("*")):
        attempt(path.read_bytes())  # what once broke something

    @settings(
        max_examples=12,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(target.seeds), st.binary(max_size=40))
    def tried(seed: bytes, more: bytes) -> None:
        assert attempt(seed + more) in (targets.ACCEPTED, targets.REFUSED)

    tried()


@pytest.mark.skipif(not FULL, reason="part of make reliability: it takes an hour")
@pytest.mark.parametrize("name", NAMES)
def test_fuzzing_guided_by_coverage(name: str, sound: Path, tmp_path: Path, note: Note):
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris is not installed: pip install 'computeleap[reliability]'")
    report = guided_fuzzing.fuzz(name, 60.0 * MINUTES / len(NAMES), sound, tmp_path / "out")
    note(
        what=f"fuzzing: {name}",
        count=report.inputs,
        accepted=report.accepted,
        refused=report.refused,
        faults=len(report.faults),
        tracebacks=report.tracebacks,
        hangs=report.hangs,
    )
    assert not report.faults, "\n".join(report.faults)
    assert report.accepted, "nothing was accepted: the target does not get past the first check"
    assert report.refused, "nothing was refused"


def test_every_target_names_readers_that_exist():
    for target in TARGETS:
        for reader in target.readers:
            module, _, function = reader.rpartition(".")
            assert hasattr(importlib.import_module(module), function), reader


def test_a_sentence_that_a_user_cannot_use_is_a_fault():
    for text, names in (
        ("", ()),
        ("x", ()),
        ("Traceback (most recent call last)", ()),
        ("t.csv, row 2: wrong\nhalf of a line", ("t.csv",)),
    ):
        with pytest.raises(targets.FaultError):
            targets.check_sentence(text, names)
    targets.check_sentence("t.csv, row 2: it is wrong\nt.csv, row 3: it is wrong", ("t.csv",))


def test_a_text_commands_no_terminal():
    from viz.cli.command_group import MAX_LINE_LENGTH, MAX_LINES, error_text

    assert error_text("a\x1b[2J\u202e" + "b" * 1000) == ("a?[2J?" + "b" * 1000)[: MAX_LINE_LENGTH - 1] + "…"
    assert error_text("one\ntwo") == "2 mistakes:\n  one\n  two"
    many = error_text("\n".join("x" * 10 for _ in range(1000))).split("\n")
    assert many[0] == "many mistakes:"
    assert len(many) == MAX_LINES + 2
