"""A model with extensions runs: the same bits in both engines, the default run untouched."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace

import numpy as np
import pytest

from agents.city_government import CityGovernment, fiscal_capacity
from agents.compute_provider import ComputeProvider
from agents.firm import Firm
from model import (
    AgentKind,
    Column,
    Extension,
    Parameter,
    Parameters,
    RegionalModel,
    Rules,
    after,
    for_each,
    instead_of,
    interpreted,
    procedure,
)
from model.economy.compute_delivery import count_kinds
from model.engine.rule_source import RuleError
from model.extensions.extended_model import extended
from model.extensions.extension import ExtensionError
from model.parameters import ParameterError, describe, parameter_rows
from model.scenarios.scenario import ScenarioError
from tests.support import university
from tests.support.small_run import SMALL, assert_same, run
from tests.support.university import University, make


@pytest.fixture(scope="module")
def alone(country):
    return run(country, engine="interpreted")


# ── Own agents, columns, events, parameters, scenarios ───────────────────────────────────────────


@pytest.fixture(scope="module")
def learned(country):
    return run(country, extension=make(), graduation_rate=0.2)


def test_a_column_that_no_rule_reads_leaves_the_default_run_as_it_is(alone, learned):
    assert_same(alone, learned)


def test_both_engines_give_the_same_bits_with_an_extension(country, learned):
    assert_same(learned, run(country, extension=make(), graduation_rate=0.2, engine="interpreted"))


def test_own_agents_do_what_their_rules_say(learned):
    made, cities = learned.state["universities"], learned.state["cities"]
    assert made.rows == cities.rows
    assert (made["pool"] > 5.0).all()
    # Trained before talent moves, so the talent is that at which it moved from.
    assert cities["graduates"].sum() == pytest.approx(learned.state["nation"]["graduates"][0])
    assert len(learned.history["graduates"]) == 4
    assert "graduates" in learned.panel()


def test_mesa_sees_own_agents(learned):
    found = learned.agents_by_type[University]
    assert len(found) == 12
    assert found.get("pool") == learned.state["universities"]["pool"].tolist()
    assert 0 < len(found.select(lambda one: one.crowded())) < 12
    assert University in learned.agent_types
    ids = learned.agents.get("unique_id")
    assert len(set(ids)) == len(ids)


def test_a_face_is_made_for_agents_that_have_none(country):
    kind = university.extension.agents[0]
    made = run(country, 1, extension=make(agents=[replace(kind, face=None)]), engine="interpreted")
    face = made.agent_types[-1]
    assert face.__name__ == "University"
    assert len(made.agents_by_type[face]) == 12


def test_own_parameters_are_like_the_models(country):
    whole = extended(make())
    assert describe("graduation_rate", whole.parameters)["high"] == 1.0
    assert parameter_rows(whole.parameters)[-1]["group"] == "Extension university"
    assert describe("university_scale", whole.parameters)["type"] == "int"
    made = whole.parameters(graduation_rate=0.3)
    for again in (pickle.loads(pickle.dumps(made)), copy.deepcopy(made)):
        assert again == made
        assert type(again) is type(made)
        assert again.model_dump(exclude_unset=True) == {"graduation_rate": 0.3}
    with pytest.raises(ParameterError, match=r"graduation_rate cannot be 7.*from 0 to 1"):
        made.changed(graduation_rate=7)
    with pytest.raises(ParameterError, match="did you mean graduation_rate"):
        RegionalModel(cities=country, extension=make(), graduation_rat=0.1)
    assert "graduation_rate" in whole.parameters.model_json_schema()["properties"]
    assert "graduation_rate" not in Parameters.model_fields


def test_own_scenarios_are_found_by_name_and_from_files(country, tmp_path):
    assert (
        RegionalModel(SMALL, "learned", 1, cities=country, extension=make()).parameters.graduation_rate == 0.1
    )
    file = tmp_path / "more.toml"
    file.write_text("[parameters]\ngraduation_rate = 0.4\n", encoding="utf-8")
    made = RegionalModel(SMALL, str(file), 1, cities=country, extension=make())
    assert made.parameters.graduation_rate == 0.4
    with pytest.raises(ScenarioError, match="did you mean learned"):
        RegionalModel(SMALL, "lerned", 1, cities=country, extension=make())


def test_start_and_prepare_are_checked(country):
    kind = university.extension.agents[0]

    def model(start=kind.start, **more):
        own = make(agents=[replace(kind, start=start)], **more)
        return RegionalModel(SMALL, "none", 1, cities=country, extension=own, engine="interpreted")

    wrong = {
        "must return columns": lambda: 3,
        "returns sice, which is not a column of universities; did you mean size": lambda: {"sice": [1.0]},
        "size does not hold numbers": lambda: {"size": ["a"]},
        "must return columns of equal length": lambda: {"size": [1.0], "pool": [1.0, 2.0]},
        "column city of universities must hold rows of cities, 0 to 11": lambda: {"city": [12]},
        "column size of universities does not start with finite": lambda: {"size": [float("nan")]},
        "reads countries: it may read cities": lambda countries: {},
    }
    for said, start in wrong.items():
        with pytest.raises(RuleError, match=said) as caught:
            model(start)
        assert "university.py:" in str(caught.value)

    def prepare(state, cities):
        state["cities"]["graduates"] = np.arange(len(cities))
        state.arrays["scratch_own"] = np.zeros(3)

    def spoils(state):
        state["firms"]["home"] = 99

    with pytest.raises(
        RuleError, match=r"column home of firms must hold rows of cities, 0 to 11: it holds 99"
    ):
        model(prepare=spoils)
    made = model(prepare=prepare)
    assert made.state.arrays["scratch_own"].shape == (3,)
    # Centres have rows of the network's routes, which are no table.
    made = RegionalModel(SMALL, "random_hosts", 5, cities=country, extension=make(prepare=prepare))
    assert made.state["providers"].rows > 0


# ── Own markets ──────────────────────────────────────────────────────────────────────────────────


def again_use(city_kind_demand, city_basic_use, city_intelligent_use, city_super_use):
    count_kinds(city_kind_demand, city_basic_use, city_intelligent_use, city_super_use)


@interpreted
def numpy_use(city_kind_demand, city_basic_use, city_intelligent_use, city_super_use):
    city_basic_use[:], city_intelligent_use[:], city_super_use[:] = city_kind_demand.reshape(-1, 3).T


@pytest.mark.parametrize("market", [again_use, numpy_use])
def test_a_market_of_ones_own_takes_the_place_of_the_models(country, alone, market):
    own = Extension("mine", events=instead_of("count_kinds", procedure("the same", market)))
    made = run(country, extension=own)
    assert made.state["cities"]["basic_use"].min() > 0.0
    assert_same(alone, made)


# ── Faces ─────────────────────────────────────────────────────────────────────────────────────────


class Careful(CityGovernment):
    """A city government whose decisions are methods."""

    def fiscal_capacity(self, budget, firms, nation_budget_per_firm):
        assert budget == self.budget  # as made earlier in the event
        return fiscal_capacity(budget, firms, nation_budget_per_firm)


class Lavish(Careful):
    def fiscal_capacity(self):
        return 2.0 * self.budget

    def mean(self):
        return self.budget / self.firms


@pytest.mark.parametrize("engine", ["compiled", "interpreted"])
def test_a_method_of_a_face_takes_the_place_of_a_rule(country, alone, engine):
    made = run(country, faces=[Careful], engine=engine)
    assert_same(alone, made)
    city = made.agents_by_type[Careful].to_list()[3]
    # The name means the column's number, as it does of any city.
    assert city.fiscal_capacity == made.state["cities"]["fiscal_capacity"][3]
    assert made.agent_types == [Firm, Careful, ComputeProvider]
    lavish = run(country, faces=[Lavish], engine=engine)
    cities = lavish.state["cities"]
    assert np.array_equal(cities["fiscal_capacity"], 2.0 * cities["budget"])
    city = lavish.agents_by_type[Lavish].to_list()[3]
    assert city.mean() == city.budget / city.firms


class Hesitant(Firm):
    def adopter(self, adopter, draw_adoption):
        return 1.0 if adopter > 0.5 or draw_adoption < 0.2 + self.adoption_gain - self.adoption_cost else 0.0


def test_a_method_sees_what_rules_before_it_made_without_a_column(country):
    one, other = (run(country, 2, faces=[Hesitant], engine=engine) for engine in ("compiled", "interpreted"))
    assert_same(one, other)
    assert one.state["cities"]["adopters"].sum() > 0
    assert "adoption_gain" not in one.state["firms"]


def test_self_is_for_interpreted_rules(country):
    def innovation_probability(self):
        return self.own_intensity

    with pytest.raises(RuleError, match="reads self, the agent: only a rule marked @interpreted can"):
        RegionalModel(cities=country, rules=Rules(innovation_probability=innovation_probability))


# ── Several at once ──────────────────────────────────────────────────────────────────────────────


def paid(pool, fee):
    return fee * pool


FEES = Column("paid", "money", "fees")


def test_extensions_compose(country, learned):
    own = Extension(
        "fee",
        parameters=Parameter("fee", 0.5, 0.0, 1.0, "money", "a fee"),
        rules=paid,
        columns={"universities": FEES},
        events=after("graduates", for_each("fees", "universities", "paid")),
    )
    both = run(country, extension=[make(), own], graduation_rate=0.2, fee=0.25)
    assert_same(learned, both)
    made = both.state["universities"]
    assert np.array_equal(made["paid"], 0.25 * made["pool"])


def of_nothing(cities):
    return {"size": cities["nothing"]}


def spoil(state):
    state["cities"]["talent"][3] = float("nan")


def misname(state):
    state["cities"]["nothing"] = 1.0


SHOPS = AgentKind("shops", "shop_", [Column("size", "goods", "size")], of_nothing)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (dict(agents=SHOPS), r"start of shops \(.*:\d+\) fails: there is no 'nothing'"),
        (dict(prepare=misname), r"prepare \(.*:\d+\) fails: there is no 'nothing'"),
        (dict(prepare=spoil), "talent of cities does not start with finite numbers: row 3 is nan"),
        (
            dict(columns={"cities": Column("share", "fraction", "a share", 7.0)}),
            "column share of cities is in fraction, from 0 to 1: it starts with 7 to 7",
        ),
    ],
)
def test_what_start_and_prepare_spoil_is_one_sentence(country, how, said):
    with pytest.raises(ExtensionError, match=said):
        run(country, extension=Extension("mine", **how))
