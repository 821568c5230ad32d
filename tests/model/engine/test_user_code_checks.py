"""User-defined procedures and rules: non-finite numbers and rows that do not exist are refused."""

import pytest

from model import Extension, after, for_each, procedure
from model.engine.rule_source import RuleError
from tests.support.small_run import run


def broken_procedure(city_wage, firm_tier):
    city_wage[0] = city_wage[1] / (city_wage[1] - city_wage[1])


def lost_procedure(firm_tier):
    firm_tier[3] = 17


def failing_procedure(city_wage):
    city_wage[0] = len({}[3])


@pytest.mark.parametrize("engine", ["compiled", "interpreted"])
@pytest.mark.parametrize(
    ("function", "said"),
    [
        (
            broken_procedure,
            "leaves a non-finite number in row 0 of city_wage|fails in quarter -2: ZeroDivisionError",
        ),
        (lost_procedure, "leaves a row in firm_tier that does not exist"),
        (failing_procedure, "cannot be compiled|fails in quarter -2: KeyError"),
    ],
)
def test_what_a_procedure_spoils_is_said(country, engine, function, said):
    own = Extension("mine", events=after("wage", procedure("spoils", function)))
    place = rf"procedure {function.__name__} \(.*:{function.__code__.co_firstlineno}\)"
    with pytest.raises(RuleError, match=rf"{place} .*({said})"):
        run(country, extension=own, engine=engine)


def nearest_home(home):
    return home + 100


@pytest.mark.parametrize("engine", ["compiled", "interpreted"])
def test_a_rule_may_not_point_to_a_row_that_does_not_exist(country, engine):
    own = Extension(
        "x", rules={"prospect": nearest_home}, events=after("supply", for_each("x", "firms", "prospect"))
    )
    line = nearest_home.__code__.co_firstlineno
    with pytest.raises(RuleError) as caught:
        run(country, extension=own, engine=engine)
    assert str(caught.value) == (
        f"rule prospect ({__file__}:{line}) gives row 100 of cities, which has rows 0 to 11, for "
        "row 0 of firms in quarter -2"
    )
