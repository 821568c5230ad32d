"""A tool says why it cannot run."""

from __future__ import annotations

from benchmarks import Tool


def test_a_tool_says_why_it_cannot_run(tmp_path, monkeypatch):
    assert Tool("a", "A", "benchmarks.tools.numpy_model", ("no_such_package",)).missing() == (
        "no_such_package is not installed"
    )
    (tmp_path / "breaks_on_import.py").write_text("raise RuntimeError('wrong version of a friend')\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert Tool("b", "B", "breaks_on_import").missing() == (
        "RuntimeError on import: wrong version of a friend"
    )
