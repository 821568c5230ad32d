"""The numbers of the stories are measured and stored."""

from __future__ import annotations

import json

import pytest

from experiments.pages import story_numbers


def test_the_stories_are_measured_and_written_a_line_a_number(tmp_path, monkeypatch, capsys):
    asked = []

    def run_arms(study):
        asked.append(study)
        return "runs"

    monkeypatch.setattr(story_numbers, "run_arms", run_arms)
    monkeypatch.setattr(story_numbers, "layout_numbers", lambda runs: {"layouts": runs})
    monkeypatch.setattr(story_numbers, "technique_numbers", lambda seeds, **_: {"technique": list(seeds)})
    monkeypatch.setattr(
        story_numbers, "claim_rows", lambda values: {"a": {"mean": 1.0}, "b": {"mean": len(values)}}
    )
    monkeypatch.setattr(story_numbers, "leap_cities", lambda seed, **_: [{"city": 3.0, "seed": float(seed)}])
    story_numbers.main([str(tmp_path / "s.json"), "--seeds", "3", "--firms", "500"])
    (study,) = asked
    assert study.seeds == (1, 2, 3)
    assert study.parameters.firms == 500
    found = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    assert found["numbers"] == {"a": {"mean": 1.0}, "b": {"mean": 2}}
    assert found["leap_cities"] == [{"city": 3.0, "seed": 1.0}]
    assert (found["made"]["seeds"], found["made"]["firms"]) == (3, 500)
    with pytest.raises(SystemExit) as left:
        story_numbers.main([str(tmp_path / "s.json"), "--seeds", "1"])
    assert left.value.code == 2
    assert "--seeds cannot be 1: it must be at least 2" in capsys.readouterr().err
