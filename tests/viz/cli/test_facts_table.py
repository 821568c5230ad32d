"""The scorecard in the terminal: facts by group, and the causes of those that are missed."""

import pytest

from experiments.validation.facts.scorecard import scorecard
from experiments.validation.facts.thirty_facts import scored_facts
from viz.cli.facts_table import show_card


def test_facts_are_shown_with_the_causes_of_misses(capsys: pytest.CaptureFixture[str]) -> None:
    chosen = [one for one in scored_facts() if one.id in ("F6", "F3-young", "C0")]
    show_card(scorecard({1: {"X1": 1.2, "young": 0.3, "C0": 2.0}}, chosen))
    out = capsys.readouterr().out
    assert "Facts: firms" in out
    assert "Facts: signs" in out
    assert "F3-young: the number of firms hardly grows" in out
