"""The group `computeleap sweep`."""

from __future__ import annotations

from tests.support.cli import python
from tests.support.programs import PROGRAMS


def test_sweep_help_imports_nothing_heavy() -> None:
    heavy = "mesa pandas numpy distributed duckdb"
    answer = python(str(PROGRAMS / "loaded_modules.py"), heavy, "computeleap", "sweep", "--help")
    assert "LOADED [] 0" in answer.stderr
