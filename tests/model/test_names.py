"""Names that rules read, for editors: floats to Python and mypy, with a hint where one is misspelt."""

import pytest

import model.names
from model.names import cities, firms
from tests import ROOT


def exiting(
    age: firms.age, wage: firms.city_wage, chance: firms.exit_rate, draw_exit: firms.draw_exit
) -> float:
    return 1.0 if draw_exit < chance * wage * age else 0.0


def test_names_are_floats_and_misspelt_ones_are_told():
    assert set(exiting.__annotations__.values()) == {float}
    with pytest.raises(AttributeError, match="a rule of firms reads no city_wages; did you mean city_wage"):
        _ = firms.city_wages
    with pytest.raises(AttributeError, match="there is no table firm; did you mean firms"):
        _ = model.names.firm
    assert "nation_product" in dir(cities)
    assert "city_pairs" in dir(model.names)


def test_the_stub_names_what_rules_read():
    # Their text is that of the code: tests/docs/test_generated_pages.py.
    stub = (ROOT / "model" / "names.pyi").read_text(encoding="utf-8")
    assert "    city_talent: _Name = float  # talent: skilled people who work in the city" in stub
