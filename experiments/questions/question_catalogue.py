"""The studies of ``computeleap study``: each a set of arms and the tables made of their runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from experiments.measures.findings import findings
from experiments.measures.heterogeneity import host_effects, splits
from experiments.questions import ablation, layouts, oversupply, regimes
from experiments.study.results import Results
from experiments.study.study import twin_arms
from model.parameters import Parameters
from model.scenarios.scenario import Scenario

Tables = dict[str, pd.DataFrame]

# Columns of the yearly panel of cities that a run of a study keeps.
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
    "compute_use",
    "compute_price",
)


@dataclass(frozen=True)
class Question:
    """A study: its question, scenarios and seeds by default, its arms, and the tables made of their runs.

    ``drawn_hosts``: it only makes sense where hosts are drawn by lot. Tables have a column ``scenario``.
    """

    name: str
    question: str
    scenarios: tuple[str, ...]
    seeds: int
    arms: Callable[[Sequence[Scenario], Parameters], dict[str, Scenario]]
    tables: Callable[[Results, Sequence[str]], Tables]
    drawn_hosts: bool = False
    measures: tuple[str, ...] = KEPT_MEASURES


def _of(results: Results, name: str) -> Results:
    found = results.point(name)
    if not found.records:
        raise ValueError(f"no pair of runs of {name} ended")
    return found


def _join(parts: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One table of several scenarios' tables, the scenario first."""
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
    """The arms that each scenario has, under the scenario's name."""
    return {f"{one.name} {name}": arm for one in scenarios for name, arm in arms(one).items()}


def _ablation_tables(results: Results, scenarios: Sequence[str]) -> Tables:
    return {"ablation": _join({name: ablation.ablation(results.within(name)) for name in scenarios})}


def _oversupply_tables(results: Results, scenarios: Sequence[str]) -> Tables:
    by_seed = {name: oversupply.oversupply(results.within(name)) for name in scenarios}
    curves = {name: oversupply.curve(rows) for name, rows in by_seed.items()}
    contribution = [
        {
            "scenario": name, "access": way, "use": oversupply.REFERENCE_USE,
            **oversupply.at_use(rows[rows["access"] == way], "contribution"),
        }
        for name, rows in by_seed.items()
        for way in oversupply.ACCESS
    ]  # fmt: skip
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


QUESTIONS = {
    study.name: study
    for study in (
        Question(
            "splits", "For whom does a centre work?", ("random_hosts",), 24,
            lambda scenarios, parameters: twin_arms({one.name: one for one in scenarios}), _split_tables,
            drawn_hosts=True,
        ),
        Question(
            "ablation", "Which mechanism makes which finding?", ("random_hosts",), 24,
            lambda scenarios, parameters: _of_each(scenarios, ablation.arms), _ablation_tables,
        ),
        Question(
            "regimes", "Where do centres close the gap, and where do they widen it?",
            ("actual", "random_hosts"), 6, regimes.arms,
            lambda results, scenarios: {"regimes": regimes.regimes(results, scenarios)},
        ),
        Question(
            "layouts", "Who builds where, and who may use it: what that does to the gap?",
            layouts.LAYOUTS + layouts.GIVEN_SITES, 24,
            lambda scenarios, parameters: twin_arms({one.name: one for one in scenarios}), _layout_tables,
        ),
        Question(
            "oversupply", "How much compute is too much?", ("random_hosts", "actual"), 8,
            lambda scenarios, parameters: _of_each(
                scenarios, lambda one: oversupply.arms(one, parameters)
            ), _oversupply_tables,
        ),
    )
}  # fmt: skip
