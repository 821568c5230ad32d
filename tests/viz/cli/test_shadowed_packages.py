"""A foreign package that hides one of ours is named."""

from __future__ import annotations

from pathlib import Path

from tests.support.cli import python


def test_a_package_that_hides_ours_is_named(tmp_path: Path) -> None:
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "__init__.py").write_text("raise RuntimeError('imported')\n")
    answer = python("-m", "viz", "scenarios", where=tmp_path)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    assert f"another package called agents, in {tmp_path / 'agents'}, hides" in answer.stderr
