"""Names to columns: every name of a rule means one thing, and an unknown one is answered with the nearest."""

import inspect
from collections import Counter

import numpy as np
import pytest

from agents.columns import Column
from agents.rules import Rules
from model import Extension, after, before
from model.economy.regional_schema import REGIONAL
from model.engine.binding import Source, Total, bind_for_each, bind_procedure, readable
from model.engine.engine import Engine
from model.engine.events import ForEach, Procedure, for_each
from model.engine.rule_source import RuleError
from model.engine.state import State
from model.parameters import Parameters
from model.step import QUARTER
from tests.support.small_run import assert_same, run

PARAMETERS = tuple(Parameters.model_fields)
ROWS = {
    "firms": 4,
    "cities": 2,
    "tiers": 4,
    "industries": 7,
    "city_tiers": 8,
    "providers": 3,
    "offers": 6,
    "kinds": 3,
    "services": 6,
    "city_kinds": 6,
    "city_services": 12,
    "city_pairs": 4,
    "city_offers": 12,
    "nation": 1,
}


def bound(table, *rules, where=None, totals=None):
    """An event of these rules, bound."""
    named = {rule.__name__: rule for rule in rules}
    event = for_each("for a test", table, *named, where=where, totals=totals)
    return bind_for_each(event, {**dict(Rules().items()), **named}, PARAMETERS, REGIONAL)


def where_from(table, name):
    """The source of one name in a rule of the table."""
    space = {}
    exec(f"def rule({name}):\n    return {name}\n", space)
    return bound(table, space["rule"]).rules[0].reads[0]


# ── What a name means ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("table", "name", "source"),
    [
        ("firms", "quality", Source("own", "quality", "firms")),
        ("firms", "tier", Source("own", "tier", "firms")),
        ("firms", "city_wage", Source("lookup", "wage", "cities", "city")),
        ("firms", "city_tier_supply", Source("lookup", "supply", "city_tiers", "city_tier")),
        ("firms", "city_tier", Source("own", "city_tier", "firms")),
        ("firms", "home_wage", Source("lookup", "wage", "cities", "home")),
        ("firms", "home_tier_supply", Source("lookup", "supply", "city_tiers", "home_tier")),
        ("firms", "prospect_wage", Source("lookup", "wage", "cities", "prospect")),
        ("firms", "prospect_tier_supply", Source("lookup", "supply", "city_tiers", "prospect_tier")),
        ("firms", "supplier_quality", Source("lookup", "quality", "firms", "supplier")),
        ("firms", "customer_city", Source("lookup", "city", "firms", "customer")),
        ("firms", "tier_weight_basic", Source("lookup", "weight_basic", "tiers", "tier")),
        ("firms", "nation_quarter", Source("nation", "quarter", "nation")),
        ("firms", "substitution", Source("parameter", "substitution")),
        ("firms", "draw_success", Source("draw", "success")),
        ("cities", "wage", Source("own", "wage", "cities")),
        ("city_tiers", "city_wage", Source("lookup", "wage", "cities", "city")),
        ("city_services", "service_traffic", Source("lookup", "traffic", "services", "service")),
        ("city_kinds", "city_wage", Source("lookup", "wage", "cities", "city")),
        ("city_pairs", "origin_wage", Source("first", "wage", "cities")),
        ("city_pairs", "destination_wage", Source("second", "wage", "cities")),
        ("city_offers", "city_wage", Source("first", "wage", "cities")),
        ("city_offers", "offer_load", Source("second", "load", "offers")),
        ("city_offers", "provider_price", Source("second_lookup", "price", "providers", "provider")),
        ("city_offers", "service_traffic", Source("second_lookup", "traffic", "services", "service")),
    ],
)
def test_a_name_means(table, name, source):
    assert where_from(table, name) == source


def quality(supply):
    return supply


def revenue(quality, supply):
    return quality + supply


def test_what_was_made_earlier_in_the_event_comes_before_the_column():
    first, second = bound("firms", quality, revenue).rules
    assert first.reads == (Source("own", "supply", "firms"),)
    assert second.reads == (Source("value", "quality"), Source("own", "supply", "firms"))
    assert bound("firms", quality, revenue).writes == ("quality", "revenue")


def adjusted(quality):
    return 2.0 * quality


def test_a_value_without_a_column_is_known_to_later_rules_and_not_written():
    def supply(adjusted):
        return adjusted

    event = bound("firms", adjusted, supply)
    assert event.writes == ("supply",)
    assert event.rules[1].reads == (Source("value", "adjusted"),)


@pytest.mark.parametrize("table", sorted(set(REGIONAL.tables) - {"nation", "tiers", "kinds"}))
def test_no_name_could_mean_two_things(table):
    # A parameter, a column of the row, or one reached through it: never two of them. The one exception is
    # ``firms``, in cities their number there: the parameter counts those of the start, which no rule needs.
    counts = Counter(readable(table, PARAMETERS, REGIONAL))
    assert {name for name, count in counts.items() if count > 1} <= {"firms"}
    assert not [name for name in counts if name.startswith("draw_")]


def test_rules_are_not_called_like_parameters():
    assert not set(Rules()) & set(PARAMETERS)


@pytest.mark.parametrize(
    "event", [event for event in QUARTER if isinstance(event, ForEach)], ids=lambda e: e.name
)
def test_every_name_that_default_rules_read_is_among_the_readable(event):
    event_bound = bind_for_each(event, dict(Rules().items()), PARAMETERS, REGIONAL)
    assert [rule.name for rule in event_bound.rules] == list(event.rules)
    known = set(readable(event.table, PARAMETERS, REGIONAL, event.rules))
    for rule in event_bound.rules:
        for argument, source in zip(inspect.signature(rule.function).parameters, rule.reads, strict=True):
            assert argument in known or source.kind == "draw"


# ── Limits and sums ──────────────────────────────────────────────────────────────────────────────


def test_an_event_is_limited_to_rows_or_to_the_others():
    assert bound("firms", quality).mask is None
    assert bound("firms", quality, where="alive").mask == ("alive", True)
    assert bound("firms", quality, where="not alive").mask == ("alive", False)


def test_totals_go_through_an_index_column_or_to_the_nation():
    totals = {"city_revenue": "revenue", "city_tier_supply": "supply", "nation_firms": "alive"}
    assert bound("firms", quality, revenue, totals=totals).totals == (
        Total("cities", "revenue", "city", Source("value", "revenue")),
        Total("city_tiers", "supply", "city_tier", Source("own", "supply", "firms")),
        Total("nation", "firms", None, Source("own", "alive", "firms")),
    )


@pytest.mark.parametrize(
    ("totals", "reason"),
    [
        ({"city_revenue": "revenu"}, "adds up revenu, which is not a column of firms"),
        ({"city_revenu": "revenue"}, "adds up into city_revenu, which is not a column that firms can reach"),
        ({"destination_wage": "revenue"}, "adds up into destination_wage"),
    ],
)
def test_a_total_that_goes_nowhere_is_refused(totals, reason):
    with pytest.raises(RuleError, match=reason):
        bound("firms", quality, totals=totals)


# ── What is refused ──────────────────────────────────────────────────────────────────────────────


def misspelt(qualty, city_talnet):
    return qualty + city_talnet


def lost(zzzzz):
    return zzzzz


def test_an_unknown_name_is_answered_with_place_and_nearest():
    line = misspelt.__code__.co_firstlineno
    with pytest.raises(RuleError) as caught:
        bound("firms", misspelt)
    assert str(caught.value) == (
        f"rule misspelt ({__file__}:{line}) reads an unknown name, qualty; did you mean "
        "quality or quality_step or quality_shock?"
    )
    with pytest.raises(RuleError, match=r"reads an unknown name, zzzzz$"):
        bound("firms", lost)


def test_the_nearest_names_are_those_of_the_table():
    def wage(city_wage):
        return city_wage

    with pytest.raises(RuleError, match=r"reads an unknown name, city_wage; did you mean .*wage"):
        bound("cities", wage)


def copycat(supplier_quality):
    return supplier_quality


@pytest.mark.parametrize("rules", [(quality, copycat), (copycat, quality)])
def test_another_rows_column_is_not_read_while_it_is_written(rules):
    with pytest.raises(
        RuleError, match=r"copycat \(.*\) reads quality of another row while event .* writes it"
    ):
        bound("firms", *rules)


def test_another_rows_column_is_read_in_an_event_of_its_own():
    assert bound("firms", copycat).writes == ()


def test_cities_of_a_pair_are_not_written_by_an_event_of_pairs():
    def workers(origin_wage, destination_wage):
        return origin_wage + destination_wage

    assert bound("city_pairs", workers).writes == ("workers",)


# ── Procedures ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def state():
    made = State(ROWS, REGIONAL)
    made.arrays["scratch_city"] = np.zeros(2)
    return made


def whole_columns(
    city_wage, city_tier_supply, firm_quality, pair_workers, nation_firms, scratch_city, substitution
):
    city_wage[0] = 2.0


def test_a_procedure_sees_whole_columns(state):
    found = bind_procedure(whole_columns, state, {"substitution": 1.8})
    assert found[0] is state["cities"]["wage"]
    assert found[1] is state["city_tiers"]["supply"]
    assert found[2] is state["firms"]["quality"]
    assert found[3] is state["city_pairs"]["workers"]
    assert found[4] is state["nation"]["firms"]
    assert found[5] is state.arrays["scratch_city"]
    assert found[6] == 1.8


def misspelt_procedure(city_wag):
    pass


def test_an_unknown_name_of_a_procedure_is_answered_with_the_nearest(state):
    with pytest.raises(
        RuleError,
        match=r"procedure misspelt_procedure \(.*\) reads an unknown name, city_wag; did you mean city_wage",
    ):
        bind_procedure(misspelt_procedure, state, {})


def test_every_procedure_of_the_quarter_has_names_that_mean_something(state):
    names = ["ratio", "free", "asked", "best", "ties", "room", "request", "used", "group", "decay"]
    names += ["rungs", "near", "length", "sales"]
    for name in names:
        state.arrays[f"scratch_{name}"] = np.zeros(1)
    for name in ("order", "parent", "link", "traffic", "carried"):
        state.arrays[f"route_{name}"] = np.zeros((1, 1))
    for name in ("step_quarter", "step_size", "research_group_share", "treaty_data", "city_power_price"):
        state.arrays[name] = np.zeros(1)
    for name in ("curtailed", "load", "flexible", "other"):
        state.arrays[f"grid_{name}"] = np.zeros(1)
    for name in ("step_row", "city_research_group", "city_grid"):
        state.arrays[name] = np.zeros(1, np.int64)
    state.arrays["city_peers"] = state.arrays["site_latency"] = np.zeros((1, 1))
    for name in ("curtailed", "load", "flexible", "other"):
        state.arrays[f"grid_{name}"] = np.zeros(1)
    state.arrays["treaty_data"] = state.arrays["city_power_price"] = np.zeros(1)
    state.arrays["city_grid"] = np.zeros(1, np.int64)
    state.arrays["tier_members"] = state.arrays["tier_first"] = np.zeros(1, np.int64)
    state.arrays["link_load"] = state.arrays["link_capacity"] = np.zeros(1)
    numbers = {name: float(value) for name, value in Parameters().model_dump().items()}
    for event in QUARTER:
        if isinstance(event, Procedure):
            found = bind_procedure(event.function, state, numbers)
            assert len(found) == len(inspect.signature(event.function).parameters)


# ── In both engines ──────────────────────────────────────────────────────────────────────────────


def many(*numbers):
    return sum(numbers)


@pytest.mark.parametrize("mode", ["compiled", "interpreted"])
def test_a_rule_that_cannot_be_bound_is_refused_by_either_engine(mode):
    def start(rule):
        return Engine(
            [for_each("x", "firms", "quality")], State(ROWS, REGIONAL), {"quality": rule}, {}, 1, mode
        )

    with pytest.raises(
        RuleError, match=r"rule quality \(.*test_binding.py:\d+\) reads an unknown name, qualty"
    ):
        start(misspelt)
    with pytest.raises(RuleError, match=r"rule many \(.*test_binding.py:\d+\) takes \*numbers"):
        start(many)
    with pytest.raises(RuleError, match="reads quality of another row while event 'quality' writes it"):
        start(copycat)
    with pytest.raises(RuleError, match="must be written with def, not as a lambda"):
        start(lambda quality: 2.0 * quality)


def moving(workers, origin_wage):
    return workers * origin_wage


def near(distance):
    return 1.0 if distance < 500.0 else 0.0


@pytest.mark.parametrize("where", [None, "near"])
def test_values_of_pairs_are_added_up_for_either_city(country, where):
    own = Extension(
        "moving",
        columns={
            "city_pairs": [Column("moving", "money", ""), Column("near", "flag", "")],
            "cities": [Column("sent", "money", ""), Column("got", "money", "")],
        },
        events=[
            before("move_talent", for_each("x", "city_pairs", near)),
            after(
                "near",
                for_each(
                    "x",
                    "city_pairs",
                    moving,
                    where=where,
                    totals={"origin_sent": "moving", "destination_got": "moving"},
                ),
            ),
        ],
    )
    made = run(country, extension=own)
    assert_same(run(country, extension=own, engine="interpreted"), made)
    cities, count = made.state["cities"], len(country)
    values = made.state["city_pairs"]["moving"].reshape(count, count)
    assert cities["sent"] == pytest.approx(values.sum(axis=1), rel=1e-13)
    assert cities["got"] == pytest.approx(values.sum(axis=0), rel=1e-13)
    assert 0 < made.state["city_pairs"]["near"].sum() < count**2


def test_a_name_that_nothing_defines_is_refused_before_the_run():
    def exiting(age):
        oldest = max(age, 1.0)
        return 1.0 if oldest > city_age else 0.0  # noqa: F821

    with pytest.raises(RuleError, match=r"rule exiting \(.*\) uses city_age, which is not defined"):
        bind_for_each(for_each("", "firms", exiting), {"exiting": exiting}, (), REGIONAL)
