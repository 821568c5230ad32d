"""A folder with a file of an extension, its helper and its table."""

from __future__ import annotations

import sys

import pytest

TEXT = """
from helper_of_mine import half
from model import Extension, Parameter, Rules

def own_intensity(research_spending, own_rate):
    return half(research_spending) * own_rate

def unread(quality):
    return quality

extension = Extension(
    "mine", rules=own_intensity, parameters=Parameter("own_rate", 0.5, 0.0, 1.0, "1/money", "a rate"),
    files="table.csv",
)
several = [extension, Extension("none")]
rules = Rules(own_intensity=own_intensity)
number = 3
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a file, a module next to it and a table."""
    (tmp_path / "mine.py").write_text(TEXT, encoding="utf-8")
    (tmp_path / "helper_of_mine.py").write_text("def half(x):\n    return 0.5 * x\n", encoding="utf-8")
    (tmp_path / "table.csv").write_text("a,b\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    sys.modules.pop("helper_of_mine", None)
    sys.path[:] = [path for path in sys.path if path != str(tmp_path)]
