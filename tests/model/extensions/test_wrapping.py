"""Rules around rules: several on one, compiled and interpreted, with the bits of a copied signature."""

import numpy as np
import pytest

from agents.innovation import research_spending as model_rule
from agents.wages import wage as model_wage
from model import Extension, Parameter, Rules, interpreted, wraps
from model.engine.rule_source import RuleError
from model.extensions.extended_model import extended
from model.extensions.extension import ExtensionError
from model.extensions.wrapping import wrapped
from tests.support.small_run import assert_same, run


@wraps
def wage(below, wage_tax):
    """The wage, less a tax."""
    return below * (1.0 - wage_tax)


TAX = Parameter("wage_tax", 0.1, 0.0, 0.5, "fraction", "tax on wages")
TAXED = Extension("taxed", rules=wage, parameters=TAX, neutral={"wage_tax": 0.0})


@wraps
def wage_plus(talent, below):
    return below + 0.01 * talent


PLUS = Extension("plus", rules={"wage": wage_plus})


def both(wage, talent, labour_demand, wage_adjustment, wage_floor, wage_tax):
    """The same with the signature of the model's rule copied."""
    return (
        model_wage(wage, talent, labour_demand, wage_adjustment, wage_floor) * (1.0 - wage_tax)
        + 0.01 * talent
    )


@pytest.mark.parametrize("engine", ["compiled", "interpreted"])
def test_two_extensions_wrap_one_rule(country, engine):
    made = run(country, extension=[TAXED, PLUS], engine=engine)
    copied = Extension("copied", rules={"wage": both}, parameters=TAX)
    assert_same(run(country, extension=copied), made)
    other = run(country, extension=[PLUS, TAXED], engine=engine)
    assert not np.array_equal(other.state["cities"]["wage"], made.state["cities"]["wage"])


def test_a_neutral_wrapper_changes_no_bit(country):
    assert_same(run(country), run(country, extension=TAXED, wage_tax=0.0))


def test_an_interpreted_rule_around_or_below_gives_the_same_bits(country):
    @wraps
    @interpreted
    def plus(talent, below):
        return below + 0.01 * talent

    made = run(country, extension=[TAXED, PLUS])
    assert_same(made, run(country, extension=[TAXED, Extension("plus", rules={"wage": plus})]))
    swapped = run(country, extension=[PLUS, TAXED])
    assert_same(swapped, run(country, extension=[Extension("plus", rules={"wage": plus}), TAXED]))


def test_rules_take_wrappers_too(country):
    tax = run(country, extension=Extension("p", parameters=TAX), rules=Rules(wage=wage))
    assert_same(tax, run(country, extension=TAXED))


def test_a_wrapped_rule_reads_what_either_reads():
    made = extended(TAXED).rules["wage"]
    assert made.__code__.co_varnames[:6] == (
        "wage",
        "talent",
        "labour_demand",
        "wage_adjustment",
        "wage_floor",
        "wage_tax",
    )
    assert wrapped("wage", model_rule, wage) is wrapped("wage", model_rule, wage)


@wraps
def research_spendin(below):
    return below


@wraps
def attention(below):
    if below < 2.0:
        raise ValueError("no attention")
    return below


def test_mistakes_are_one_sentence(country):
    with pytest.raises(
        RuleError, match=r"@wraps marks a function that reads below, .*: def price\(below, …\)"
    ):

        @wraps
        def price(price):
            return price

    with pytest.raises(
        ExtensionError, match=r"wraps a rule that does not exist; did you mean research_spending"
    ):
        extended(Extension("mine", rules=research_spendin))
    with pytest.raises(
        RuleError, match=r"rule attention \(.*test_wrapping.py:\d+\) fails for row 0 of cities in"
    ):
        run(country, rules=Rules(attention=attention))
