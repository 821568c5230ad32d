"""Agents of Mesa next to the model's: those that a user registers, and the map in place of a space."""

import mesa
import pytest
from mesa.visualization import make_space_component

from agents.firm import Firm
from agents.user_error import UserError
from model import Parameters, RegionalModel
from model.run_copies import CopyError


class Bank(mesa.Agent):
    """A bank with a favourite firm."""

    def __init__(self, model, favourite):
        super().__init__(model)
        self.favourite, self.money = favourite, 1.0

    def lend(self):
        self.money -= 0.25


@pytest.fixture
def model(country):
    return RegionalModel(Parameters(firms=60, burn_in=1), "none", 4, cities=country, engine="interpreted")


def test_agents_that_a_user_registers_live_in_agents(model):
    before = len(model.agents)
    firm = model.agents_by_type[Firm].to_list()[0]
    one, two = Bank(model, firm), Bank(model, firm)
    assert len(model.agents) == before + 2
    assert model.agents_by_type[Bank].to_list() == [one, two]
    assert model.agent_types[-1] is Bank
    ids = model.agents.get("unique_id")
    assert len(set(ids)) == len(ids)
    model.agents_by_type[Bank].do("lend")
    model.step()
    assert model.agents.select(agent_type=Bank).get("money") == [0.75, 0.75]
    # A copy has its own, which refer to the rows of the copy.
    other = model.fork()
    (copied, _) = other.agents_by_type[Bank].to_list()
    assert copied.model is other
    assert copied.unique_id == one.unique_id
    assert copied.favourite.model is other
    copied.favourite.quality = 9.0
    assert firm.quality != 9.0
    copied.lend()
    assert one.money == 0.75
    with pytest.raises(CopyError, match=r"agents of Mesa \(Bank\) cannot be saved: fork"):
        model.save("never")
    one.remove()
    assert model.agents_by_type[Bank].to_list() == [two]
    model.remove_all_agents()
    assert not model.own_agents
    assert len(model.agents) == 12  # cities


@pytest.mark.parametrize("make", [lambda m: Firm(m), lambda m: Firm.create_agents(m, 2, city=[0, 1])])
def test_a_firm_is_not_made_and_says_why(model, make):
    with pytest.raises(UserError, match="a Firm is not made: agents of the model are rows of its tables"):
        make(model)


def test_a_space_component_is_answered_with_the_name_of_the_map(model):
    import solara

    component = make_space_component(lambda agent: {})(model)
    shown, found = solara.render(component, handle_error=True)
    try:
        assert "make_city_map" in str(shown)
        assert any("make_city_map" in str(widget) for widget in found.find().widgets)
    finally:
        found.close()  # a render that is left open disturbs those of later tests
