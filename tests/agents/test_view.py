"""Views: agents as Mesa's users know them, each a window on one row of the model's columns."""

import mesa
import numpy as np
import pytest

from agents.city_government import CityGovernment
from agents.compute_provider import ComputeProvider
from agents.firm import Firm
from agents.view import AgentView, Deciding
from model import Opening, Parameters, RegionalModel, Scenario

KINDS = (Firm, CityGovernment, ComputeProvider)


@pytest.fixture
def model(country):
    """Twelve cities, sixty firms and three centres, of which one opens after a quarter."""
    openings = tuple(
        Opening(kind, 2, kind, 1 if kind == "super" else -9) for kind in ("basic", "super", "intelligent")
    )
    scenario = Scenario("three", "three centres in one city", openings=openings)
    # Interpreted: nothing to compile.
    made = RegionalModel(Parameters(firms=60, burn_in=1), scenario, 4, cities=country, engine="interpreted")
    made.step()
    return made


@pytest.fixture
def firms(model):
    return model.agents_by_type[Firm]


def nth(model, kind, number):
    """The agent of that number among those of a kind; sets lose their brackets in Mesa 4."""
    return model.agents_by_type[kind].to_list()[number]


def alive(model):
    return np.flatnonzero(model.state["firms"]["alive"] > 0.5)


# ── Made when asked for ──────────────────────────────────────────────────────────────────────────


def test_no_view_is_made_until_somebody_asks(country):
    model = RegionalModel(Parameters(firms=60, burn_in=1), "none", 4, cities=country, engine="interpreted")
    model.step()
    by_type = model.agents_by_type
    assert list(by_type) == list(KINDS)
    assert not model._views
    assert len(by_type[CityGovernment]) == len(model._views) == 12


def test_asking_again_gives_the_same_agents(model):
    first = nth(model, Firm, 0)
    first.remark = "seen"
    assert nth(model, Firm, 0) is first
    assert next(iter(model.agents)) is first
    assert first.remark == "seen"
    assert "remark" not in model.state["firms"]


def test_agents_are_those_at_work_now(model):
    assert [firm.row for firm in model.agents_by_type[Firm]] == alive(model).tolist()
    assert [city.row for city in model.agents_by_type[CityGovernment]] == list(range(12))
    assert len(model.agents_by_type[ComputeProvider]) == 2
    assert len(model.agents) == len(alive(model)) + 12 + 2
    model.step()
    assert len(model.agents_by_type[ComputeProvider]) == 3
    assert [firm.row for firm in model.agents_by_type[Firm]] == alive(model).tolist()


def test_identities_are_unique_and_stay(model):
    before = {(type(agent), agent.row): agent.unique_id for agent in model.agents}
    assert len(set(before.values())) == len(before)
    model.run_for(2)
    for agent in model.agents:
        assert before.get((type(agent), agent.row), agent.unique_id) == agent.unique_id


def test_views_are_agents_of_mesa(model):
    for kind in KINDS:
        agent = nth(model, kind, 0)
        assert isinstance(agent, kind)
        assert isinstance(agent, mesa.Agent)
        assert agent.model is model
        assert agent.pos is None
        assert agent.random is model.random
        assert agent in {agent}
    with pytest.raises(KeyError):
        model.agents_by_type[AgentView]


# ── Columns as attributes ────────────────────────────────────────────────────────────────────────


def test_an_attribute_is_a_cell_of_the_column(model, firms):
    firm, column = firms.to_list()[3], model.state["firms"]["quality"]
    assert firm.quality == column[firm.row]
    assert type(firm.quality) is float
    assert type(firm.city) is int
    column[firm.row] = 0.75
    assert firm.quality == 0.75
    firm.quality = -0.5
    assert column[firm.row] == -0.5
    firm.quality += 1.0
    assert column[firm.row] == 0.5


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_can_be_read_and_written(model, kind):
    agent = nth(model, kind, 1)
    for name, column in model.state[kind.table_name].columns.items():
        others = np.delete(column, agent.row)
        assert getattr(agent, name) == column[agent.row]
        setattr(agent, name, 1)
        assert column[agent.row] == getattr(agent, name) == 1
        assert np.array_equal(np.delete(column, agent.row), others)


@pytest.mark.parametrize("kind", KINDS)
def test_no_column_hides_behind_an_attribute_of_mesa(model, kind):
    # A name found on the class is never looked up among the columns.
    assert not set(model.state[kind.table_name]) & (set(dir(kind)) | {"model", "row", "unique_id", "pos"})


def test_an_unknown_attribute_is_named(firms):
    with pytest.raises(AttributeError, match="Firm has no attribute or column 'qualty'"):
        _ = firms.to_list()[0].qualty
    with pytest.raises(AttributeError):
        _ = firms.to_list()[0]._hidden
    assert not hasattr(firms.to_list()[0], "wage")
    assert getattr(firms.to_list()[0], "wage", 3.0) == 3.0


def test_what_is_written_is_what_the_next_quarter_sees(model):
    cities = model.agents_by_type[CityGovernment]
    for city in cities:
        city.business_environment = 0.0
    model.step()
    assert (model.state["cities"]["business_environment"] == 0.0).all()
    assert cities.to_list()[0].wage == model.state["cities"]["wage"][0]


# ── Leaving ──────────────────────────────────────────────────────────────────────────────────────


def test_a_firm_that_is_removed_has_left(model, firms):
    firm, count = firms.to_list()[5], len(firms)
    firm.remove()
    assert model.state["firms"]["alive"][firm.row] == 0.0
    assert len(model.agents_by_type[Firm]) == count - 1
    assert firm not in model.agents_by_type[Firm]
    assert firm not in model.agents
    model.step()
    assert model.state["nation"]["firms"][0] == count - 1


@pytest.mark.parametrize("kind", [CityGovernment, ComputeProvider])
def test_only_firms_can_be_removed(model, kind):
    with pytest.raises(TypeError, match=f"a {kind.__name__} cannot be removed from the model"):
        nth(model, kind, 0).remove()


def test_all_firms_may_leave(model, firms):
    firms.do("remove")
    assert len(model.agents_by_type[Firm]) == 0
    assert len(model.agents) == 12 + 2


# ── Sets of agents ───────────────────────────────────────────────────────────────────────────────


def test_select(model, firms):
    adopters = firms.select(lambda firm: firm.adopter > 0.5)
    table = model.state["firms"]
    assert [firm.row for firm in adopters] == np.flatnonzero(
        (table["alive"] > 0.5) & (table["adopter"] > 0.5)
    ).tolist()
    assert len(firms.select(at_most=7)) == 7
    assert len(model.agents.select(agent_type=CityGovernment)) == 12


def test_get_and_aggregate(model, firms):
    rows = alive(model)
    assert firms.get("quality") == model.state["firms"]["quality"][rows].tolist()
    assert firms.get(["row", "tier"]) == [[row, model.state["firms"]["tier"][row]] for row in rows]
    assert firms.agg("quality", max) == model.state["firms"]["quality"][rows].max()
    assert model.agents.get("wage", handle_missing="default", default_value=None).count(None) == len(rows) + 2
    with pytest.raises(AttributeError):
        firms.get("wage")


def test_set(model, firms):
    firms.set("quality", 0.125)
    assert (model.state["firms"]["quality"][alive(model)] == 0.125).all()
    closed = model.state["firms"]["alive"] < 0.5
    assert not (model.state["firms"]["quality"][closed] == 0.125).any()


def test_group_by_a_column(model, firms):
    groups = firms.groupby("tier")
    tiers = model.state["firms"]["tier"][alive(model)]
    assert groups.count() == {tier: (tiers == tier).sum() for tier in set(tiers.tolist())}
    revenue = model.state["firms"]["revenue"][alive(model)]
    sums = groups.agg("revenue", sum)
    assert sums == pytest.approx({tier: revenue[tiers == tier].sum() for tier in sums})


def test_sort(firms):
    assert firms.sort("quality").get("quality") == sorted(firms.get("quality"), reverse=True)


def test_shuffle_do_reaches_every_agent_once_in_an_order_of_the_seed(country):
    def order(seed):
        made = RegionalModel(
            Parameters(firms=60, burn_in=0), "none", seed, cities=country, engine="interpreted"
        )
        visited = []
        made.agents_by_type[Firm].shuffle_do(lambda firm: visited.append(firm.row))
        assert sorted(visited) == alive(made).tolist()
        assert visited != sorted(visited)
        return visited

    assert order(4) == order(4)


def test_shuffling_does_not_touch_the_models_own_draws(country):
    def grown(look):
        made = RegionalModel(Parameters(firms=60, burn_in=0), "none", 4, cities=country, engine="interpreted")
        for _ in range(2):
            if look:
                made.agents.shuffle_do(lambda agent: agent.unique_id)
            made.step()
        return made.state["firms"]["quality"]

    assert np.array_equal(grown(look=True), grown(look=False))


def test_map_and_methods_of_a_users_own_kind(model):
    class Talker(Firm):
        def talk(self):
            return f"{self.row}: {self.quality:.1f}"

    firm = Talker(model, 3, 999)
    firm.quality = 0.25
    assert firm.talk() == "3: 0.2"
    assert model.agents_by_type[CityGovernment].map(lambda city: city.row) == list(range(12))


def test_a_decision_is_a_function_on_the_class_and_bound_on_an_agent():
    class Bold(Firm):
        """Decides itself."""

        def innovated(self):
            """A column, too."""
            return 1.0

        def aided_spending(self):
            """No column."""
            return 2.0

    class Row(Bold):
        """An agent without a model."""

        def __init__(self):
            object.__setattr__(self, "_columns", {"innovated": np.array([0.25])})
            object.__setattr__(self, "_made", Deciding())
            object.__setattr__(self, "row", 0)

    assert Bold.innovated(None) == 1.0
    assert Bold.decisions()["innovated"] is Bold.innovated
    assert Row().innovated == 0.25  # the column's number
    assert Row().aided_spending() == 2.0


def test_a_method_of_a_face_is_itself_seen_from_the_class():
    class MyCity(AgentView):
        table_name = "cities"

    class Deciding(MyCity):
        def attention(self, attention):
            return attention

    assert Deciding.attention(None, 0.5) == 0.5
