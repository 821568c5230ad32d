"""Names that an extension gives: what they replace, what is misspelt, and which methods are never called."""

import numpy as np
import pytest

from agents.firm import Firm
from agents.view import AgentView
from model import AgentKind, Column, Extension, Rules, after, for_each
from model.engine.rule_source import RuleError
from model.extensions.extended_model import extended
from model.extensions.extension import ExtensionError
from model.extensions.own_names import looks_like
from tests.support.small_run import run


def price(price):
    return 0.5 * price


def start():
    return {"price": [1.0, 2.0, 3.0]}


SHOPS = AgentKind("shops", "shop_", [Column("price", "money", "what it asks", 1.0)], start)
HALVE = after("wage", for_each("shops halve their price", "shops", price))


def test_a_rule_of_an_own_kind_leaves_the_models_rule_of_that_name_alone(country):
    made = run(country, extension=Extension("shops", agents=SHOPS, events=HALVE))
    assert made.state["shops"]["price"].tolist() == [2.0**-6, 2.0**-5, 3 * 2.0**-6]
    assert np.array_equal(made.state["providers"]["price"], run(country).state["providers"]["price"])
    assert [event.name for event in made.extended.quarter].count("shops_price") == 1


def test_a_takeover_is_declared():
    own = extended(Extension("shops", agents=SHOPS, events=HALVE, replaces="price"))
    assert own.rules["price"] is price
    assert extended(Rules(price=price)).rules["price"] is price
    for how in (dict(rules=price, agents=SHOPS, events=HALVE), dict(events=again("providers"))):
        with pytest.raises(
            ExtensionError, match=r"name of a rule of the model, for providers: .*replaces='price'"
        ):
            extended(Extension("shops", **how))
    with pytest.raises(ExtensionError, match="replaces names 'prize', which is not one of its rules"):
        Extension("shops", agents=SHOPS, events=HALVE, replaces="prize")


def again(table):
    return after("wage", for_each("x", table, price))


def test_two_extensions_may_have_a_rule_of_one_name_for_two_tables(country):
    def cheer(cheer):
        return cheer + 1.0

    def of(table):
        column = Column("cheer", "smiles", "how many")
        return Extension(
            f"cheer_{table}", columns={table: column}, events=after("wage", for_each("x", table, cheer))
        )

    made = run(country, extension=[of("cities"), of("firms")])
    assert made.state["cities"]["cheer"].max() == made.state["firms"]["cheer"].max() == 6.0
    other = Extension("other", events=after("wage", for_each("x", "cities", cheer)))
    with pytest.raises(ExtensionError, match=r"rule cheer .* is also one of extension cheer_cities"):
        extended([of("cities"), other])


def innovated(innovation_probability, draw_succes):
    return 1.0 if draw_succes < innovation_probability else 0.0


def test_a_misspelt_draw_is_told():
    with pytest.raises(RuleError, match="reads draw_succes, which is a new draw: did you mean draw_success"):
        extended(Rules(innovated=innovated))
    extended(Extension("own", rules=innovated, draws="draw_succes"))
    with pytest.raises(ExtensionError, match="draws names 'succes': a draw is called draw_ and a name"):
        Extension("own", rules=innovated, draws="succes")


@pytest.mark.parametrize(
    ("draw", "near"),
    [
        ("draw_succes", "draw_success"),
        ("draw_success", ""),
        ("draw_success_2", ""),
        ("draw_success2", ""),
        ("draw_rain", ""),
        ("success", ""),
    ],
)
def test_draws_that_differ_on_purpose_are_new(draw, near):
    assert looks_like(draw, ["draw_success", "draw_exit"]) == near


def method(name, parent=Firm, **more):
    return type("Mine", (parent,), {name: lambda self: 1.0, **more})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("step", r"method step of Mine .* would never be called: the quarter calls rules by name"),
        ("inovated", "would never be called: did you mean the rule innovated"),
    ],
)
def test_a_method_that_would_be_ignored_is_told(name, said):
    with pytest.raises(ExtensionError, match=said):
        extended(Extension("own", faces=method(name)))
    extended(Extension("own", faces=method("mean_size")))


def test_a_method_of_an_own_kind_is_no_rule():
    face = method("price", AgentView, table_name="shops")
    kind = AgentKind("shops", "shop_", SHOPS.columns, start, face)
    with pytest.raises(ExtensionError, match="the rule price is the function of that name"):
        extended(Extension("shops", agents=kind, events=HALVE))
