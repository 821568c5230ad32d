"""The questions of ``computeleap study``: the arms of each, and the tables made of their runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from experiments.measures.findings import findings
from experiments.measures.heterogeneity import host_effects, splits
from experiments.questions import (
    ablation,
    frontier,
    layouts,
    oversupply,
    policies,
    regimes,
    single_centres,
    source_mechanisms,
)
from experiments.study.results import Results
from experiments.study.study import Study, twin_arms
from model.parameters import Parameters
from model.scenarios.scenario import Scenario

Tables = dict[str, pd.DataFrame]
# Recorded of every city in the runs of questions and of the validation.
KEPT_MEASURES = (
    "innovation",
    "firms",
    "entrants",
    "talent",
    "adoption_share",
    "attention",
    "ip_protection",
    "data",
    "revenue",
    "gdp",
    "real_gdp",
    "people",
    "compute_use",
    "compute_price",
)


@dataclass(frozen=True)
class Question:
    """A question, the arms that answer it, and the tables made of their runs.

    Attributes:
        name: Name of the command.
        question: The question as a sentence.
        scenarios: Scenarios by default.
        seeds: Number of seeds by default.
        arms: Scenarios and parameters → the arms, each scenario's under its name.
        tables: Results and names of scenarios → tables, each with a column ``scenario``.
        drawn_hosts: Whether hosts must be drawn at random.
        measures: Recorded of every city.
        by_seed: The same study, whose arms may differ by seed and depend on the country; None: as it is.
    """

    name: str
    question: str
    scenarios: tuple[str, ...]
    seeds: int
    arms: Callable[[Sequence[Scenario], Parameters], dict[str, Scenario]]
    tables: Callable[[Results, Sequence[str]], Tables]
    drawn_hosts: bool = False
    measures: tuple[str, ...] = KEPT_MEASURES
    by_seed: Callable[[Study, Sequence[Scenario]], Study] | None = None


def _of(results: Results, name: str) -> Results:
    found = results.point(name)
    if not found.records:
        raise ValueError(f"no pair of runs of {name} ended")
    return found


def _join(parts: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Join the tables of several scenarios, with the scenario as first column."""
    return pd.concat([part.assign(scenario=name) for name, part in parts.items()], ignore_index=True)[
        lambda frame: ["scenario", *(column for column in frame if column != "scenario")]
    ]


def _split_tables(results: Results, scenarios: Sequence[str]) -> Tables:
    hosts = {name: host_effects(_of(results, name)) for name in scenarios}
    return {
        "splits": _join({name: splits(rows) for name, rows in hosts.items()}),
        "findings": _join({name: findings(_of(results, name)) for name in scenarios}),
        "hosts": _join(hosts),
    }


def _of_each(
    scenarios: Sequence[Scenario], arms: Callable[[Scenario], dict[str, Scenario]]
) -> dict[str, Scenario]:
    """Return the arms of each scenario, their names preceded by the scenario's."""
    return {f"{one.name} {name}": arm for one in scenarios for name, arm in arms(one).items()}


def _ablation_tables(results: Results, scenarios: Sequence[str]) -> Tables:
    return {"ablation": _join({name: ablation.ablation(results.within(name)) for name in scenarios})}


def _oversupply_tables(results: Results, scenarios: Sequence[str]) -> Tables:
    by_seed = {name: oversupply.oversupply(results.within(name)) for name in scenarios}
    curves = {name: oversupply.curve(rows) for name, rows in by_seed.items()}
    contribution = [
        {"scenario": name, "access": way, "use": oversupply.REFERENCE_USE}
        | oversupply.at_use(rows[rows["access"] == way], "contribution")
        for name, rows in by_seed.items()
        for way in oversupply.ACCESS
    ]
    return {
        "curve": _join(curves),
        "thresholds": _join({name: oversupply.thresholds(rows) for name, rows in curves.items()}),
        "contribution": pd.DataFrame(contribution),
        "elasticities": _join({name: oversupply.elasticities(rows) for name, rows in by_seed.items()}),
        "by_seed": _join(by_seed),
    }


def _layout_tables(results: Results, scenarios: Sequence[str]) -> Tables:
    found = [(name, _of(results, name)) for name in scenarios]
    by_seed = _join({name: layouts.layout(twins) for name, twins in found})
    return {"layouts": layouts.layouts(found), "by_seed": by_seed}


def _twins(scenarios: Sequence[Scenario], parameters: Parameters) -> dict[str, Scenario]:
    return twin_arms({scenario.name: scenario for scenario in scenarios})


def _ablation_arms(scenarios: Sequence[Scenario], parameters: Parameters) -> dict[str, Scenario]:
    return _of_each(scenarios, ablation.arms)


def _oversupply_arms(scenarios: Sequence[Scenario], parameters: Parameters) -> dict[str, Scenario]:
    return _of_each(scenarios, lambda scenario: oversupply.arms(scenario, parameters))


def _single_tables(results: Results, scenarios: Sequence[str]) -> Tables:
    by_run = {name: single_centres.by_run(results, name) for name in scenarios}
    return {
        "bands": _join({name: single_centres.single_centres(rows) for name, rows in by_run.items()}),
        "by_run": _join(by_run),
    }


def _frontier_tables(results: Results, scenarios: Sequence[str]) -> Tables:
    points = {name: frontier.frontier(results, name) for name in scenarios}
    return {
        "points": _join(points),
        "shares": _join({name: frontier.shares(rows) for name, rows in points.items()}),
        "drivers": _join({name: frontier.drivers(rows) for name, rows in points.items()}),
    }


def _regime_tables(results: Results, scenarios: Sequence[str]) -> Tables:
    return {"regimes": regimes.regimes(results, scenarios)}


def _policy_tables(results: Results, scenarios: Sequence[str]) -> Tables:
    return {"policies": policies.policies(results, scenarios)}


SPLITS = Question(
    name="splits",
    question="For whom does a centre work?",
    scenarios=("random_hosts",),
    seeds=24,
    arms=_twins,
    tables=_split_tables,
    drawn_hosts=True,
)
ABLATION = Question(
    name="ablation",
    question="Which mechanism makes which finding?",
    scenarios=("random_hosts",),
    seeds=24,
    arms=_ablation_arms,
    tables=_ablation_tables,
)
REGIMES = Question(
    name="regimes",
    question="Where do centres close the gap, and where do they widen it?",
    scenarios=("actual", "random_hosts"),
    seeds=6,
    arms=regimes.arms,
    tables=_regime_tables,
)
LAYOUTS = Question(
    name="layouts",
    question="Who builds where, and who may use it: what that does to the gap?",
    scenarios=layouts.LAYOUTS + layouts.GIVEN_SITES,
    seeds=24,
    arms=_twins,
    tables=_layout_tables,
)
OVERSUPPLY = Question(
    name="oversupply",
    question="How much compute is too much?",
    scenarios=("random_hosts", "actual"),
    seeds=8,
    arms=_oversupply_arms,
    tables=_oversupply_tables,
)
SINGLE_CENTRES = Question(
    name="single_centres",
    question="What does one centre alone do to other cities, by distance?",
    scenarios=("random_hosts",),
    seeds=8,
    arms=single_centres.arms,
    tables=_single_tables,
    by_seed=single_centres.by_seed,
)
FRONTIER = Question(
    name="frontier",
    question="Where do near cities lose and far ones gain, and does the gap close there?",
    scenarios=("actual",),
    seeds=4,
    arms=frontier.arms,
    tables=_frontier_tables,
)
POLICIES = Question(
    name="policies",
    question="What do dated policies, institutions and shocks do?",
    scenarios=policies.POLICIES,
    seeds=8,
    arms=lambda scenarios, parameters: policies.arms(scenarios),
    tables=_policy_tables,
)
MECHANISMS = Question(
    name="mechanisms",
    question="What does each mechanism of the source documents do?",
    scenarios=tuple(source_mechanisms.SWITCHES),
    seeds=24,
    arms=lambda scenarios, parameters: source_mechanisms.arms(scenarios),
    tables=_policy_tables,
    by_seed=source_mechanisms.in_reduced_country,
)
QUESTIONS = {
    one.name: one
    for one in (
        SPLITS,
        ABLATION,
        REGIMES,
        LAYOUTS,
        OVERSUPPLY,
        SINGLE_CENTRES,
        FRONTIER,
        POLICIES,
        MECHANISMS,
    )
}
