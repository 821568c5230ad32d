"""The time of a changed rule: measured for the rules named, whose results stay the model's."""

import json

import pytest

from benchmarks import changed_rules


def test_a_changed_rule_is_timed_and_written(tmp_path, monkeypatch, capsys):
    found = changed_rules.measure(({},), ["data_stock"])
    assert found["rules"] == 1
    assert found["seconds"] == {"attention: data_stock": found["most_s"]}
    monkeypatch.setattr(changed_rules, "measure", lambda: found)
    changed_rules.main([str(tmp_path / "found.json")])
    assert json.loads((tmp_path / "found.json").read_text(encoding="utf-8")) == found
    assert "attention: data_stock" in capsys.readouterr().out


def test_a_rule_that_changes_results_is_no_measurement(monkeypatch):
    def other(name, number):
        def data_stock(data_stock):
            return data_stock + 1.0

        return data_stock

    monkeypatch.setattr(changed_rules, "changed_rule", other)
    with pytest.raises(RuntimeError, match=r"data_stock: .* differs from the model"):
        list(changed_rules.seconds(({},), ["data_stock"]))
