"""The measures of a run: yearly national metrics and final values, each with unit and meaning."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from experiments.measures.effect_tables import CHANNELS, band_labels, cities_by_band
from experiments.measures.inequality import (
    gini_rows,
    ranks,
    sigma_rows,
    theil_between_rows,
    theil_rows,
)
from experiments.measures.twin_pairs import Pair, finite_mean, log_change
from model.country.country import Country

Matrix = NDArray[np.float64]

SUMS = {
    "innovation": ("innovations/year", "expected innovations of all firms"),
    "realised_innovation": ("innovations/year", "innovations that took place"),
    "own_innovation": ("innovations/year", "expected innovations from own research"),
    "conversion_innovation": ("innovations/year", "expected innovations that convert a partner's"),
    "firms": ("firms", "firms at work"),
    "entrants": ("firms/year", "firms that started"),
    "exits": ("firms/year", "firms that closed"),
    "revenue": ("money/year", "revenue of all firms"),
    "gdp": ("money/year", "gross domestic product; money is a share of national income"),
    "real_gdp": ("money/year", "gross domestic product at prices of the base year"),
    "spending": ("money/year", "final demand for goods and services"),
    "research_spending": ("money/year", "research budgets of all firms"),
    "compute_use": ("compute/year", "compute used by firms and governments"),
    "compute_bill": ("money/year", "compute bought by firms, before vouchers"),
    "government_bill": ("money/year", "compute bought by city governments"),
    "centre_investment": ("money/year", "spending on the capacity of centres"),
    "hosted_tasks": ("money/year", "tasks of other cities run in host cities, at the price of the cloud"),
    "voucher_paid": ("money/year", "compute vouchers paid by city governments"),
}
MEANS = {
    "attention": ("0-1", "governments' attention to the digital economy, mean of cities"),
    "ip_protection": ("0-1", "protection of property rights, mean of cities"),
    "digital_governance": ("0-1", "digital governance, mean of cities"),
    "data": ("data", "data within a firm's reach, mean of cities"),
}
METRICS: dict[str, tuple[str, str]] = {
    **SUMS,
    **MEANS,
    "adoption": ("fraction", "share of firms that work with compute"),
    "wage": ("money", "wage of talent, weighted by talent"),
    "labour_wage": ("money/person/quarter", "income from production and services, weighted by people"),
    "price_level": ("ratio", "price of consumption, to that of the base year, weighted by spending"),
    "compute_price": ("money/compute", "price of compute, weighted by its use"),
    "theil": ("index", "Theil index of innovation between cities"),
    "gini": ("index", "Gini coefficient of innovation between cities"),
    "sigma": ("log points", "standard deviation of the log of innovation between cities"),
    "theil_per_head": ("index", "Theil index of innovation per head, weighted by people"),
    "gini_per_head": ("index", "Gini coefficient of innovation per head, weighted by people"),
    "theil_between": ("index", "part of theil_per_head that lies between regions"),
    "p90_p10": ("ratio", "90th over 10th percentile of innovation by city; missing where the latter is 0"),
    "top_tenth": ("fraction", "share of innovation in the tenth of cities with most of it"),
    "gdp_theil_per_head": ("index", "Theil index of real GDP per head, weighted by people"),
    "gdp_theil_between": ("index", "part of it that lies between regions"),
    "gdp_gini_per_head": ("index", "Gini coefficient of real GDP per head, weighted by people"),
    "gdp_sigma": ("log points", "standard deviation of the log of real GDP per head, cities alike"),
    "centres": ("centres", "compute centres at work"),
    "utilisation": ("fraction", "utilisation of centres, weighted by capacity; missing without centres"),
    "centre_price": ("money/compute", "price asked by centres, mean; missing without centres"),
    "overflow": ("fraction", "share of signed load that centres had to buy in; missing without load"),
    "power_use": ("kWh·money/CNY/year", "electricity of centres, cooling included; kWh if 1 money is 1 CNY"),
}
"""Yearly national metrics: name → (unit, meaning). Flows are of the year, stocks its mean over quarters."""

_GAPS = ("theil", "gini", "sigma", "theil_per_head", "gini_per_head", "theil_between")
_GDP_GAPS = ("theil_per_head", "theil_between", "gini_per_head")


def band_effect(label: str) -> str:
    """Return the name of the effect on the cities of a distance band."""
    return "effect_km_" + label.replace("-", "_").replace("over ", "over_")


EFFECTS: dict[str, tuple[str, str]] = {
    "effect_hosts": ("%", "effect of the centres on the total innovation of host cities"),
    "effect_others": ("%", "effect of the centres on the total innovation of cities without one"),
    "effect_national": ("%", "effect of the centres on the country's innovation"),
    "effect_gdp_hosts": ("%", "effect of the centres on the real GDP of host cities"),
    "effect_gdp_others": ("%", "effect of the centres on the real GDP of cities without one"),
    "effect_gdp": ("%", "effect of the centres on the country's real GDP"),
    **{f"change_{name}": ("%", f"change of {name} of innovation that the centres cause") for name in _GAPS},
    **{
        f"change_gdp_{name}": ("%", f"change of {name} of real GDP that the centres cause")
        for name in _GDP_GAPS
    },
    **{
        f"channel_{measure}": (unit, f"{label} in host cities: effect")
        for label, measure, _, unit in CHANNELS
    },
    **{
        band_effect(label): ("%", f"effect on cities without a centre, {label} km from the nearest")
        for label in band_labels()
    },
    "weak_minus_strong": ("percentage points", "effect on weak host cities less that on strong ones"),
    "weak_minus_strong_places": ("places", "places gained by weak host cities less those by strong ones"),
    "hosts": ("cities", "cities that host a centre"),
}
"""Final values against the twin, in experiments with ``twin``: name → (unit, meaning)."""

CITY_MEASURES = (
    *SUMS,
    *MEANS,
    "adoption_share",
    "talent",
    "wage",
    "people",
    "labour_wage",
    "price_level",
    "compute_price",
    "data_stock",
)
CENTRE_MEASURES = ("operating", "price", "load", "served", "overflow", "utilisation", "power_use")


def national(
    cities: Mapping[str, Matrix], centres: Mapping[str, Matrix], capacity: Matrix, country: Country
) -> dict[str, Matrix]:
    """Return every metric of ``METRICS`` by year, each (Y,).

    cities: yearly measures, (Y, C); centres: likewise, (Y, P); capacity: of centres, (P,).
    """
    found = {name: cities[name].sum(axis=1) for name in SUMS}
    found |= {name: cities[name].mean(axis=1) for name in MEANS}
    found["adoption"] = _weighted(cities["adoption_share"], cities["firms"])
    found["wage"] = _weighted(cities["wage"], cities["talent"])
    found["compute_price"] = _weighted(cities["compute_price"], cities["compute_use"])
    found["labour_wage"] = _weighted(cities["labour_wage"], cities["people"])
    found["price_level"] = _weighted(cities["price_level"], cities["spending"])
    found |= gaps(cities["innovation"], cities["people"], country.region)
    found |= gdp_gaps(cities["real_gdp"], cities["people"], country.region)
    working = centres["operating"]
    found["centres"] = working.sum(axis=1)
    found["utilisation"] = _weighted(centres["utilisation"], working * capacity)
    found["centre_price"] = _weighted(centres["price"], working)
    found["overflow"] = _ratio(centres["overflow"].sum(axis=1), centres["load"].sum(axis=1))
    found["power_use"] = 4.0 * centres["power_use"].sum(axis=1)  # centres hold means of quarters
    return {name: found[name] for name in METRICS}


def gaps(innovation: Matrix, population: Matrix, region: np.ndarray) -> dict[str, Matrix]:
    """Return indices of ``experiments.measures.inequality`` for all years at once, each (Y,).

    innovation: (Y, C). population: (C,) or (Y, C).
    """
    per_head = _per_head(innovation, population)
    flat = np.ones(innovation.shape[1])
    low, high = np.quantile(innovation, [0.1, 0.9], axis=1)
    top = np.sort(innovation, axis=1)[:, -max(1, innovation.shape[1] // 10) :]
    return {
        "theil": theil_rows(innovation, flat),
        "gini": gini_rows(innovation, flat),
        "sigma": sigma_rows(innovation, flat),
        "theil_per_head": theil_rows(per_head, population),
        "gini_per_head": gini_rows(per_head, population),
        "theil_between": theil_between_rows(per_head, population, region),
        "p90_p10": _ratio(high, low),
        "top_tenth": _ratio(top.sum(axis=1), innovation.sum(axis=1)),
    }


def gdp_gaps(gdp: Matrix, people: Matrix, region: np.ndarray) -> dict[str, Matrix]:
    """Return indices of GDP per head for all years at once, each (Y,). gdp, people: (Y, C)."""
    per_head = _per_head(gdp, people)
    return {
        "gdp_theil_per_head": theil_rows(per_head, people),
        "gdp_theil_between": theil_between_rows(per_head, people, region),
        "gdp_gini_per_head": gini_rows(per_head, people),
        "gdp_sigma": sigma_rows(per_head, np.ones(gdp.shape[1])),
    }


def _per_head(values: Matrix, people: Matrix) -> Matrix:
    return np.where(people > 0, values / np.where(people > 0, people, 1.0), 0.0)


def _weighted(values: Matrix, weights: Matrix) -> Matrix:
    return _ratio((values * weights).sum(axis=1), weights.sum(axis=1))


def _ratio(above: Matrix, below: Matrix) -> Matrix:
    defined = below > 0
    return np.where(defined, above / np.where(defined, below, 1.0), np.nan)


def window_means(metrics: Mapping[str, Matrix], years: int) -> dict[str, float]:
    """Return the mean of each metric over its last ``years`` years, without missing years."""
    found = {}
    for name, values in metrics.items():
        late = values[-years:]
        late = late[np.isfinite(late)]
        found[name] = float(late.mean()) if len(late) else float("nan")
    return found


def effects_of(pair: Pair, country: Country) -> dict[str, float]:
    """Return every value of ``EFFECTS`` for one pair of runs.

    The definitions are those of ``experiments.measures.effect_tables`` (a test compares them), without its
    tables, which take several per cent of a run of a small country.
    """
    found = dict.fromkeys(EFFECTS, float("nan"))
    treated, control = pair.late("innovation")
    host = pair.host_flags()
    found["effect_hosts"], found["effect_others"] = pair.group_effect(host), pair.group_effect(~host)
    found["effect_national"] = log_change(treated, control)
    found["effect_gdp"] = log_change(*pair.late("real_gdp"))
    found["effect_gdp_hosts"] = pair.group_effect(host, "real_gdp")
    found["effect_gdp_others"] = pair.group_effect(~host, "real_gdp")
    people = np.stack(pair.late("people"))
    both = gaps(np.stack([treated, control]), people, country.region)
    both |= gdp_gaps(np.stack(pair.late("real_gdp")), people, country.region)
    for name in (*_GAPS, *(f"gdp_{index}" for index in _GDP_GAPS)):
        narrow, wide = both[name]
        if wide > 0:
            found[f"change_{name}"] = float(100.0 * (narrow / wide - 1.0))
    found["hosts"] = float(len(pair.hosts))
    if len(pair.hosts):
        for _, measure, how, _ in CHANNELS:
            found[f"channel_{measure}"] = pair.group_effect(pair.hosts, measure, how)
        for label, here in cities_by_band(pair, country.distances).items():
            found[band_effect(label)] = pair.group_effect(here)
    if len(pair.hosts) > 1:
        order = pair.hosts[np.argsort(pair.baseline()[pair.hosts], kind="stable")]
        weak, strong = order[: len(order) // 2], order[(len(order) + 1) // 2 :]
        places = ranks(control) - ranks(treated)
        found["weak_minus_strong"] = pair.group_effect(weak) - pair.group_effect(strong)
        found["weak_minus_strong_places"] = finite_mean(places[weak]) - finite_mean(places[strong])
    return found
