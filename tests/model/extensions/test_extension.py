"""An extension at the door: what is wrong with it is one sentence with file and line."""

from __future__ import annotations

import math
import re

import pytest

from agents import firm
from agents.columns import Column
from agents.firm import Firm
from agents.rules import Rules
from agents.view import AgentView
from model import (
    AgentKind,
    Extension,
    Parameter,
    Scenario,
    after,
    before,
    for_each,
    instead_of,
    interpreted,
    procedure,
)
from model.engine.rule_source import RuleError
from model.extensions.extended_model import extended
from model.extensions.extension import ExtensionError


def mine(quality):
    return 2.0 * quality


def other(quality):
    return 3.0 * quality


def misspelt(qualty):
    return qualty


def several(*quality):
    return 1.0


def quality(quality):
    return quality


def innovation_probability(own_intensity):
    return own_intensity


def revenue(supply):
    return supply


def own_market(city_wage):
    city_wage[0] = 1.0


def lost_market(city_wag):
    city_wag[0] = 1.0


class MyCity(AgentView):
    table_name = "cities"


class MyFirm(Firm):
    def innovation_probability(self, own_intensity):
        return own_intensity


def parameter(name="own_rate", default=0.5, low=0.0, high=1.0):
    return Parameter(name, default, low, high, "1/quarter", "a rate")


def firms_event(*rules, **more):
    return after("revenue", for_each("for a test", "firms", *rules, **more))


DEPOSITS = Column("deposits", "money", "what it keeps")


def kind(table="banks", prefix="bank_", columns=(DEPOSITS,), **more):
    return AgentKind(table, prefix, columns, lambda: {"deposits": [1.0]}, **more)


COLUMN = Column("mine", "1", "for a test")

WRONG = {
    # What stands in it
    "name": (dict(name="two words"), "name cannot be 'two words': it may hold only letters, digits, _ and -"),
    "rules": (dict(rules=[3]), "rules must be functions, not int"),
    "rule of a class": (dict(rules={"mine": Firm}), "rule mine must be a function, not type"),
    "lambda": (dict(rules=[lambda quality: quality]), "must be written with def, not as a lambda"),
    "twice": (dict(rules=[mine, mine]), "two rules are called mine"),
    "parameters": (dict(parameters=[3.0]), "parameters takes Parameter(name, default, low, high"),
    "parameter name": (
        dict(parameters=[parameter("Own Rate")]),
        "cannot be called 'Own Rate': use a lower-case name",
    ),
    "parameter keyword": (dict(parameters=[parameter("lambda")]), "cannot be called 'lambda'"),
    "parameter like a draw": (
        dict(parameters=[parameter("draw_mine")]),
        "names that begin with draw_ are draws",
    ),
    "parameter range": (dict(parameters=[parameter(default=2.0)]), "the default 2 is not within 0 to 1"),
    "parameter type": (dict(parameters=[parameter(default="a")]), "default must be a finite number, not 'a'"),
    "parameter infinite": (
        dict(parameters=[parameter(high=math.inf)]),
        "high must be a finite number, not inf",
    ),
    "columns": (dict(columns=[COLUMN]), "columns must be a mapping from tables to columns"),
    "column": (
        dict(columns={"firms": ["mine"]}),
        "columns of firms must be Column(name, unit, meaning, …), not 'mine'",
    ),
    "column start": (
        dict(columns={"firms": [Column("mine", "1", "x", start="a")]}),
        "column mine of firms: start must be a finite number, not 'a'",
    ),
    "column row start": (
        dict(columns={"firms": [Column("mine", "1", "x", start=2.0, index_of="cities")]}),
        "column mine of firms holds rows of cities: it must start at 0",
    ),
    "events": (dict(events=[for_each("x", "firms", "mine")]), "events takes after('name', for_each(…))"),
    "event": (dict(events=[after("revenue", mine)]), "after('revenue', …) takes for_each(…) or procedure(…)"),
    "event every": (
        dict(rules=[mine], events=[firms_event("mine", every=0)]),
        "every must be a whole number from 1",
    ),
    "agents": (dict(agents=["banks"]), "agents takes AgentKind(table, prefix, columns, start)"),
    "agents prefix": (
        dict(agents=[kind(prefix="bank")]),
        "prefix of banks cannot be 'bank': it must end with _",
    ),
    "agents columns": (dict(agents=[kind(columns=())]), "agents banks have no columns"),
    "agents face": (dict(agents=[kind(face=MyCity)]), "face MyCity must set table_name = 'banks'"),
    "agents at work": (
        dict(agents=[kind(at_work="open")]),
        "at_work of banks names 'open', which is not one of its",
    ),
    "scenarios": (dict(scenarios=["actual"]), "scenarios takes Scenario(name, meaning, …), not 'actual'"),
    "faces": (dict(faces=[AgentView]), "faces must be subclasses of Firm, CityGovernment or ComputeProvider"),
    "prepare": (dict(prepare=3), "prepare must be a function, not int"),
    "neutral": (
        dict(neutral={"own_rate": 0.0}),
        "neutral names own_rate, which is not a parameter of the extension",
    ),
    "exempt": (
        dict(exempt="monei"),
        "exempt names 'monei': accounts are compute, money, sales, product, talent, endowment, people",
    ),
    # How it goes with the model
    "unused rule": (dict(rules={"zzz": mine}), "is in no event; place one with after(…) or before(…)"),
    "misspelt rule": (
        dict(rules={"innovation_probabilty": innovation_probability}),
        "is in no event; did you mean innovation_probability",
    ),
    "arguments": (dict(rules={"quality": several}), "takes *quality: a rule must name each value it reads"),
    "unknown field": (
        dict(rules={"quality": misspelt}),
        "reads an unknown name, qualty; did you mean quality",
    ),
    "known parameter": (
        dict(parameters=[parameter("substitution")]),
        "substitution is taken by another parameter",
    ),
    "parameter like a rule": (
        dict(parameters=[parameter("research_cost")]),
        "research_cost is taken by a rule",
    ),
    "parameter like a method": (
        dict(parameters=[parameter("changed")]),
        "cannot be called changed: Python reserves",
    ),
    "rule like a parameter": (dict(rules={"substitution": mine}), "has the name of a parameter"),
    "known table": (dict(agents=[kind("firms")]), "there is a table firms already"),
    "known prefix": (dict(agents=[kind(prefix="city_")]), "prefix city_ is taken by table cities"),
    "unknown table": (
        dict(columns={"citys": [COLUMN]}),
        "a table 'citys', which does not exist; did you mean cities",
    ),
    "known column": (
        dict(columns={"firms": [Column("quality", "1", "x")]}),
        "firms has a column quality already",
    ),
    "rows of nothing": (
        dict(columns={"firms": [Column("bank", "row", "x", index_of="bank")]}),
        "holds rows of bank, which does not exist",
    ),
    "column of a pair": (
        dict(columns={"city_pairs": [Column("bank", "row", "x", index_of="cities")]}),
        "city_pairs has a row for each pair",
    ),
    "column switch": (
        dict(columns={"firms": [Column("mine", "1", "x", when="own_rate")]}),
        "column mine of firms is switched by own_rate, which is not a parameter",
    ),
    "two meanings": (
        dict(columns={"firms": [Column("city_wage", "1", "x")]}),
        "city_wage would be ambiguous in a rule of firms",
    ),
    "two meanings again": (
        dict(columns={"cities": [Column("substitution", "1", "x")]}),
        "substitution would be ambiguous in a rule of cities",
    ),
    "anchor": (
        dict(rules=[mine], events=[after("revenu", for_each("x", "firms", "mine"))]),
        "event 'mine' is placed after 'revenu', which is not an event of the quarter; did you mean revenue",
    ),
    "event name": (
        dict(rules=[revenue], events=[before("revenue", for_each("x", "firms", "revenue"))]),
        "there is an event 'revenue' already",
    ),
    "event table": (
        dict(rules=[mine], events=[after("revenue", for_each("x", "firm", "mine"))]),
        "of a table 'firm', which does not exist; did you mean firms",
    ),
    "event rule": (dict(events=[firms_event("mine")]), "names a rule mine, which does not exist"),
    "event where": (
        dict(rules=[mine], events=[firms_event("mine", where="living")]),
        "is limited by living, not a column",
    ),
    "event switch": (
        dict(rules=[mine], events=[firms_event("mine", when="exchnge")]),
        "event 'mine' is switched by exchnge, which is not a parameter; did you mean exchange",
    ),
    "event totals": (
        dict(
            columns={"firms": [COLUMN]},
            rules=[mine],
            events=[firms_event("mine", totals={"city_mine": "mine"})],
        ),
        "adds up into city_mine",
    ),
    "no rule reads": (
        dict(rules=[mine], events=[firms_event("mine")]),
        "is never used: firms has no column of that name",
    ),
    "scenario known": (dict(scenarios=[Scenario("actual", "x")]), "there is a scenario actual already"),
    "scenario changes": (
        dict(scenarios=[Scenario("x", "x", parameters={"own_rat": 1})]),
        "scenario x: there is no parameter 'own_rat'",
    ),
    "face of no table": (dict(faces=[MyCity]), "face MyCity must be a subclass of CityGovernment"),
    "face and rule": (
        dict(faces=[MyFirm], rules=[innovation_probability]),
        "which another agent class replaces already",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_one_sentence_with_file_and_line(case):
    parts, said = WRONG[case]
    with pytest.raises(RuleError) as caught:
        extended(Extension(**{"name": "mine", **parts}))
    text = str(caught.value)
    assert said in text
    assert f"{__file__}:" in text
    assert "\n" not in text


def test_a_rule_that_reads_what_its_event_writes_of_another_is_refused():
    columns = {"firms": [Column("mine", "1", "x")]}

    def copied(supplier_mine):
        return supplier_mine

    event = firms_event("mine", "copied")
    with pytest.raises(
        RuleError, match=r"rule copied \(.*\) reads mine of another row while event 'mine' writes it"
    ):
        extended(Extension("mine", rules=[mine, copied], columns=columns, events=[event]))


def test_extensions_that_clash_name_each_other():
    one, two = (Extension(name, rules={"quality": rule}) for name, rule in (("one", mine), ("two", other)))
    with pytest.raises(
        ExtensionError, match=r"extension two .* rule quality .* is also one of extension one"
    ):
        extended([one, two])
    with pytest.raises(ExtensionError, match="two extensions have this name"):
        extended([one, Extension("one")])
    with pytest.raises(ExtensionError, match="is taken by another parameter"):
        extended([Extension("one", parameters=parameter()), Extension("two", parameters=parameter())])
    with pytest.raises(ExtensionError, match=r"rule quality .* is also one of extension rules"):
        extended([Rules(quality=mine), one])


def test_one_value_may_stand_where_several_may():
    made = Extension(
        "mine", rules=mine, parameters=parameter(), columns={Firm: COLUMN}, events=firms_event("mine")
    )
    assert made.rules == {"mine": mine}
    assert made.columns == {"firms": (COLUMN,)}
    assert len(made.parameters) == len(made.events) == 1
    assert extended(made).schema.has("firms", "mine")


def test_events_stand_where_they_were_placed():
    rules = {f"r{k}": mine for k in range(5)}
    columns = {"firms": [Column(name, "1", "x") for name in rules]}
    wanted = {"r0": after, "r1": after, "r2": before, "r3": before}
    events = [how("revenue", for_each("x", "firms", name)) for name, how in wanted.items()]
    second = Extension(
        "second",
        rules={"s": mine},
        columns={"firms": [Column("s", "1", "x")]},
        events=[
            after("r1", for_each("x", "firms", "s")),
            instead_of("national_means", procedure("x", own_market)),
        ],
    )
    first = Extension(
        "first", rules=rules, columns=columns, events=[*events, after("r0", for_each("x", "firms", "r4"))]
    )
    names = [event.name for event in extended([first, second]).quarter]
    at = names.index("revenue")
    assert names[at - 2 : at + 5] == ["r2", "r3", "revenue", "r0", "r4", "r1", "s"]
    assert "own_market" in names
    assert "national_means" not in names


def test_an_event_belongs_to_the_economy_of_its_neighbour():
    regional = extended(Extension("a", rules=[mine], columns={"firms": COLUMN}, events=firms_event("mine")))
    closed = extended(
        Extension(
            "a",
            rules=[mine],
            columns={"firms": COLUMN},
            events=after("book_services", for_each("x", "firms", "mine", when="exchange")),
        )
    )
    switch = {whole: next(e.when for e in whole.quarter if e.name == "mine") for whole in (regional, closed)}
    assert switch[regional] == "not closed_economy"
    assert switch[closed] == "exchange and closed_economy"


def test_without_extensions_it_is_the_model():
    from model.economy.regional_schema import REGIONAL
    from model.step import QUARTER

    whole = extended()
    assert whole is extended([None, (), Rules()])
    assert whole.quarter == QUARTER
    assert whole.schema is REGIONAL
    assert whole.fingerprint == ""
    assert extended(Rules(quality=quality)).schema is REGIONAL


def test_a_function_of_an_event_is_a_rule_of_the_extension():
    event = after("revenue", for_each("x", "firms", mine, firm.revenue))
    made = Extension("mine", columns={"firms": COLUMN}, events=event)
    assert made.rules == {"mine": mine}  # the other is the model's own
    assert extended(made).rules["mine"] is mine
    replaced = Extension("mine", events=instead_of("supply", for_each("x", "firms", quality)))
    assert replaced.rules == {"quality": quality}


@pytest.mark.parametrize(
    ("rules", "given", "said"),
    [
        ({"mine": quality}, mine, "an event and rules give two functions called mine; keep one"),
        ((), lambda quality: quality, "must be written with def, not as a lambda"),
    ],
)
def test_a_function_of_an_event_must_be_the_rule_of_its_name(rules, given, said):
    with pytest.raises(ExtensionError, match=re.escape(said)):
        Extension("mine", rules=rules, events=after("revenue", for_each("x", "firms", given)))


def test_an_event_takes_nothing_but_rules():
    with pytest.raises(TypeError, match="for_each takes functions or names of rules, not 5"):
        for_each("x", "firms", 5)


def test_an_interpreted_rule_may_yield_what_no_rule_reads():
    @interpreted
    def seen(quality):
        return quality

    assert "seen" in extended(Extension("x", rules=seen, events=firms_event("seen"))).rules


def test_a_market_that_asks_for_what_does_not_exist_is_refused(country):
    from model import RegionalModel

    made = Extension("mine", events=after("revenue", procedure("x", lost_market)))
    with pytest.raises(
        RuleError, match=r"procedure lost_market .* reads an unknown name, city_wag; did you mean city_wage"
    ):
        RegionalModel(cities=country, extension=made, engine="interpreted", firms=50)
