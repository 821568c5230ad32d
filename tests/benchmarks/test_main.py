"""All benchmarks, or those named."""

from __future__ import annotations

import sys

import pytest

from benchmarks import __main__ as benchmark


def test_all_benchmarks_or_those_named(monkeypatch, capsys):
    done = []
    monkeypatch.setattr(benchmark.compare, "main", lambda words: done.append("compare"))
    monkeypatch.setattr(benchmark.full_model, "main", lambda: done.append(f"full {sys.argv[1:]}"))
    monkeypatch.setattr(sys, "argv", ["bench"])
    benchmark.main()
    assert done == ["compare", "full []"]
    monkeypatch.setattr(sys, "argv", ["bench", "full"])
    benchmark.main()
    assert done[2:] == ["full []"]
    monkeypatch.setattr(sys, "argv", ["bench", "quickly"])
    with pytest.raises(SystemExit) as left:
        benchmark.main()
    assert left.value.code == 2
    assert "'quickly' is not a benchmark; choose from compare, full" in capsys.readouterr().err
