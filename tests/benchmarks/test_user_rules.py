"""The comparison of user-defined rules with Mesa runs the same rule in both. Nothing is timed."""

from __future__ import annotations

import json

import pytest

from benchmarks import user_rules


def test_both_loops_do_the_same_and_are_written(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(user_rules, "FIRMS", 60)
    small = user_rules.measure(firms=60, repeats=2)
    assert small["firms"] == 60
    assert min(small["compiled_ratio"], small["interpreted_ratio"], small["methods_ratio"]) > 0
    monkeypatch.setattr(user_rules, "measure", lambda: small)
    user_rules.main([str(tmp_path / "found.json")])
    assert json.loads((tmp_path / "found.json").read_text(encoding="utf-8")) == small
    assert "interpreted_ratio" in capsys.readouterr().out


def test_loops_that_differ_are_refused(monkeypatch):
    monkeypatch.setattr(user_rules.Seller, "decide", lambda seller: None)
    with pytest.raises(RuntimeError, match="do not give the same supply"):
        user_rules.interpreted_seconds(60, 1)
