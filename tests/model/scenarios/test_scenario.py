"""Scenarios as values: twins, dates, old names."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from model import Opening, Parameters, Scenario
from model.scenarios.scenario import Place, ScenarioError, date_of, quarter_of

BUILT = Scenario(
    "built",
    "centres of every origin",
    "random",
    parameters={"building_slots": 9, "exchange": 1},
    openings=(Opening("a", 0, "basic", 2),),
    places=(Place("City 1", "basic", "2010Q1"),),
)


def test_a_twin_opens_and_builds_nothing_and_keeps_the_rest():
    twin = BUILT.twin()
    assert (twin.name, twin.centres, twin.openings, twin.places) == ("built-twin", "none", (), ())
    assert twin.parameters == {"building_slots": 0, "exchange": 1}
    assert replace(BUILT, parameters={"exchange": 1}).twin().parameters == {"exchange": 1}
    assert BUILT.has_twin
    assert not Scenario("c", "closed", parameters={"closed_economy": 1}).has_twin


def test_the_parameters_of_a_scenario_take_precedence():
    parameters = BUILT.applied_to(Parameters(firms=60, building_slots=3))
    assert (parameters.firms, parameters.building_slots, parameters.exchange) == (60, 9, 1)
    given = Parameters(firms=60)
    assert Scenario("plain", "no parameters").applied_to(given) is given


@pytest.mark.parametrize(("date", "quarter"), [("2005", 0), ("2005Q1", 0), ("2004Q4", -1), (" 2016Q2 ", 45)])
def test_quarters_and_dates(date, quarter):
    assert quarter_of(date, 2005) == quarter
    assert quarter_of(date_of(quarter, 2005), 2005) == quarter


@pytest.mark.parametrize(
    "date",
    ["2016q2", "2016-05-01", "2016/5/1", "2016-04", "2016年6月", "2016年二季度", "2016-05-01T23:30:00+08:00"],
)
def test_a_quarter_may_be_written_as_a_date(date):
    assert quarter_of(date, 2005) == 45


@pytest.mark.parametrize(
    "date", ["2016Q5", "2016Q0", "16Q1", "08-03", "03/01/2016", "39873", "2150Q1", "soon", ""]
)
def test_what_is_not_a_quarter_is_refused(date):
    with pytest.raises(
        ScenarioError, match=r"(is not a quarter|2100|looks like|may begin).*: write 2016Q2 or 2016"
    ):
        quarter_of(date, 2005)


def test_a_scenario_is_copied_and_sent_to_workers():
    assert pickle.loads(pickle.dumps(BUILT)) == BUILT
    assert replace(BUILT) == BUILT


def test_the_old_name_of_parameters_is_answered_with_the_new_one():
    with pytest.raises(ScenarioError, match="the argument changes of a Scenario is now called parameters"):
        Scenario("old", "an old spelling", changes={"exchange": 1})
