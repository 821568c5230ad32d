"""The challenge of the app: narrow the gap between cities with five centres and a budget.

``python -m experiments.pages.challenge_plan viz/assets/challenge.json`` searches for the best plan again (ten
minutes or so): a sweep over places, kinds, spending and dates of five centres, of which ``sweep optimise``
gives the front of gap and spending; its best plans within the budget are then scored with other seeds,
which are those of the page.
"""

from __future__ import annotations

import argparse
import datetime
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from experiments.measures.inequality import theil
from experiments.measures.plan_accounts import building_cost
from experiments.measures.twin_pairs import mean_and_se
from experiments.study.run_key import rules_fingerprint
from experiments.sweep import load
from experiments.sweep.analysis.optimisation import optimise
from model.country.country import Country, shipped_country
from model.files.toml_file import toml_text
from model.parameters import Parameters
from model.regional_model import RegionalModel
from model.scenarios.scenario import Place, Scenario
from model.version import VERSION

CENTRES = 5
UNTIL = 2030
FIRMS = 5000
BUDGET = 0.1  # % of a year's GDP
SEARCH_SEEDS, FIRST_SEARCH_SEED = 3, 101
SEEDS = range(1, 10)  # of the score: those of the page
FINALISTS = 4
LEVELS = (0.0, 0.3, 0.6, 0.8, 0.9)  # where the five cities stand in the order of GDP of 2010
DATES = ("2005Q1", "2010Q1")
MIXED = ("basic", "intelligent", "super", "intelligent", "super")
SPENDING = (0.1, 1.0)  # share of the budget
TARGET = 0.75  # of what the best plan reaches: what a visitor has to reach
OBJECTIVES = "theil:min,centre_investment:min"


@dataclass(frozen=True)
class Candidate:
    """Five centres, of which each costs a fifth of what is spent."""

    name: str
    places: tuple[Place, ...]


def candidates(country: Country, parameters: Parameters, income: float) -> list[Candidate]:
    """Return the plans of the search; ``income`` is a year's GDP, money."""
    gdp = country.cities["gdp_2010"].to_numpy(dtype=float)
    ids = country.cities["city_id"].to_numpy()[np.argsort(gdp, kind="stable")]
    groups = {f"gdp_{int(100 * level)}": ids[int(level * len(ids)) :][:CENTRES] for level in LEVELS}
    far = np.argsort(-np.median(country.distances, axis=1), kind="stable")[:CENTRES]
    groups["remote"] = country.cities["city_id"].to_numpy()[far]
    kinds = {kind: (kind,) * CENTRES for kind in ("basic", "intelligent", "super")} | {"mixed": MIXED}
    found = []
    for group, cities in groups.items():
        for label, of_kind in kinds.items():
            for share in SPENDING:
                for date in DATES if share == max(SPENDING) else DATES[:1]:
                    money = share * BUDGET / 100.0 * income / CENTRES
                    places = tuple(
                        Place(int(city), kind, date, size_for(money, kind, date, parameters))
                        for city, kind in zip(cities, of_kind, strict=True)
                    )
                    found.append(Candidate(f"{group}-{label}-{int(100 * share)}-{date}", places))
    return found


def size_for(money: float, kind: str, date: str, parameters: Parameters) -> float:
    """Return the size of a centre that costs this much, rounded down to two digits."""
    size = money / building_cost(Place(0, kind, date), parameters)
    step = 10.0 ** (np.floor(np.log10(size)) - 1)
    return float(f"{np.floor(size / step + 1e-9) * step:.3g}")


def income_of(country: Country, parameters: Parameters) -> float:
    """Return a year's GDP, money; it is the same in every year, as money is a share of income."""
    model = RegionalModel(parameters, Scenario("none", ""), 1, country=country)
    return 4.0 * float(model.state["cities"]["gdp"].sum())


def gap(places: Sequence[Place], seed: int, country: Country, parameters: Parameters, until: int) -> float:
    """Return the Theil index of innovation between cities over the last four quarters of a run."""
    model = RegionalModel(parameters, Scenario("plan", "", places=tuple(places)), seed, country=country)
    model.history = {"innovation": model.history["innovation"]}
    model.run_until(until)
    return theil(np.mean(model.history["innovation"][-4:], axis=0))


def search(plans: Sequence[Candidate], folder: Path, firms: int, until: int, seeds: int) -> list[str]:
    """Return the names of the plans on the front of gap and spending, the smallest gap first."""
    for plan in plans:
        openings = [{key: v for key, v in asdict(place).items() if v is not None} for place in plan.places]
        head = {"name": plan.name, "centres": "none"}
        (folder / f"{plan.name}.toml").write_text(toml_text(head, {"openings": openings}), encoding="utf-8")
    paths = {str(folder / f"{plan.name}.toml"): plan.name for plan in plans}
    values: dict[str, Any] = {
        "name": "challenge",
        "seeds": seeds,
        "first_seed": FIRST_SEARCH_SEED,
        "until": until,
    }
    tables = {"parameters": {"firms": firms}, "design": {"factors": {"scenario": list(paths)}}}
    (folder / "experiment.toml").write_text(experiment_text(values, tables), encoding="utf-8")
    sweep = load(folder / "experiment.toml", folder / "store")
    sweep.run()
    front = optimise(sweep, OBJECTIVES).front.sort_values("theil")
    return [paths[str(name)] for name in front["scenario"]]


def experiment_text(values: Mapping[str, object], tables: Mapping[str, Any]) -> str:
    """Return the file of the sweep."""
    factors = json.dumps(tables["design"]["factors"]["scenario"])
    head = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    return "\n".join(
        [*head, f"parameters.firms = {tables['parameters']['firms']}", "record.metrics = []"]
    ) + (f"\ndesign.factors.scenario = {factors}\n")


def best_plan(
    country: Country, firms: int, until: int, search_seeds: int, seeds: Iterable[int], few: int = 0
) -> dict[str, Any]:
    """Return the best plan that is known and its score; ``few``: candidates to search, 0 for all."""
    parameters = Parameters.checked(firms=firms)
    income = income_of(country, parameters)
    plans = candidates(country, parameters, income)[: few or None]
    with tempfile.TemporaryDirectory() as folder:
        names = search(plans, Path(folder), firms, until, search_seeds)[:FINALISTS]
    used = list(seeds)
    without = [gap((), seed, country, parameters, until) for seed in used]
    scores = {}
    for plan in (plan for plan in plans if plan.name in names):
        with_them = [gap(plan.places, seed, country, parameters, until) for seed in used]
        scores[plan.name] = [100.0 * (a / b - 1.0) for a, b in zip(with_them, without, strict=True)]
    best = min(scores, key=lambda name: float(np.mean(scores[name])))
    places = next(plan.places for plan in plans if plan.name == best)
    cost = sum(building_cost(place, parameters) for place in places)
    return {
        "plan": best,
        "places": [asdict(place) for place in places],
        "cost": 100.0 * cost / income,
        "score": {**mean_and_se(scores[best]), "values": [round(value, 4) for value in scores[best]]},
        "finalists": {name: round(float(np.mean(values)), 4) for name, values in scores.items()},
        "candidates": len(plans),
    }


def main(arguments: Iterable[str] | None = None) -> None:
    """Search for the best plan and write it."""
    parser = argparse.ArgumentParser(prog="python -m experiments.pages.challenge_plan", description=__doc__)
    parser.add_argument("out", type=Path, help="JSON file to write")
    parser.add_argument("--firms", type=int, default=FIRMS, help=f"firms at the start (default {FIRMS})")
    given = parser.parse_args(None if arguments is None else list(arguments))
    found = best_plan(shipped_country(), given.firms, UNTIL, SEARCH_SEEDS, SEEDS)
    made = {
        "date": datetime.date.today().isoformat(),
        "version": VERSION,
        "rules": rules_fingerprint(),
        "command": "python -m experiments.pages.challenge_plan viz/assets/challenge.json",
        "objectives": OBJECTIVES,
        "search_seeds": [FIRST_SEARCH_SEED, FIRST_SEARCH_SEED + SEARCH_SEEDS - 1],
        "seeds": [SEEDS.start, SEEDS.stop - 1],
    }
    target = -round(TARGET * -found["score"]["mean"], 2)
    limits = {"centres": CENTRES, "budget": BUDGET, "until": UNTIL, "firms": given.firms}
    given.out.write_text(
        json.dumps({"made": made, "limits": limits, "target": target, **found}, indent=1) + "\n", "utf-8"
    )


if __name__ == "__main__":
    main()
