"""Parameters that vary: their value by quarter, in rules and markets, in either engine, in scenarios."""

import numpy as np
import pytest

from agents.firm import TIERS
from model import (
    By,
    Column,
    Dated,
    Extension,
    Parameter,
    Ramp,
    Scenario,
    Step,
    after,
    for_each,
    procedure,
)
from model.extensions.extended_model import extended
from model.extensions.extension import ExtensionError
from tests.support.small_run import assert_same, run

LATE = Parameter("late_tax", 0.4, 0.0, 0.5, "fraction", "tax rate in the end")


def seen_rate(tax_rate):
    return tax_rate


def noted(city_noted_rate, tax_rate):
    for row in range(len(city_noted_rate)):
        city_noted_rate[row] = tax_rate


def with_tax(how):
    columns = [
        Column("seen_rate", "fraction", "as a rule reads it"),
        Column("noted_rate", "fraction", "as a market"),
    ]
    events = [
        after("wage", for_each("x", "cities", seen_rate)),
        after("wage", procedure("y", noted)),
    ]
    return Extension(
        "late",
        parameters=LATE,
        columns={"cities": columns},
        events=events,
        varying={"tax_rate": how},
        scenarios=Scenario("soon", "a higher tax", "none", parameters={"late_tax": 0.45}),
        neutral={"late_tax": 0.2},
    )


@pytest.mark.parametrize("engine", ["compiled", "interpreted"])
@pytest.mark.parametrize(
    ("how", "rates"),
    [
        (Ramp("late_tax", "2005Q2", 2006), [0.2, 0.2, 0.2 + 0.2 / 3, 0.2 + 0.4 / 3, 0.4, 0.4]),
        (Step("late_tax", "2005Q3"), [0.2, 0.2, 0.4, 0.4, 0.4, 0.4]),
        (Dated({"2005Q2": 0.1, 2006: "late_tax"}), [0.2, 0.1, 0.1, 0.1, 0.4, 0.4]),
    ],
)
def test_rules_and_markets_read_the_value_of_the_quarter(country, engine, how, rates):
    made = run(country, until=6, extension=with_tax(how), engine=engine)
    for name in ("seen_rate", "noted_rate"):
        assert np.array(made.history[name])[:, 3] == pytest.approx(rates, rel=1e-15)


def test_a_scenario_changes_where_it_leads_to_and_the_same_value_changes_no_bit(country):
    own = with_tax(Step("late_tax", "2005Q3"))
    assert_same(run(country), run(country, extension=own, late_tax=0.2))
    soon = extended(own).scenarios["soon"]
    numbers = extended(own).parameters(late_tax=0.45)
    assert extended(own).paths(numbers, country)["tax_rate"](2) == 0.45
    assert soon.parameters == {"late_tax": 0.45}
    made = run(country, extension=own)
    other = made.fork(late_tax=0.3)
    other.step()
    assert other.history["seen_rate"][-1][0] == 0.3
    straight = run(country, until=5, extension=own)
    made.step()
    assert_same(straight, made)


@pytest.mark.parametrize(
    ("varying", "said"),
    [
        ({"tax_rat": Step(0.1, 2010)}, "varying tax_rat: there is no such parameter"),
        ({"firms": Step(10, 2010)}, "varying firms: no rule and no market of the quarter reads it"),
        ({"exchange": Step(1, 2010)}, "varying exchange: a mechanism depends on it"),
        ({"tax_rate": 0.3}, r"varying tax_rate: it takes Ramp\(to, start, end\)"),
        ({"tax_rate": Step("late", 2010)}, "its value 'late' is not a parameter"),
    ],
)
def test_mistakes_are_one_sentence(varying, said):
    with pytest.raises(ExtensionError, match=said):
        extended(Extension("late", varying=varying))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (Step(7.0, 2010), "varying tax_rate: .*tax_rate"),
        (Step(0.3, "soon"), "varying tax_rate: 'soon' is not a quarter"),
        (Ramp(0.3, 2012, 2010), "a ramp cannot end in 2010, and start in 2012"),
    ],
)
def test_values_and_dates_are_checked_before_the_run(country, how, said):
    with pytest.raises(ExtensionError, match=said):
        run(country, extension=Extension("late", varying={"tax_rate": how}))


# ── By kind, tier and region ─────────────────────────────────────────────────────────────────────


def seen_speed(price_adjustment):
    return price_adjustment


def seen_reach(final_trade_reach):
    return final_trade_reach


def seen_reach_of_firm(final_trade_reach):
    return final_trade_reach


def by_group(**varying):
    columns = {
        "kinds": Column("seen_speed", "1/quarter", "as a rule of kinds reads it"),
        "cities": Column("seen_reach", "km", "as a rule of cities reads it"),
        "firms": Column("seen_reach_of_firm", "km", "as a rule of firms"),
    }
    events = [
        after("wage", for_each("kinds", "kinds", seen_speed)),
        after("wage", for_each("cities", "cities", seen_reach)),
        after("wage", for_each("firms", "firms", seen_reach_of_firm, where="alive")),
    ]
    return Extension("grouped", columns=columns, events=events, varying=varying)


@pytest.mark.parametrize("engine", ["compiled", "interpreted"])
def test_a_parameter_varies_by_kind_and_region(country, engine):
    speed = By("kind", {"super": Step(0.4, "2005Q2"), "intelligent": 0.3})
    east = country["region"].iloc[0]
    reach = By("region", {east: "intermediate_trade_reach"})
    extension = by_group(price_adjustment=speed, final_trade_reach=reach)
    made = run(country, until=2, extension=extension, engine=engine)
    own = made.parameters.price_adjustment
    assert sorted(made.state["kinds"]["seen_speed"]) == sorted([own, 0.3, 0.4])
    reaches = np.where(country["region"] == east, 1000.0, 500.0)
    assert np.array_equal(made.state["cities"]["seen_reach"], reaches)
    firms = made.state["firms"]
    there = firms["seen_reach_of_firm"] > 0.0
    assert np.array_equal(firms["seen_reach_of_firm"][there], reaches[firms["city"][there]])


def test_the_same_value_in_every_group_changes_no_bit(country):
    one = Extension("same", varying={"tax_rate": By("region", dict.fromkeys(set(country["region"]), 0.2))})
    assert_same(run(country, engine="interpreted"), run(country, extension=one, engine="interpreted"))


def test_who_does_not_know_the_group_may_keep_the_own_value(country):
    weight = By("tier", dict.fromkeys(TIERS, 0.2), elsewhere=True)
    other = run(country, extension=Extension("w", varying={"compute_weight": weight}), engine="interpreted")
    plain = run(country, engine="interpreted")
    assert not np.array_equal(
        other.state["city_tiers"]["compute_share"], plain.state["city_tiers"]["compute_share"]
    )


@pytest.mark.parametrize(
    ("varying", "said"),
    [
        ({"tax_rate": By("kind", {"super": 0.1})}, "which have no kind"),
        ({"talent_mobility": By("region", {})}, "market move_talent reads it, as one number for all"),
        ({"cloud_start_price": By("kind", {"supr": 1.0})}, "there is no kind 'supr'; did you mean super"),
        ({"tax_rate": By("regio", {})}, "there is no group 'regio'; did you mean region"),
    ],
)
def test_a_group_that_does_not_reach_its_readers_is_refused(country, varying, said):
    with pytest.raises(ExtensionError, match=said):
        run(country, 1, extension=Extension("wrong", varying=varying), engine="interpreted")
