"""Copies of a run: they continue with the bits of the run, and never move it."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from agents.firm import Firm
from agents.user_error import UserError
from model import RegionalModel, Rules, interpreted
from model.run_copies import CopyError
from tests.support.small_run import SMALL, assert_same, run


def assert_equal_runs(one: RegionalModel, other: RegionalModel) -> None:
    assert_same(one, other)
    assert one.panel().equals(other.panel())
    frames = [model.datacollector.get_model_vars_dataframe() for model in (one, other)]
    assert frames[0].equals(frames[1])
    assert (one.time, one.quarter, one.steps) == (other.time, other.quarter, other.steps)
    assert one.random.getstate() == other.random.getstate()
    assert one.rng.bit_generator.state == other.rng.bit_generator.state


def test_copies_continue_with_the_bits_of_the_run(country, tmp_path):
    begun = RegionalModel(SMALL, "random_hosts", 5, cities=country)
    begun.run_until(6)
    begun.random.random()
    begun.rng.random()
    before = begun.state["cities"]["wage"].copy()
    begun.save(tmp_path / "six.run")
    copies = [begun.fork(), copy.deepcopy(begun), pickle.loads(pickle.dumps(begun))]
    copies.append(RegionalModel.load(tmp_path / "six.run"))
    for one in copies:
        one.run_until(12)
    assert np.array_equal(begun.state["cities"]["wage"], before)
    assert begun.quarter == begun.time == 6
    begun.run_until(12)
    for one in copies:
        assert type(one) is RegionalModel
        assert_equal_runs(begun, one)


class Mine(RegionalModel):
    """A model of a user, with something of its own."""

    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        self.seen = []


def test_a_copy_has_what_the_user_gave_it(country):
    begun = Mine(SMALL, "none", 5, cities=country)
    begun.seen.append("first")
    firm = begun.agents_by_type[Firm].to_list()[2]
    firm.remark = ["large"]
    other = begun.fork()
    assert type(other) is Mine
    other.seen.append("second")
    same = other.agents_by_type[Firm].to_list()[2]
    same.remark.append("old")
    assert (begun.seen, firm.remark) == (["first"], ["large"])
    assert (other.seen, same.remark) == (["first", "second"], ["large", "old"])
    assert same.model is other


def test_a_fork_with_a_change_continues_with_it(country):
    begun = run(country)
    other = begun.fork(tax_rate=0.5)
    assert_same(begun, other)
    assert (begun.parameters.tax_rate, other.parameters.tax_rate) == (0.2, 0.5)
    same = begun.fork()
    for one in (other, same):
        one.step()
    assert other.state["cities"]["budget"].sum() > same.state["cities"]["budget"].sum()
    for changes, said in (
        ({"firms": 10}, "firms counts at the start of a run: make a new model with it"),
        ({"building_slots": 3}, "has other (columns|rows) with these changes: make a new model"),
    ):
        with pytest.raises(CopyError, match=said):
            begun.fork(**changes)


def watch():
    pass


def test_what_cannot_be_copied_is_told(country, tmp_path):
    begun = run(country)
    begun.schedule_event(watch, at=9)
    with pytest.raises(CopyError, match="further events of Mesa"):
        copy.deepcopy(begun)
    held = run(country)
    held.engine.wrap_event("wage", lambda call: call)
    with pytest.raises(CopyError, match=r"a wrapped event \(wage\) cannot be copied"):
        held.fork()


def test_a_run_that_failed_does_not_continue(country):
    @interpreted
    def wage(wage, nation_quarter):
        return wage / (nation_quarter - 4.0) ** 0.0 / (nation_quarter != 4.0)

    begun = run(country, rules=Rules(wage=wage))
    with pytest.raises(UserError, match=r"rule wage .* quarter 4"):
        begun.step()
    where = begun.time, begun.quarter
    for _ in range(2):
        with pytest.raises(
            UserError, match=r"cannot continue after it failed \(rule wage .*make a new model"
        ):
            begun.step()
    assert (begun.time, begun.quarter) == where
    with pytest.raises(UserError, match="cannot continue after it failed"):
        begun.fork().step()
