"""Superstars: how concentrated sales and innovation are among firms, within and between tiers of the chain.

``python -m experiments.measures.concentration`` prints how concentration changes in a run, and what the
centres change of it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from typing import Unpack

import numpy as np
import pandas as pd

from agents.firm import TIERS
from experiments.measures.chain_upgrading import ModelOptions
from experiments.measures.inequality import gini, theil_decomposition, top_share
from experiments.measures.panel_checks import Flags, Floats
from experiments.measures.twin_pairs import mean_and_se
from model import RegionalModel
from model.parameters import Parameters
from model.scenarios.scenario import Scenario
from model.scenarios.scenario_catalogue import find_scenario

FIRST, LAST = 2010, 2030
UNITS = {
    "largest 1 % of firms, sales": "% of all",
    "largest 10 % of firms, sales": "% of all",
    "Gini, sales": "index",
    "most innovative 1 %, innovation": "% of all",
    "most innovative 10 %, innovation": "% of all",
    "Gini, innovation": "index",
    "Theil of sales within tiers": "index",
    "Theil of sales between tiers": "index",
    "adopters over others, sales a firm": "ratio",
    "small firms that work with compute": "%",
    "large firms that work with compute": "%",
}
# In runs with industries: sales of a firm, and adopters, of the industries.
INDUSTRY_UNITS = {
    "Theil of sales between industries": "index",
    "adoption, most less least digital industry": "percentage points",
}


def share_of_largest(values: Floats, part: float) -> float:
    """Return the share, %, of the largest ``part`` of the values (n,) in their sum, at least one of them."""
    return 100.0 * top_share(values, max(1, round(part * len(values))))


def concentration(sales: Floats, innovation: Floats, tier: Floats, adopter: Flags) -> dict[str, float]:
    """Return ``UNITS`` of the firms at work, each (n,).

    A firm is small below the median of sales, large among the tenth that sells most.
    """
    between, within = theil_decomposition(sales, tier)
    small, large = sales < np.median(sales), sales >= np.quantile(sales, 0.9)
    both = adopter.any() and not adopter.all()
    values = (
        share_of_largest(sales, 0.01),
        share_of_largest(sales, 0.1),
        gini(sales),
        share_of_largest(innovation, 0.01),
        share_of_largest(innovation, 0.1),
        gini(innovation),
        within,
        between,
        float(sales[adopter].mean() / sales[~adopter].mean()) if both else float("nan"),
        float(100.0 * adopter[small].mean()),
        float(100.0 * adopter[large].mean()),
    )
    return dict(zip(UNITS, values, strict=True))


def between_industries(sales: Floats, adopter: Flags, industry: Floats) -> dict[str, float]:
    """Return ``INDUSTRY_UNITS`` of the firms at work, each (n,)."""
    working = [100.0 * adopter[industry == one].mean() for one in np.unique(industry)]
    values = (theil_decomposition(sales, industry)[0], float(max(working) - min(working)))
    return dict(zip(INDUSTRY_UNITS, values, strict=True))


def of_model(model: RegionalModel) -> dict[str, float]:
    """Return the concentration in the last quarter of a model."""
    firms = model.state["firms"]
    at_work = firms["alive"] > 0.5
    sales, innovation, tier, adopter = (
        firms[name][at_work].astype(np.float64) for name in ("revenue", "innovations", "tier", "adopter")
    )
    found = concentration(sales, innovation, tier, adopter > 0.5)
    if "industry" in firms:
        found |= between_industries(sales, adopter > 0.5, firms["industry"][at_work].astype(np.float64))
    return found


def concentration_table(
    seeds: Sequence[int],
    scenario: Scenario,
    years: tuple[int, int] = (FIRST, LAST),
    **how: Unpack[ModelOptions],
) -> pd.DataFrame:
    """Return a row for each of ``UNITS``, with industries also of ``INDUSTRY_UNITS``.

    Columns: unit, means in the last quarter of both years, change and effect.

    ``change`` is between the years, ``effect`` that of the centres in the last year; both with their standard
    errors over seeds.
    """
    found = []
    for seed in seeds:
        run, twin = (RegionalModel(scenario=arm, rng=seed, **how) for arm in (scenario, scenario.twin()))
        run.run_until(years[0])
        early = of_model(run)
        run.run_until(years[1])
        twin.run_until(years[1])
        found.append((early, of_model(run), of_model(twin)))
    rows = []
    for name in found[0][0]:
        first, last, without = (np.array([each[k][name] for each in found]) for k in range(3))
        change, effect = mean_and_se(last - first), mean_and_se(last - without)
        rows.append(
            {
                "unit": (UNITS | INDUSTRY_UNITS)[name],
                str(years[0]): first.mean(),
                str(years[1]): last.mean(),
                "change": change["mean"],
                "s.e.": change["se"],
                "effect": effect["mean"],
                "s.e. of effect": effect["se"],
            }
        )
    return pd.DataFrame(rows, index=pd.Index(list(found[0][0]), name="quantity"))


def main(arguments: Iterable[str] | None = None) -> None:
    """Print the table of the real centres, of random hosts, and of the real centres with industries."""
    parser = argparse.ArgumentParser(
        prog="python -m experiments.measures.concentration",
        description=f"Firms, and their {len(TIERS)} tiers.",
    )
    parser.add_argument("--seeds", type=int, default=8, help="number of seeds (default 8)")
    parser.add_argument("--firms", type=int, default=10_000, help="firms at the start (default 10000)")
    given = parser.parse_args(None if arguments is None else list(arguments))
    if given.seeds < 1:
        parser.error(f"--seeds cannot be {given.seeds}: it must be at least 1")
    parameters = Parameters.checked(firms=given.firms)
    with pd.option_context("display.width", 200, "display.max_columns", 20, "display.precision", 3):
        for name in ("actual", "random_hosts", "seven_industries"):
            print(f"\nConcentration of firms, {name}, {given.seeds} seeds")
            print(concentration_table(range(1, given.seeds + 1), find_scenario(name), parameters=parameters))


if __name__ == "__main__":
    main()
