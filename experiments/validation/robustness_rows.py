"""Robustness of main effects: to compute bought by governments, the share of hosted data, dear contracts."""

from __future__ import annotations

from collections.abc import Mapping

from experiments.measures.effect_tables import effects
from experiments.measures.findings import HOLDS
from experiments.measures.twin_pairs import Pair, pairs
from experiments.study.results import Results
from experiments.study.study import WITH, WITHOUT, changed
from experiments.validation.rows import (
    Row,
    ValidationRuns,
    estimate_row,
    exact_row,
    range_verdict,
    ratio_of_means,
)
from model.scenarios.scenario_catalogue import find_scenario

SEEDS = 12
SCENARIOS = ("actual", "random_hosts")
SOURCE = "the aim of model version 3"
HOSTS, OTHERS = "host cities", "other cities"
GOVERNMENT_LIMIT, HOSTED_LIMIT = 20.0, 25.0  # %
HOSTED = {"hosted_data_share −50 %": 0.5, "hosted_data_share +50 %": 1.5}


def robustness_rows(runs: ValidationRuns) -> list[Row]:
    """Return the change of effects in %, and the volume of contracts dearer than the cloud; none if quick."""
    if runs.quick:
        return []
    rows = [row for name in SCENARIOS for row in _of_scenario(runs, name)]
    dear = max(figures["dear_volume"] for pair in runs.economies("actual") for figures in (pair[0].figures,))
    words = "largest share of contracted compute that costs more than the cloud, over quarters and seeds"
    return [*rows, exact_row("R-dear", "robustness", words, dear, 0.0, SOURCE, "fraction")]


def _of_scenario(runs: ValidationRuns, name: str) -> list[Row]:
    scenario = find_scenario(name)
    own = scenario.applied_to(runs.parameters)
    passive = changed(scenario, {"government_compute": 0.0})
    arms = {WITH: scenario, WITHOUT: scenario.twin(), "passive": passive, "passive twin": passive.twin()}
    for words, multiple in HOSTED.items():
        arms[words] = changed(scenario, {"hosted_data_share": min(1.0, multiple * own.hosted_data_share)})
    results = runs.arms(arms, SEEDS)
    usual = _effects(results, WITH, WITHOUT)
    without = _effects(results, "passive", "passive twin")
    words = "change of the effect on {} with government_compute = 0"
    rows = [
        change_row("R-government", words.format(OTHERS), usual, without, OTHERS, GOVERNMENT_LIMIT, name),
        change_row("R-government-hosts", words.format(HOSTS), usual, without, HOSTS, GOVERNMENT_LIMIT, name),
    ]
    for label in HOSTED:  # without centres no task is hosted: the twin is the same
        other = _effects(results, label, WITHOUT)
        identity = "R-hosted" + ("-less" if HOSTED[label] < 1.0 else "-more")
        quantity = f"change of the effect on {HOSTS} (C0) with {label}"
        rows.append(change_row(identity, quantity, usual, other, HOSTS, HOSTED_LIMIT, name))
    return rows


def _effects(results: Results, treated: str, control: str) -> dict[int, dict[str, float]]:
    found = pairs(results.pair(treated, control))
    return {pair.seed: _of_pair(pair) for pair in found}


def _of_pair(pair: Pair) -> dict[str, float]:
    table = effects([pair]).set_index("group")["mean"]
    return {group: float(table[group]) for group in (HOSTS, OTHERS)}


def change_row(
    identity: str,
    quantity: str,
    usual: Mapping[int, Mapping[str, float]],
    changed_to: Mapping[int, Mapping[str, float]],
    group: str,
    limit: float,
    scenario: str,
) -> Row:
    """Return the row of a change of an effect, 100·(new/usual − 1), which holds within ± limit."""
    seeds = [seed for seed in usual if seed in changed_to]
    old, new = ([table[seed][group] for seed in seeds] for table in (usual, changed_to))
    ratio = ratio_of_means(new, old)
    found = {**ratio, "mean": 100.0 * (ratio["mean"] - 1.0), "se": 100.0 * ratio["se"]}
    verdict = range_verdict(found["mean"], found["se"], -limit, limit)
    why = "" if verdict == HOLDS else "the effect depends on it by more, or is too small to tell"
    published = (f"within ±{limit:g}", SOURCE)
    return estimate_row(identity, "robustness", quantity, "%", published, found, verdict, scenario, why)
