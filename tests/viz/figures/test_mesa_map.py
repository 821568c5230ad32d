"""The map of cities in Mesa's SolaraViz."""

import pytest
import solara

from agents.user_error import UserError
from model import Parameters, RegionalModel
from viz.figures.mesa_map import city_map, make_city_map


def test_cities_have_the_colour_of_a_column(country):
    model = RegionalModel(Parameters(firms=60, burn_in=1), "none", 4, cities=country, engine="interpreted")
    drawn = city_map(model, "wage").axes[0].collections[0]
    assert sorted(drawn.get_array()) == sorted(model.state["cities"]["wage"])
    by_firm = city_map(model, "alive", "firms").axes[0].collections[0]
    assert sum(by_firm.get_array()) == model.state["firms"]["alive"].sum()
    with pytest.raises(UserError, match="cities has no column wages; did you mean wage"):
        city_map(model, "wages")
    box, rc = solara.render(make_city_map("wage")(model), handle_error=False)
    assert box.children
    rc.close()
