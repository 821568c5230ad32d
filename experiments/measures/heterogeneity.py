"""Heterogeneity of the effect on hosts: the six splits of the source study (C7-C12).

Hosts must be drawn at random (scenario ``random_hosts``), so that no trait of a host is a reason for its
centre. The effect on half of the hosts is that on its total, the ratio of sums; slopes are of the effects on
single hosts, 100·ln(with / without), of those with at least ``FEWEST_FIRMS`` firms in both runs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.measures.ols import clustered_fit
from experiments.measures.twin_pairs import FEWEST_FIRMS, Pair, log_change, pairs
from experiments.study.results import Results
from experiments.study.study import WITHOUT
from model.country.city_tables import distances_km


@dataclass(frozen=True)
class Split:
    """A split of cities by a moderator, and the side on which the source study finds the larger effect."""

    id: str
    moderator: str
    label: str
    larger_where: str  # low or high
    words: str

    @property
    def sign(self) -> float:
        """1 if the effect should rise with the moderator, −1 if it should fall."""
        return 1.0 if self.larger_where == "high" else -1.0


SPLITS = (
    Split("C7", "business_environment", "business environment", "low", "poor business environment"),
    Split("C8", "talent_density", "sci-tech talent", "low", "little talent per head"),
    Split("C9", "market_potential", "market potential", "low", "small market potential"),
    Split("C10", "data_openness", "public-data openness", "low", "little open data"),
    Split("C11", "redundancy", "bureaucratic redundancy", "high", "high bureaucratic redundancy"),
    Split(
        "C12", "fiscal_decentralisation", "fiscal decentralisation", "high", "high fiscal decentralisation"
    ),
)
MODERATORS = tuple(split.moderator for split in SPLITS)
# Talent at time 0 has answered to institutions in the burn-in; wealth, the source of its endowment, has not.
FIXED_FOR = {"talent_density": "wealth"}


def moderators(start: pd.DataFrame, cities: pd.DataFrame, reach: float) -> pd.DataFrame:
    """Return the six moderators of every city and seed at time 0: seed, city_id, ``MODERATORS``, then wealth.

    Talent density is ln(talent at work / people of 2010); wealth ln GDP per head of 2010; market potential
    ln Σ_j market_j·exp(−d/reach), reach in km. [Harris 1954, the exponential form] The other four are drawn
    by seed.
    """
    people = cities.set_index("city_id")["population_2010"].astype(float)
    output = cities["gdp_2010"].to_numpy(dtype=float)
    decay = np.exp(-distances_km(cities["lon"].to_numpy(), cities["lat"].to_numpy()) / reach)
    order = cities["city_id"].to_numpy()
    found = []
    for seed, own in start.groupby("seed", sort=False):
        here = own.set_index("city_id").loc[order]
        heads = people.loc[order].to_numpy()
        talent = here["talent"].to_numpy()
        defined = (heads > 0) & (talent > 0)
        found.append(
            pd.DataFrame(
                {
                    "seed": seed,
                    "city_id": order,
                    "business_environment": here["business_environment"].to_numpy(),
                    "talent_density": np.where(defined, _log_of_ratio(talent, heads), np.nan),
                    "market_potential": np.log(decay @ here["market"].to_numpy()),
                    "data_openness": here["data_openness"].to_numpy(),
                    "redundancy": here["redundancy"].to_numpy(),
                    "fiscal_decentralisation": here["fiscal_decentralisation"].to_numpy(),
                    "wealth": np.where(defined, _log_of_ratio(output, heads), np.nan),
                }
            )
        )
    return pd.concat(found, ignore_index=True)


def _log_of_ratio(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return ln(one / other), 0 where it is not defined."""
    defined = (one > 0) & (other > 0)
    return np.log(np.where(defined, one, 1.0) / np.where(defined, other, 1.0))


def host_effects(results: Results, found: list[Pair] | None = None) -> pd.DataFrame:
    """Return one row per host and seed with a defined effect: seed, city_id, effect (%), ``moderators``.

    ``treated`` and ``control``: its innovation with and without centres; ``firms``: in the run with fewer.
    """
    study = results.study
    reach = study.scenario.applied_to(study.parameters).final_trade_reach
    cities, ids = study.country.cities, study.country.cities["city_id"].to_numpy()
    effects = pd.concat(
        [
            pd.DataFrame(
                {
                    "seed": pair.seed,
                    "city_id": ids[pair.hosts],
                    "effect": pair.effect()[pair.hosts],
                    "treated": pair.late("innovation")[0][pair.hosts],
                    "control": pair.late("innovation")[1][pair.hosts],
                    "firms": np.minimum(*pair.late("firms"))[pair.hosts],
                }
            )
            for pair in (pairs(results) if found is None else found)
        ],
        ignore_index=True,
    )
    start = results.start[results.start["arm"] == WITHOUT]
    joined = effects.merge(moderators(start, cities, reach), on=["seed", "city_id"])
    return joined[np.isfinite(joined[["effect", *MODERATORS]]).all(axis=1)].reset_index(drop=True)


def splits(hosts: pd.DataFrame) -> pd.DataFrame:
    """Estimate the six splits over the rows of ``host_effects``, standard errors clustered by seed.

    ``low``, ``high``: effect on the halves of hosts by the moderator (at its median or below, above), ratio
    of sums. ``raw``: larger side of the source study less the other; ``partial``: slope per standard
    deviation of the moderator with the other five held fixed, of hosts with ``FEWEST_FIRMS`` firms, signed so
    that above 0 is the study's direction; ``given``: the same with wealth instead of talent density, which
    institutions change in the burn-in. ``hosts``: all; ``large_hosts``: those of the slopes.
    """
    rows = [
        {
            "id": split.id,
            "moderator": split.moderator,
            "larger_where": split.larger_where,
            **_raw(hosts, split),
        }
        for split in SPLITS
    ]
    table = pd.DataFrame(rows)
    names = [FIXED_FOR.get(name, name) for name in MODERATORS]
    large = hosts[hosts["firms"] >= FEWEST_FIRMS]
    table["partial"], table["partial_se"] = _partial(large, list(MODERATORS))
    table["given"], table["given_se"] = _partial(large, names)
    table["hosts"], table["large_hosts"], table["seeds"] = len(hosts), len(large), hosts["seed"].nunique()
    return table


def _raw(hosts: pd.DataFrame, split: Split) -> dict[str, float]:
    values = hosts[split.moderator].to_numpy()
    above = values > np.median(values)
    undefined = {"low": np.nan, "high": np.nan, "raw": np.nan, "raw_se": np.nan}
    if len(hosts) < 3 or above.all() or not above.any():
        return undefined
    (low, low_parts), (high, high_parts) = (_ratio_of_sums(hosts, half) for half in (~above, above))
    sign = 1.0 if split.larger_where == "high" else -1.0
    by_seed = (high_parts - low_parts).groupby(hosts["seed"].to_numpy()).sum()
    seeds = len(by_seed)
    error = np.sqrt(seeds / (seeds - 1) * (by_seed**2).sum()) if seeds > 1 else np.nan
    return {"low": low, "high": high, "raw": sign * (high - low), "raw_se": float(error)}


def _ratio_of_sums(hosts: pd.DataFrame, half: np.ndarray) -> tuple[float, pd.Series]:
    """Return 100·ln of the ratio of sums, and each host's part in its error (to first order)."""
    treated, control = hosts["treated"] * half, hosts["control"] * half
    parts = 100.0 * (treated / treated.sum() - control / control.sum())
    return log_change(treated.to_numpy(), control.to_numpy()), parts


def _partial(hosts: pd.DataFrame, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    values = hosts[names].to_numpy(dtype=float)
    signs = np.array([split.sign for split in SPLITS])
    unknown = np.full(len(SPLITS), np.nan)
    if len(hosts) < 2 or (values.std(axis=0) == 0).any():
        return unknown, unknown
    scores = (values - values.mean(axis=0)) / values.std(axis=0)
    try:
        slopes, errors = clustered_fit(
            hosts["effect"], np.column_stack([np.ones(len(hosts)), scores]), hosts["seed"]
        )
    except ValueError:  # fewer hosts than moderators
        return unknown, unknown
    return signs * slopes[1:], errors[1:]
