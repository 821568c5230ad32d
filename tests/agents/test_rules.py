"""The set of rules: which there are, how one is replaced, and that none breaks anywhere in its range."""

import copy
import functools
import math
import pickle
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents import firm, innovation
from agents.rules import Rules, UnknownRuleError
from model.economy.regional_schema import REGIONAL
from model.engine.binding import bind_for_each
from model.engine.events import ForEach, Procedure
from model.engine.rule_source import arguments
from model.parameters import Parameters, describe
from model.step import QUARTER
from tests.support.long_version import examples

EVENTS = [event for event in QUARTER if isinstance(event, ForEach)]
PROCEDURES = [event for event in QUARTER if isinstance(event, Procedure)]
TABLE_OF = {rule: event.table for event in EVENTS for rule in event.rules}
PARAMETERS = tuple(Parameters.model_fields)
MANY = settings(max_examples=examples(20, 80), deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAMES = list(Rules())


# ── Which rules there are ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("module", sorted({rule.__module__ for _, rule in Rules().items()}))
def test_every_kind_of_agent_has_its_rules_worked_by_hand(module):
    # That file in turn fails where it leaves a rule out.
    assert Path(__file__).with_name(f"test_{module.removeprefix('agents.')}.py").exists()


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_is_called_what_it_yields_and_says_what_it_is(name):
    rule = Rules()[name]
    assert rule.__name__ == name
    assert rule.__doc__


def ranking(names):
    """Those that speak of a rank, a flag of leaders or a gap to the frontier."""
    return [name for name in names if {"rank", "leader", "gap"} & set(name.split("_"))]


@pytest.mark.parametrize("name", NAMES)
def test_no_rule_reads_a_rank_or_a_gap_to_the_frontier(name):
    reads = arguments(Rules()[name])
    assert not ranking(reads)
    # The frontier makes ideas harder to find for all alike: no rule compares it with a firm's own quality.
    assert not {"nation_frontier", "quality"} <= set(reads)


@pytest.mark.parametrize("event", PROCEDURES, ids=lambda event: event.name)
def test_no_procedure_reads_a_rank_or_a_gap_to_the_frontier(event):
    # The gap of entrants is a parameter: all start below a firm of average supply by the same.
    assert ranking(arguments(event.function)) in ([], ["entry_gap"])
    assert "entry_gap" in PARAMETERS


def test_no_table_has_a_column_of_ranks_leaders_or_gaps():
    assert not ranking(column.name for columns in REGIONAL.tables.values() for column in columns)


def test_a_rank_would_be_found():
    assert ranking(["city_rank", "nation_leader_share", "gap", "gapless", "leaders"]) == [
        "city_rank",
        "nation_leader_share",
        "gap",
    ]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_a_rule_reads_only_names_that_its_row_can_reach(event):
    bound = bind_for_each(event, dict(Rules().items()), PARAMETERS, REGIONAL)
    assert [rule.name for rule in bound.rules] == list(event.rules)
    for rule in bound.rules:
        for source in rule.reads:
            if source.kind == "parameter":
                assert source.name in PARAMETERS
            elif source.table:
                assert REGIONAL.has(source.table, source.name)
    # What no column keeps is read by a later rule of the event or added up.
    kept = {*bound.writes, *(name for _, name in event.totals)}
    read = {source.name for rule in bound.rules for source in rule.reads if source.kind == "value"}
    assert set(event.rules) <= kept | read


# ── Replacing one ────────────────────────────────────────────────────────────────────────────────


def mine(own_intensity):
    return 0.5 * own_intensity


def test_a_replaced_rule_takes_the_place_of_the_default():
    rules = Rules(innovation_probability=mine)
    assert rules["innovation_probability"] is mine
    assert rules.replaced == {"innovation_probability": mine}
    assert rules["quality"] is innovation.quality
    assert list(rules) == list(Rules())
    assert Rules().replaced == {}
    assert Rules(quality=innovation.quality).replaced == {}


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("inovation_probability", "innovation_probability"),
        ("adoptioncost", "adoption_cost"),
        ("talent_wage", "'talent_wage'"),
    ],
)
def test_an_unknown_rule_is_answered_with_the_nearest(name, answer):
    with pytest.raises(UnknownRuleError, match=answer):
        Rules(**{name: mine})


def test_a_name_like_no_other_gets_no_hint():
    with pytest.raises(UnknownRuleError, match=r"^there is no rule 'zzz'$"):
        Rules(zzz=mine)


def test_a_rule_is_a_function():
    with pytest.raises(TypeError, match="rule quality must be a function, not float"):
        Rules(quality=0.5)


def test_rules_are_frozen():
    rules = Rules()
    with pytest.raises(AttributeError, match="frozen"):
        rules.quality = mine
    with pytest.raises(AttributeError, match="frozen"):
        rules._rules = {}
    with pytest.raises(TypeError):
        rules["quality"] = mine


@pytest.mark.parametrize(
    "remade", [copy.copy, copy.deepcopy, lambda rules: pickle.loads(pickle.dumps(rules))]
)
def test_rules_can_be_sent_to_another_process(remade):
    rules = remade(Rules(quality=firm.supply))
    assert rules.replaced == {"quality": firm.supply}
    assert list(rules) == list(Rules())


# ── Safe wherever its numbers may lie ────────────────────────────────────────────────────────────

ANY = {
    "0 or 1": st.sampled_from([0.0, 1.0]),
    "0-1": st.floats(0.0, 1.0),
    "fraction": st.floats(0.0, 1.0),
    "1/quarter": st.floats(0.0, 1.0),
    "row": st.integers(0, 100),
    "quarter": st.integers(-400, 400).map(float),
    "quarters": st.integers(0, 10_000).map(float),
    "log points": st.floats(-20.0, 20.0),
    "km": st.floats(0.0, 6e3),
    "ms": st.floats(0.0, 200.0),
    "1/year": st.floats(0.0, 1.0),
    "1/10 ms": st.floats(0.0, 0.5),
    "innovations/quarter": st.floats(0.0, 1e4),
}
# Nothing, or more than what a division of floating-point numbers cannot take (1e-308).
NOT_NEGATIVE = st.just(0.0) | st.floats(1e-100, 1e6)
# What never reaches zero, or stays below a limit.
BOUNDED = {
    "builders": st.floats(0.01, 1e3),
    "building_price": st.floats(1.0, 1e3),
    "wage": st.floats(0.001, 1e4),
    "labour_wage": st.floats(1e-9, 1e6),
    "data": st.floats(0.01, 1e4),
    "price_basic": st.floats(1e-4, 1e3),
    "price_intelligent": st.floats(1e-4, 1e3),
    "price_super": st.floats(1e-4, 1e3),
    "compute_price": st.floats(1e-4, 1e3),
    "basket_price": st.floats(1e-5, 1e3),
    "plain_cost": st.floats(1e-6, 1e6),
    "adopter_cost": st.floats(1e-6, 1e6),
    "unaided_cost": st.floats(1e-6, 1e6),
    "mix_price": st.floats(1e-5, 1e3),
    "intensity": st.floats(0.1, 3.0),
    "mean_compute_price": st.floats(1e-4, 1e3),
    "price_level": st.floats(1e-3, 1e4),
    "goods_price": st.floats(1e-6, 1e6),
    "cost_level": st.floats(1e-6, 1e3),
    "voucher_relief": st.floats(0.0, 0.9),
    "research_cost": st.floats(1e-6, 1e6),
    "fiscal_capacity": st.floats(0.0, 2.0),
    "utilisation": st.floats(0.0, 1e3),
    "service_price": st.floats(1e-4, 1e4),
    **dict.fromkeys(
        ("capital_used", "compute_used", "capital_stock", "compute_stock", "direct_compute"),
        st.just(0.0) | st.floats(1e-6, 1e6),
    ),
    **dict.fromkeys(("capital_rental", "direct_rental", "rental_bid"), st.just(0.0) | st.floats(1e-6, 1e6)),
    "purchase_factor": st.floats(0.0, 1.1),
    "rung": st.integers(0, 4).map(float),
    # Shares of the kinds: two of them leave the third something.
    **dict.fromkeys(
        ("early_intelligent", "early_super", "weight_intelligent", "weight_super"), st.floats(0.0, 0.5)
    ),
    **dict.fromkeys(("owner_income", "transfer", "centre_balance"), st.floats(-1e6, 1e6)),
}
# σ just above 1 makes research without compute dearer than floats can say: see the test below.
SUBSTITUTION = st.just(1.0) | st.floats(1.001, 3.0)
# What is a part of something else: drawn as a share of it.
PART_OF = {
    "digital_revenue": "revenue",
    "adopters": "firms",
    "innovation": "firms",
    "compute_spending": "research_spending",
    "consumption": "output",
    "new_revenue": "revenue",
    "purchases": "supply",
}
# Results are not negative, unless they are logarithms; some have a limit that their unit does not tell.
LOGARITHMS = (
    "quality",
    "adoption_gain",
    "adoption_cost",
    "price_stride",
    "technique_gain",
    "technique_quality",
    "old_productivity",
    "new_productivity",
    "research_advantage",
    "crowding",
    "compute_depth",
)
# Profits and rates of growth may be negative, and a year's depreciation is at most half of what there is.
PROFITS = ("profit_if_dearer", "profit_if_cheaper", "desired_growth", "equity", "site_return", "profit")
# The central government bears losses of centres; here a city may owe more than it earns.
BALANCES = ("transfer", "income")
LEAST = {**dict.fromkeys(LOGARITHMS + PROFITS + BALANCES, -math.inf), "wealth_growth": -0.5}
MOST = {"fiscal_capacity": 2.0, "innovation_probability": 1.0, "rung": 4.0}


def unit(table, column):
    return next((item.unit for item in REGIONAL.tables[table] if item.name == column), None)


def values(argument, source):
    """Every value that an argument may take."""
    if source.name == "substitution":
        return SUBSTITUTION
    if source.kind == "parameter":
        facts = describe(source.name)
        return st.floats(facts["low"], facts["high"])
    if source.kind == "draw":
        return st.floats(0.0, 1.0, exclude_max=True)
    if argument in PART_OF:
        return st.floats(0.0, 1.0)
    if source.name in BOUNDED:
        return BOUNDED[source.name]
    return ANY.get(unit(source.table or TABLE_OF[source.name], source.name), NOT_NEGATIVE)


@functools.cache
def everything(name):
    """Every set of values that a rule may read."""
    event = next(event for event in EVENTS if name in event.rules)
    bound = {
        rule.name: rule for rule in bind_for_each(event, dict(Rules().items()), PARAMETERS, REGIONAL).rules
    }[name]
    pairs = zip(arguments(bound.function), bound.reads, strict=True)
    return st.fixed_dictionaries({argument: values(argument, source) for argument, source in pairs})


@pytest.mark.parametrize("name", NAMES)
@MANY
@given(data=st.data())
def test_a_rule_is_finite_and_in_range_everywhere(name, data):
    drawn = data.draw(everything(name))
    reads = {
        argument: value * drawn[PART_OF[argument]] if PART_OF.get(argument) in drawn else value
        for argument, value in drawn.items()
    }
    result = Rules()[name](**reads)
    assert math.isfinite(result)
    kind = unit(TABLE_OF[name], name)
    if kind == "0 or 1":
        assert result in (0.0, 1.0)
    if kind in ("0-1", "fraction"):
        assert result <= 1.0 + 1e-12
    assert LEAST.get(name, 0.0) <= result <= MOST.get(name, math.inf)


@MANY
@given(
    substitution=st.floats(1.0, 1.001),
    weight=st.floats(0.001, 0.5),
    wage=st.floats(0.001, 1e3),
    price=st.floats(1e-3, 1e3),
)
def test_research_is_defined_however_little_compute_substitutes(substitution, weight, wage, price):
    # As σ falls to 1 a firm without compute pays without bound, and in the end does no research.
    rules = Rules()
    costs = [
        rules["plain_cost"](wage, weight, substitution),
        rules["adopter_cost"](wage, price, weight, substitution),
    ]
    assert math.isfinite(costs[1])
    assert not math.isnan(rules["adoption_gain"](1.0, *costs, 1.0, 1.0, 1.0, 0.5, 0.18))
    for cost in costs:
        spent = rules["research_spending"](1.0, 1.0, 1.0, 1.0, cost, 0.3, 1.0, 2.8, 0.2, 0.5, 0.25)
        assert 0.0 <= spent <= 0.25
        assert 0.0 <= rules["own_intensity"](spent, 1.0, cost, 1.0, 0.2, 0.5) < math.inf
