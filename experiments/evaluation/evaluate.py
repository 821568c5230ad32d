"""``computeleap evaluate``: the tables of the paper for every seed of a results folder, beside the truth."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.evaluation.codebook import BANDS, CHANNELS, FIXED_CONTROLS, MODERATORS
from experiments.evaluation.folder import Results, check_repeatable, read_results
from experiments.evaluation.panel import Flaws, make_panel, with_flaws
from experiments.evaluation.paper import Row, Subject, all_rows
from experiments.evaluation.truth import find_truth, run_with, some_hosts
from experiments.metrics import gap_measures
from experiments.results import versions
from experiments.twins import WITH, WITHOUT
from model.scenario import quarter_of
from model.tables import InputError

CLAMPS: dict[str, dict[str, float]] = {
    "talent_flow": {"talent_mobility": 0.0},
    "government_attention": {"attention_speed": 0.0},
    "property_rights": {"ip_speed": 0.0},
    "data_agglomeration": {"data_elasticity": 0.0},
}
"""Parameters that freeze a channel or cut its way to innovation; founding and adoption have none."""

CLAMPED_SEEDS = 4
EVALUATED = ("baseline", "robustness", "channels", "splits", "bands", "gap")


@dataclass(frozen=True)
class Options:
    """What is evaluated and how. ``left_out``: hosts per seed that a further run does without."""

    outcome: str = "log_innovations"
    learner: str = "lasso+boosting"
    left_out: int = 6
    flaws: Flaws = field(default_factory=Flaws)


@dataclass(frozen=True)
class Job:
    """One seed of a results folder, as a process takes it."""

    folder: Path
    edges: Path | None
    seed: int
    first: bool
    clamped: bool
    options: Options


@dataclass(frozen=True)
class Evaluation:
    """``rows``: every row of every seed; ``table``: one row per table and item; ``facts``: what was done."""

    rows: pd.DataFrame
    table: pd.DataFrame
    facts: dict[str, Any]


def evaluate(
    folder: Path,
    options: Options | None = None,
    edges: Path | None = None,
    workers: int = 1,
    seeds: int | None = None,
    finished: Callable[[str], None] = lambda seed: None,
) -> Evaluation:
    """All tables of a results folder, its first ``seeds`` seeds.

    Raises InputError: no results folder, runs that do not come out the same again, or no centre in them.
    """
    options = options or Options()
    results = read_results(folder, edges)
    if not len(results.centres) or not any(results.openings(seed) for seed in results.seeds):
        raise InputError([f"no centre opens in the runs of {folder}: there is nothing to evaluate"])
    check_repeatable(results)
    chosen = results.seeds[:seeds]
    jobs = [
        Job(folder, edges, seed, place == 0, place < CLAMPED_SEEDS, options)
        for place, seed in enumerate(chosen)
    ]
    found = []
    for job, rows in _each(jobs, workers):
        found += [{"seed": job.seed, **row} for row in rows]
        finished(f"seed {job.seed}")
    rows = pd.DataFrame(found).sort_values("seed", kind="stable", ignore_index=True)
    summary = results.summary
    facts = {
        "scenario": summary["scenario"], "meaning": summary["meaning"], "folder": folder.name,
        "cities": summary["cities"], "firms": summary["firms"], "first_year": summary["first_year"],
        "last_year": summary["last_year"], "seeds": list(chosen), "outcome": options.outcome,
        "learner": options.learner, "left_out": options.left_out, "flaws": vars(options.flaws),
        "date": datetime.date.today().isoformat(), "versions": versions(),
    }  # fmt: skip
    return Evaluation(rows, over_seeds(rows), facts)


def _each(jobs: Sequence[Job], workers: int) -> Iterable[tuple[Job, list[Row]]]:
    if workers <= 1 or len(jobs) == 1:
        for job in jobs:
            yield job, evaluate_seed(job)
        return
    with ProcessPoolExecutor(min(workers, len(jobs)), mp_context=get_context("spawn")) as crew:
        waiting = {crew.submit(evaluate_seed, job): job for job in jobs}
        try:
            for done in as_completed(waiting):
                yield waiting[done], done.result()
        except BaseException:
            crew.shutdown(wait=False, cancel_futures=True)
            raise


def evaluate_seed(job: Job) -> list[Row]:
    """All rows of one seed."""
    results = read_results(job.folder, job.edges)
    subject = simulated_subject(results, job.seed, job.options)
    rows = all_rows(subject, job.first)
    rows += list(_gap_indices(results, job.seed))
    return rows + (list(_clamped(results, job.seed, job.options.outcome)) if job.clamped else [])


def simulated_subject(results: Results, seed: int, options: Options) -> Subject:
    """The panel of one seed with the truth beside it."""
    study, openings = results.study, results.openings(seed)
    with_centres, without = results.rows(seed, WITH), results.rows(seed, WITHOUT)
    last = quarter_of(f"{study.until}Q4", study.parameters.start_year)
    hosts = some_hosts(openings, options.left_out, seed, last)
    truth = find_truth(study, seed, openings, with_centres, without, hosts)
    panel = make_panel(with_centres, study.cities, openings, study.parameters, seed)
    panel = with_flaws(panel, options.flaws, seed)
    panel.attrs["city_order"] = study.cities["city_id"].tolist()
    controls = tuple(name for name in FIXED_CONTROLS if name in panel and panel[name].nunique() > 1)
    return Subject(
        panel, options.outcome, controls, {name: label for name, label in CHANNELS.items() if name in panel},
        {name: label for name, (label, _) in MODERATORS.items() if name in panel},
        tuple(BANDS.values()), truth, options.learner, seed=seed,
    )  # fmt: skip


def _gap_indices(results: Results, seed: int) -> Iterable[Row]:
    """True change of the gap indices in the last year, %: with centres against without."""
    cities = results.study.cities
    people, region = cities["population_2010"].to_numpy(dtype=float), cities["region"].to_numpy()
    arms = [
        gap_measures(results.rows(seed, arm)["innovation"].to_numpy()[-len(cities) :], people, region)
        for arm in (WITH, WITHOUT)
    ]
    for name, value in arms[0].items():
        if arms[1][name] > 0:
            yield {
                "table": "gap",
                "item": f"{name}, change in %",
                "total": 100.0 * (value / arms[1][name] - 1.0),
            }


def _clamped(results: Results, seed: int, outcome: str) -> Iterable[Row]:
    """True effect on hosts in a country in which a channel is frozen, beside that in which it is not."""
    count, openings = len(results.study.cities), results.openings(seed)
    free = _effect(results, seed, outcome, (results.rows(seed, WITH), results.rows(seed, WITHOUT)))
    for channel, changes in CLAMPS.items():
        arms = [run_with(results.study, seed, given, **changes) for given in (openings, ())]
        frozen = _effect(results, seed, outcome, (arms[0], arms[1]))
        assert len(arms[0]) % count == 0
        yield {"table": "clamped", "item": CHANNELS[channel], "total": frozen, "free": free,
               "how": ", ".join(f"{name} = {value:g}" for name, value in changes.items())}  # fmt: skip


def _effect(results: Results, seed: int, outcome: str, arms: tuple[pd.DataFrame, pd.DataFrame]) -> float:
    truth = find_truth(results.study, seed, results.openings(seed), arms[0], arms[1], ())
    return truth.total_effect(outcome)


def over_seeds(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per table and item: the first seed's estimate, then all seeds.

    ``estimate``, ``se``, ``low``, ``high``, ``own``, ``total``: of the first seed that has the item. Over
    seeds: ``mean``, ``sd`` of estimates, ``mean_own``, ``mean_total`` of true effects (``mean_free``
    where no channel is frozen), ``bias`` (mean − mean own, or total where no own effect is defined) with
    its error ``bias_se``; ``coverage``: share of 95 % intervals that hold the mean true effect;
    ``power``: share that leave zero out on the side of the truth; ``seeds``.
    """
    for name in ("estimate", "se", "low", "high", "own", "total", "free"):
        if name not in rows:
            rows = rows.assign(**{name: np.nan})
    found = []
    for (table, item), part in rows.groupby(["table", "item"], sort=False):
        known = part[part["estimate"].notna()]
        first = (known if len(known) else part).iloc[0].drop(labels=["seed"]).to_dict()
        truth = part["own"] if part["own"].notna().any() else part["total"]
        errors = (known["estimate"] - truth.loc[known.index]).dropna()
        interval = known[known["low"].notna()]
        mean = truth.mean()
        side = interval["low"] > 0 if not mean < 0 else interval["high"] < 0
        scored = len(interval) > 0 and np.isfinite(mean)
        found.append({
            "table": table, "item": item, **{k: v for k, v in first.items() if k not in ("table", "item")},
            "mean": known["estimate"].mean(), "sd": known["estimate"].std(ddof=1),
            "mean_own": part["own"].mean(),
            "mean_total": part["total"].mean(),
            "mean_free": part["free"].mean(), "bias": errors.mean(),
            "bias_se": errors.std(ddof=1) / np.sqrt(len(errors)) if len(errors) > 1 else np.nan,
            "coverage": ((interval["low"] <= mean) & (mean <= interval["high"])).mean() if scored else np.nan,
            "power": side.mean() if scored else np.nan, "seeds": int(part["seed"].nunique()),
        })  # fmt: skip
    return pd.DataFrame(found)
