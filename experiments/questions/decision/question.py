"""Who asks: the row of the city by name or code, and what its budget is to the country."""

from __future__ import annotations

from agents.suggestions import did_you_mean
from agents.user_error import UserError
from experiments.questions.decision.worlds import HORIZON, AskingCity
from experiments.study.settings import LAST_YEAR
from model.country.country import Country


def asked(country: Country, city: str, budget: float, year: int, start_year: int) -> AskingCity:
    """Return the question of a city. budget: 100 m CNY. Raises UserError with a sentence."""
    table = country.cities
    names = {
        **{str(value): row for row, value in enumerate(table["city_id"])},
        **{str(value).casefold(): row for row, value in enumerate(table["name_en"])},
        **{str(value): row for row, value in enumerate(table["name_zh"])},
    }
    wanted = city.strip()
    row = names.get(wanted, names.get(wanted.casefold(), names.get(f"{wanted}市")))
    if row is None:
        hint = did_you_mean(wanted, table["name_en"].tolist())
        raise UserError(f"there is no city {city!r} in the table of cities{hint}")
    if not start_year < year <= LAST_YEAR - HORIZON:
        raise UserError(
            f"the year cannot be {year}: it must be from {start_year + 1} to {LAST_YEAR - HORIZON}"
        )
    return AskingCity(int(row), year, budget, float(table["gdp_2022"].sum()))
