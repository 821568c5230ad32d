"""The contests: what was known, what came, and how far each forecast was off.

``python -m experiments.validation.forecast --members 24 --json FILE --page FILE`` runs the contest again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.measures.published_targets import target
from experiments.validation.forecast import benchmarks as rule
from experiments.validation.forecast.model_forecast import CityFlows
from model.country.city_accounts import load_accounts
from model.country.city_estimates import DATA
from model.country.city_tables import distances_km
from model.country.country import Country

Array = NDArray[np.float64]
START = 2005  # first year of the runs
KNOWN = (31, 36)  # quarters after which grants were counted: October 2012, January 2014
TARGET = 45  # March 2016
COUNTED = ("2012_10", "2014_01", "2016_03")
LENGTHS = (15, 26)  # months between the counts
YEARS = (2010, 2015, 2022)
OPENED = 44  # quarters in which establishments were counted: 2005 to 2015
REACH = 800.0  # km, of the correlation of errors [judgement]
INTERVAL = (0.05, 0.95)
NORMAL = 1.645  # standard deviations on either side of a normal 90 % interval
MODEL, RAW = "ComputeLeap", "ComputeLeap, without the observed starting point"


@dataclass(frozen=True)
class Contest:
    """Forecasts of the log shares of units.

    observed: (U,); forecasts: name → (U,); draws: of the model, one for each member of the ensemble, (M, U);
    discrepancy: standard deviation of the model's error over the known periods, scaled to the length of the
    forecast, of what is known at the origin alone; NaN where one known period gives none.
    """

    name: str
    told: str
    units: list[str]
    distances: Array
    observed: Array
    forecasts: Mapping[str, Array]
    draws: Array
    discrepancy: float = float("nan")


def contests(runs: Sequence[CityFlows], country: Country) -> list[Contest]:
    """Return all contests; the mean forecast of the model is normalised like the others.

    runs: Of the country ``without_institutions``; country: with the observed ones.
    """
    of_products = _gdp(runs, country), _gdp_since_2015(runs, country)
    return [*_grants(runs, country), _establishments(runs, country), *of_products, _people(runs, country)]


def scores(one: Contest) -> pd.DataFrame:
    """Return a row for each forecast: forecast, rmse, then the comparison of the model with it.

    difference, se, t, p as ``benchmarks.diebold_mariano``. Of the model alone: spread, root mean square over
    units of the standard deviation over members; discrepancy; covered, the share of units within the
    predictive 90 % interval, which holds both, NaN without a discrepancy; covered_by_members: within the 5 to
    95 % of the members.
    """
    errors = {name: values - one.observed for name, values in one.forecasts.items()}
    low, high = np.quantile(one.draws, INTERVAL, axis=0)
    inside = float(((one.observed >= low) & (one.observed <= high)).mean())
    variance = one.draws.var(axis=0, ddof=1)
    reach = NORMAL * np.sqrt(variance + one.discrepancy**2)
    covered = float((np.abs(errors[MODEL]) <= reach).mean()) if np.isfinite(one.discrepancy) else np.nan
    rows = []
    for name, error in errors.items():
        row: dict[str, object] = {"forecast": name, "rmse": rule.root_mean_square(error)}
        if name == MODEL:
            row |= {"covered": covered, "covered_by_members": inside, "discrepancy": one.discrepancy}
            row |= {"spread": float(np.sqrt(variance.mean()))}
        else:
            row |= rule.diebold_mariano(errors[MODEL], error, one.distances, REACH)
        rows.append(row)
    return pd.DataFrame(rows)


# ── Invention grants ───────────────────────────────────────────────────────────────────────────────


def _grants(runs: Sequence[CityFlows], country: Country) -> list[Contest]:
    table = pd.read_csv(DATA / "patents_reference.csv")
    provinces = table[table["level"] == "province"].reset_index(drop=True)
    counts = [provinces[f"grants_cum_{date}"].to_numpy(dtype=float) for date in COUNTED]
    stock, known, came = (
        rule.log_shares(v) for v in (counts[0], counts[1] - counts[0], counts[2] - counts[1])
    )
    names = provinces["name_en"].tolist()
    member, place = _membership(country, names)
    people = member @ country.population
    per_head = np.log(counts[1] / people)
    distances = distances_km(*place.T)
    ratio = LENGTHS[1] / LENGTHS[0]
    jumps, plain = _model_change(runs, member, known)
    forecasts = {
        MODEL: rule.normalised(jumps.mean(axis=0)),
        RAW: rule.normalised(plain.mean(axis=0)),
        **_two_period_benchmarks(known, stock, per_head, distances, ratio),
    }
    told = (
        "shares of 31 provinces in grants of February 2014 to March 2016; known: the stock of October 2012 "
        "and the grants from then to January 2014"
    )
    past_error = known - rule.normalised(_past_change(runs, member, stock).mean(axis=0))
    discrepancy = rule.root_mean_square(past_error) * float(np.sqrt(ratio))
    of_provinces = Contest("grants, provinces", told, names, distances, came, forecasts, jumps, discrepancy)
    return [of_provinces, _grants_of_cities(runs, country, table, provinces, forecasts, discrepancy)]


def _grants_of_cities(
    runs: Sequence[CityFlows],
    country: Country,
    table: pd.DataFrame,
    provinces: pd.DataFrame,
    of_provinces: Mapping[str, Array],
    discrepancy: float,
) -> Contest:
    """Cities have one known count: benchmarks and past error are those of provinces."""
    cities = table[table["level"] == "city"].reset_index(drop=True)
    row_of = {int(city): row for row, city in enumerate(country.cities["city_id"])}
    rows = [row_of[int(city)] for city in cities["city_id"]]
    stock, came = (cities[f"grants_cum_{date}"].to_numpy(dtype=float) for date in COUNTED[1:])
    known, observed = rule.log_shares(stock), rule.log_shares(came - stock)
    home = country.cities["province"].to_numpy()[rows]
    names = provinces["name_en"].tolist()
    at = [names.index(province) for province in home]
    whole = rule.log_shares(provinces[f"grants_cum_{COUNTED[1]}"].to_numpy(dtype=float))
    member = np.zeros((len(rows), len(country.cities)))
    member[np.arange(len(rows)), rows] = 1.0
    jumps, plain = _model_change(runs, member, known, since=0)
    place = country.cities[["lon", "lat"]].to_numpy(dtype=float)[rows]
    forecasts = {
        MODEL: rule.normalised(jumps.mean(axis=0)),
        RAW: rule.normalised(plain.mean(axis=0)),
        "random walk": rule.random_walk(known),
        **{
            f"as its province: {name}": rule.normalised(known + (values - whole)[at])
            for name, values in of_provinces.items()
            if name not in (MODEL, RAW)
        },
    }
    told = (
        f"shares of {len(rows)} large cities in the grants of these cities from February 2014 to March 2016; "
        "known: their stock of January 2014, and all that is known of provinces"
    )
    return Contest(
        "grants, large cities",
        told,
        cities["name_en"].tolist(),
        distances_km(*place.T),
        observed,
        forecasts,
        jumps,
        discrepancy,
    )


def _model_change(
    runs: Sequence[CityFlows], member: Array, known: Array, since: int = KNOWN[0]
) -> tuple[Array, Array]:
    """Return log shares of the target period, (M, U): observed plus the model's change, and its own."""
    jumps, plain = [], []
    for one in runs:
        past = rule.log_shares(member @ one.innovation[since : KNOWN[1]].sum(axis=0) + 1e-12)
        ahead = rule.log_shares(member @ one.innovation[KNOWN[1] : TARGET].sum(axis=0) + 1e-12)
        jumps.append(rule.normalised(known + ahead - past))
        plain.append(ahead)
    return np.array(jumps), np.array(plain)


def _past_change(runs: Sequence[CityFlows], member: Array, stock: Array) -> Array:
    """Return what the model would have forecast for the known period from the stock before it, (M, U)."""
    found = []
    for one in runs:
        before, after = (
            rule.log_shares(member @ one.innovation[start:end].sum(axis=0) + 1e-12)
            for start, end in ((0, KNOWN[0]), KNOWN)
        )
        found.append(stock + after - before)
    return np.array(found)


# ── Establishments ─────────────────────────────────────────────────────────────────────────────────


def _establishments(runs: Sequence[CityFlows], country: Country) -> Contest:
    """No earlier count exists: the model starts from no observed share, and benchmarks from size."""
    opened = load_accounts().set_index("city_id")["establishments_opened_2005_2015"]
    counts = country.cities["city_id"].map(opened).to_numpy(dtype=float, na_value=np.nan)
    used = counts > 0
    draws = np.array([rule.log_shares(one.entrants[:OPENED].sum(axis=0)[used] + 0.5) for one in runs])
    table = country.cities[used]
    people, gdp = (
        rule.log_shares(table[name].to_numpy(dtype=float)) for name in ("population_2010", "gdp_2010")
    )
    forecasts = {
        MODEL: rule.normalised(draws.mean(axis=0)),
        "in proportion to people": people,
        "in proportion to GDP": gdp,
        "mean of people and GDP": rule.normalised(0.5 * (people + gdp)),
    }
    told = (
        f"shares of {int(used.sum())} cities in the establishments opened from 2005 to 2015; known: GDP and "
        "people of 2010. There is no earlier count, so that no forecast starts from one"
    )
    return Contest(
        "establishments, cities",
        told,
        table["name_en"].tolist(),
        distances_km(*table[["lon", "lat"]].to_numpy(dtype=float).T),
        rule.log_shares(counts[used]),
        forecasts,
        draws,
    )


# ── GDP and people of provinces ────────────────────────────────────────────────────────────────────


def _gdp(runs: Sequence[CityFlows], country: Country) -> Contest:
    table, member, place = _provinces(country)
    first, last = (table[f"gdp_{year}_100m_cny"].to_numpy(dtype=float) for year in (2010, 2022))
    known, observed = rule.log_shares(first), rule.log_shares(last)
    per_head = np.log(first / table["population_2010"].to_numpy(dtype=float))
    slope = target("E5", "2000-10").value
    jumps, plain = _yearly_change(runs, member, "gdp", (YEARS[0], YEARS[2]), known)
    forecasts = {
        MODEL: rule.normalised(jumps.mean(axis=0)),
        RAW: rule.normalised(plain.mean(axis=0)),
        "random walk": rule.random_walk(known),
        "β-convergence of 2000-10": rule.given_convergence(known, per_head, slope, 12.0),
    }
    told = (
        "shares of 31 provinces in GDP of 2022; known: GDP of 2010, and the β of 2000-10 of cities (E5). "
        "AR(1), mean of periods and spatial panel need an earlier year, which no table has of all provinces"
    )
    names = table["province"].tolist()
    return Contest("GDP, provinces", told, names, distances_km(*place.T), observed, forecasts, jumps)


def _gdp_since_2015(runs: Sequence[CityFlows], country: Country) -> Contest:
    """Provinces all of whose cities have a GDP of 2015: two known years, so that every benchmark applies."""
    table, member, place = _provinces(country)
    of_city = country.cities["city_id"].map(load_accounts().set_index("city_id")["gdp_2015_100m_cny"])
    whole = (member @ of_city.isna().to_numpy(dtype=float)) == 0
    table, member, place = table[whole].reset_index(drop=True), member[whole], place[whole]
    first, last = (table[f"gdp_{year}_100m_cny"].to_numpy(dtype=float) for year in (YEARS[0], YEARS[2]))
    middle = member @ of_city.fillna(0.0).to_numpy(dtype=float)
    before, known, observed = (rule.log_shares(values) for values in (first, middle, last))
    per_head = np.log(middle / table["population_2010"].to_numpy(dtype=float))
    distances = distances_km(*place.T)
    ratio = (YEARS[2] - YEARS[1]) / (YEARS[1] - YEARS[0])
    jumps, plain = _yearly_change(runs, member, "gdp", YEARS[1:], known)
    past, _ = _yearly_change(runs, member, "gdp", YEARS[:2], before)
    past_error = known - rule.normalised(past.mean(axis=0))
    forecasts = {
        MODEL: rule.normalised(jumps.mean(axis=0)),
        RAW: rule.normalised(plain.mean(axis=0)),
        **_two_period_benchmarks(known, before, per_head, distances, ratio),
    }
    told = (
        f"shares of the {len(table)} provinces whose cities all have a GDP of 2015, in their GDP of 2022; "
        "known: GDP of 2010 and 2015, the latter as first published and summed over cities"
    )
    return Contest(
        "GDP since 2015, provinces",
        told,
        table["province"].tolist(),
        distances,
        observed,
        forecasts,
        jumps,
        rule.root_mean_square(past_error) * float(np.sqrt(ratio)),
    )


def _two_period_benchmarks(
    known: Array, before: Array, per_head: Array, distances: Array, ratio: float
) -> dict[str, Array]:
    """Return the benchmarks that need two known periods.

    ratio: length of the forecast over that of the last change.
    """
    weights = rule.inverse_distance(distances)
    return {
        "random walk": rule.random_walk(known),
        "mean of the known periods": rule.mean_of_periods(known, before),
        "AR(1)": rule.autoregression(known, before),
        "β-convergence": rule.convergence(known, before, per_head, ratio),
        "spatial panel (SLX)": rule.spatial_panel(known, before, per_head, weights, ratio),
    }


def _people(runs: Sequence[CityFlows], country: Country) -> Contest:
    table, member, place = _provinces(country)
    first, last = (table[f"population_{year}"].to_numpy(dtype=float) for year in (2010, 2020))
    known, observed = rule.log_shares(first), rule.log_shares(last)
    jumps, plain = _yearly_change(runs, member, "people", (2010, 2020), known)
    forecasts = {
        MODEL: rule.normalised(jumps.mean(axis=0)),
        RAW: rule.normalised(plain.mean(axis=0)),
        "random walk": rule.random_walk(known),
    }
    told = (
        "shares of 31 provinces in the people of 2020; known: the census of 2010. Not out of sample: "
        "the response of migration to income is set to E16, which is of 2010-20"
    )
    names = table["province"].tolist()
    return Contest("people, provinces", told, names, distances_km(*place.T), observed, forecasts, jumps)


def _yearly_change(
    runs: Sequence[CityFlows], member: Array, name: str, years: Sequence[int], known: Array
) -> tuple[Array, Array]:
    """Return log shares of the later of two years, (M, U): observed plus the model's change, and its own."""
    jumps, plain = [], []
    for one in runs:
        values = getattr(one, name)
        past, ahead = (rule.log_shares(member @ values[year - START]) for year in years)
        jumps.append(rule.normalised(known + ahead - past))
        plain.append(ahead)
    return np.array(jumps), np.array(plain)


def _provinces(country: Country) -> tuple[pd.DataFrame, Array, Array]:
    table = pd.read_csv(DATA / "provinces.csv")
    return table, *_membership(country, table["province"].tolist())


def _membership(country: Country, names: list[str]) -> tuple[Array, Array]:
    """Return which cities a province has, (U, C), and its place, mean of its cities by people, (U, 2)."""
    member = np.array([(country.cities["province"] == name).to_numpy(dtype=float) for name in names])
    weights = member * country.population
    place = country.cities[["lon", "lat"]].to_numpy(dtype=float)
    return member, weights @ place / weights.sum(axis=1, keepdims=True)
