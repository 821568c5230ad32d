"""Questions: whose hosts must be drawn, and what is kept of an answer."""

from __future__ import annotations

import pytest

from agents.user_error import UserError
from experiments.questions.run_question import refuse_chosen_hosts
from model.scenarios.scenario_catalogue import SCENARIOS


def test_hosts_must_be_drawn_where_a_question_compares_cities() -> None:
    drawn = [scenario for scenario in SCENARIOS.values() if scenario.centres == "random"]
    assert drawn
    refuse_chosen_hosts(drawn)
    with pytest.raises(UserError, match=r"the hosts of actual are not drawn at random.*use random_hosts"):
        refuse_chosen_hosts([*drawn, SCENARIOS["actual"]])
