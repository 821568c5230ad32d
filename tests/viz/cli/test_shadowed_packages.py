"""A foreign package that hides one of ours is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cli import python
from viz.cli.shadowed_packages import without_compiler


def test_a_package_that_hides_ours_is_named(tmp_path: Path) -> None:
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "__init__.py").write_text("raise RuntimeError('imported')\n")
    answer = python("-m", "viz", "scenarios", where=tmp_path)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    assert f"another package called agents, in {tmp_path / 'agents'}, hides" in answer.stderr


def test_a_compiler_that_is_switched_off_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    answer = python("-m", "viz", "scenarios", where=tmp_path)
    assert answer.returncode == 2
    assert answer.stderr.startswith(
        "computeleap: NUMBA_DISABLE_JIT is set, but draws need the compiler: unset"
    )
    assert answer.stderr.count("\n") == 1
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "0")
    assert without_compiler() is None
