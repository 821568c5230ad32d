"""A city is found by its English or Chinese name or its code."""

import pytest

from agents.user_error import UserError
from experiments.questions.decision.question import asked
from model.country.country import shipped_country


@pytest.mark.parametrize("name", ["Guiyang", "guiyang", "贵阳市", "贵阳", "520100"])
def test_a_city_asks(name: str) -> None:
    there = shipped_country()
    found = asked(there, name, 20.0, 2026, 2005)
    assert there.cities["name_en"].iloc[found.city] == "Guiyang"
    assert (found.until, found.budget) == (2035, 20.0)
    assert found.share == pytest.approx(20.0 / there.cities["gdp_2022"].sum())


def test_mistakes_get_a_sentence() -> None:
    with pytest.raises(UserError, match=r"there is no city 'Guiyan'.*Guiyang"):
        asked(shipped_country(), "Guiyan", 20.0, 2026, 2005)
    with pytest.raises(UserError, match=r"the year cannot be 2005"):
        asked(shipped_country(), "Guiyang", 20.0, 2005, 2005)
