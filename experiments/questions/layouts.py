"""Layouts of compute: who may build where, and whom the centres serve; site and access apart.

Every scenario is compared with its own twin, the same country in which nothing opens and nothing is built.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from experiments.measures.effect_tables import gap_changes, percent_change
from experiments.measures.inequality import theil
from experiments.measures.twin_pairs import WINDOW_YEARS, Pair, log_change, mean_and_se, pairs
from experiments.study.results import Results
from experiments.study.study import WITH

# The three layouts in which centres are built, the two of them that can be joined, then given sites, to tell
# the effect of the sites of centres from that of access to them.
LAYOUTS = ("local_demand", "cross_region", "trading", "cross_region_trading")
GIVEN_SITES = (
    "rich_sites_local",
    "poor_sites_local",
    "rich_sites_network",
    "poor_sites_network",
    "hub_sites_network",
    "rich_sites_trading",
    "hub_sites_trading",
)

# Measure → index of ``experiments.measures.effect_tables.gap_measures``.
INDICES = {
    "theil": "Theil",
    "theil_per_head": "Theil per head",
    "theil_regions": "Theil between regions",
    "gini": "Gini",
    "sigma": "sigma",
}
# Measure → meaning, unit.
MEASURES = {
    "theil": ("change of the Theil index between cities", "%"),
    "theil_per_head": ("change of the Theil index per head", "%"),
    "theil_regions": ("change of the Theil index between regions, per head", "%"),
    "gini": ("change of the Gini index between cities", "%"),
    "sigma": ("change of the s.d. of log innovation", "%"),
    "theil_others": ("change of the Theil index between the cities without a centre", "%"),
    "location": ("part of the change of Theil that goes with the hosts' own gains", "fraction"),
    "country": ("effect on the country's innovation", "%"),
    "hosts": ("effect on innovation of host cities", "%"),
    "others": ("effect on innovation of other cities", "%"),
    "weakest": ("effect on the fifth of cities that innovate least without centres", "%"),
    "strongest": ("effect on the fifth that innovate most", "%"),
    "host_cities": ("cities with a centre", "cities"),
    "centres": ("centres at work", "centres"),
    "capacity": ("their capacity", "compute/quarter"),
    "use": ("compute delivered over capacity", "fraction"),
    "price": ("posted or cleared price, weighted by capacity", "money/compute"),
    "power": ("electricity", "kWh·money/CNY/quarter"),
    "green": ("green share of it", "fraction"),
}


def host_location_share(pair: Pair) -> float:
    """Return the part of the change of Theil due to the hosts' own gains; NaN if Theil does not change.

    The rest remains if hosts are put back to their state without centres, and all others are not.
    """
    treated, control = pair.late("innovation")
    others_alone = treated.copy()
    others_alone[pair.hosts] = control[pair.hosts]
    whole = theil(treated) - theil(control)
    return float(1.0 - (theil(others_alone) - theil(control)) / whole) if whole else float("nan")


def layout(twins: Results) -> pd.DataFrame:
    """Return one row for each seed: seed, then ``MEASURES``, means of the last years."""
    rows = []
    for pair in pairs(twins):
        changes = gap_changes(pair, twins.study.country.cities)
        rows.append(
            {
                "seed": pair.seed,
                **{name: changes[index] for name, index in INDICES.items()},
                **_groups(pair),
                **centre_figures(twins, pair.seed),
            }
        )
    return pd.DataFrame(rows, columns=["seed", *MEASURES])


def _groups(pair: Pair) -> dict[str, float]:
    treated, control = pair.late("innovation")
    order = np.argsort(control, kind="stable")
    fifth = max(1, len(order) // 5)
    others = np.flatnonzero(~pair.host_flags())
    groups = {"hosts": pair.hosts, "others": others, "weakest": order[:fifth], "strongest": order[-fifth:]}
    return {
        "country": log_change(treated, control),
        **{name: pair.group_effect(rows) for name, rows in groups.items()},
        "theil_others": percent_change(theil(treated[others]), theil(control[others])),
        "location": host_location_share(pair),
        "host_cities": float(len(pair.hosts)),
    }


def centre_figures(twins: Results, seed: int, arm: str = WITH) -> dict[str, float]:
    """Return the measures of ``MEASURES`` on the centres at work in the last years of a run."""
    centres = twins.centres[(twins.centres["seed"] == seed) & (twins.centres["arm"] == arm)]
    late = centres["year"] > twins.study.until - WINDOW_YEARS
    return _centres(centres[late & (centres["operating"] > 0.5)])


def _centres(centres: pd.DataFrame) -> dict[str, float]:
    years = centres["year"].nunique() if len(centres) else 1
    size = centres["capacity"].to_numpy(dtype=float) if len(centres) else np.zeros(0)
    if size.sum() <= 0:
        return {"centres": 0.0, "capacity": 0.0, "power": 0.0}
    power = float(centres["power_use"].sum())
    return {
        "centres": len(centres) / years,
        "capacity": float(size.sum()) / years,
        "use": float(centres["served"].sum() / size.sum()),
        "price": float((centres["price"].to_numpy(dtype=float) * size).sum() / size.sum()),
        "power": power / years,
        "green": float(centres["green_power"].sum()) / power if power > 0 else float("nan"),
    }


def layouts(found: Sequence[tuple[str, Results]]) -> pd.DataFrame:
    """Return means over seeds: scenario, measure, unit, mean, se, seeds.

    ``location`` is NaN where Theil does not change beyond two standard errors: there is nothing to divide.
    """
    rows = []
    for name, twins in found:
        by_seed = layout(twins)
        change = mean_and_se(by_seed["theil"])
        if not abs(change["mean"]) > 2.0 * change["se"]:
            by_seed["location"] = float("nan")
        for measure, (_, unit) in MEASURES.items():
            rows.append({"scenario": name, "measure": measure, "unit": unit, **mean_and_se(by_seed[measure])})
    return pd.DataFrame(rows)
