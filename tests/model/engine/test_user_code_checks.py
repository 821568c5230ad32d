"""User-defined procedures and rules: non-finite numbers and rows that do not exist are refused."""

import pytest

from model import Extension, Rules, after, for_each, procedure
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
    first = function.__code__.co_firstlineno
    place = rf"procedure {function.__name__} \(.*:({first}|{first + 1})\)"  # of the function, or what fails
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


def beyond(city_wage):
    city_wage[len(city_wage) + 100] = 3.0


def rebinding(city_wage):
    city_wage = city_wage * 2.0


def returning(city_wage):
    return 2.0 * city_wage[0]


def halving(city_wage):
    for row in range(len(city_wage)):
        city_wage[row] *= 0.5
    return


@pytest.mark.parametrize("engine", ["compiled", "interpreted"])
@pytest.mark.parametrize(
    ("function", "said"),
    [
        (beyond, "fails in quarter -2: IndexError"),
        (rebinding, r"assigns to the name city_wage, .* write to its rows, city_wage\[row\] = …"),
        (returning, "returns a value, which nothing reads"),
    ],
)
def test_a_procedure_that_would_do_nothing_or_crash_is_refused(country, engine, function, said):
    own = Extension("mine", events=after("wage", procedure("x", function)))
    with pytest.raises(RuleError, match=rf"procedure {function.__name__} \(.*checks.py:.*{said}"):
        run(country, engine=engine, extension=own)


def test_a_procedure_may_change_a_column_in_place(country):
    own = Extension("mine", events=after("wage", procedure("x", halving)))
    assert (
        run(country, extension=own).state["cities"]["wage"].max() < run(country).state["cities"]["wage"].max()
    )


def raising(wage, talent):
    if talent > 0.0:
        raise ValueError("no talent wanted")
    return wage


def seven(voucher_rate):
    return 7.0


def almost_one(attention):
    return 1.0 + 1e-12


@pytest.mark.parametrize("engine", ["compiled", "interpreted"])
@pytest.mark.parametrize(
    ("name", "rule", "said"),
    [
        (
            "wage",
            raising,
            r":\d+\) fails for row 0 of cities in quarter -2, where wage = .*: ValueError: no talent wanted",
        ),
        (
            "voucher_rate",
            seven,
            r":\d+\) returns 7 for row 0 of cities in quarter -2, .*: its column is in fraction, "
            r"from 0 to 0.99",
        ),
    ],
)
def test_a_rule_that_raises_or_leaves_its_unit_is_told_with_row_and_quarter(
    country, engine, name, rule, said
):
    with pytest.raises(RuleError, match=rf"rule {name} \(.*{said}"):
        run(country, engine=engine, rules=Rules(**{name: rule}))


def test_rounding_may_carry_a_fraction_beyond_one(country):
    made = run(country, rules=Rules(attention=almost_one))
    assert made.state["cities"]["attention"].max() == 1.0 + 1e-12


def test_a_voucher_cannot_make_compute_free(country):
    def voucher_rate():
        return 1.0

    said = r"rule voucher_rate \(.*\) returns 1 for row 0 of cities.*in fraction, from 0 to 0.99"
    with pytest.raises(RuleError, match=said):
        run(country, 1, rules=Rules(voucher_rate=voucher_rate), engine="interpreted")
