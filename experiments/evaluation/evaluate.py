"""Evaluation of a results folder: the tables of a paper for every seed, compared with the truth."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.evaluation.codebook import BANDS, CHANNELS, FIXED_CONTROLS, MODERATORS
from experiments.evaluation.further_tables import further_rows, mediation_rows, policy_rows
from experiments.evaluation.held_channels import HELD_CHANNELS, runs_with_held_channels
from experiments.evaluation.paper_tables import PanelWithRoles, TableRow, all_rows
from experiments.evaluation.rerun import RepeatableResults, check_repeatable, read_repeatable
from experiments.evaluation.simulated_panel import Flaws, make_panel, measures, with_flaws
from experiments.evaluation.true_effects import find_true_effects, some_hosts
from experiments.measures.effect_tables import gap_measures
from experiments.storage.provenance import versions
from experiments.study.study import WITH, WITHOUT
from experiments.study.worker_pool import iter_results
from model.files.user_tables import InputError
from model.scenarios.scenario import quarter_of

CLOSE_SEEDS = 8  # the first seeds, for which boosting is tried and channels are held
ALL_SIX = "all six together"
EXTRAS = ("free", "left", "with_channel")
FEWEST_SCORED = 4  # intervals, for a share of them to be reported


@dataclass(frozen=True)
class EvaluationOptions:
    """Outcome, learner and extras of an evaluation.

    ``left_out``: hosts per seed whose own effect is found by a further run; ``doubleml``: add its estimators;
    ``further``: add further designs, of the first seed; ``policy``: add effects by indirect inference;
    ``mediation``: add moderated mediation, of the first seed.
    """

    outcome: str = "log_innovations"
    learner: str = "lasso+boosting"
    left_out: int = 6
    doubleml: bool = False
    further: bool = False
    policy: bool = False
    mediation: bool = False
    flaws: Flaws = field(default_factory=Flaws)


@dataclass(frozen=True)
class SeedJob:
    """One seed of a results folder, the unit of work. ``close``: see ``CLOSE_SEEDS``."""

    folder: Path
    links: Path | None
    seed: int
    first: bool
    close: bool
    options: EvaluationOptions


@dataclass(frozen=True)
class Evaluation:
    """``rows``: every row of every seed; ``table``: one row per table and item; ``facts``: settings."""

    rows: pd.DataFrame
    table: pd.DataFrame
    facts: dict[str, Any]


def evaluate(
    folder: Path,
    options: EvaluationOptions | None = None,
    links: Path | None = None,
    workers: int = 1,
    seeds: int | None = None,
    finished: Callable[[str], None] = lambda seed: None,
) -> Evaluation:
    """Evaluate a results folder, its first ``seeds`` seeds.

    Raises InputError: no results folder, runs that cannot be repeated, or no centre in them.
    """
    options = options or EvaluationOptions()
    results = read_repeatable(folder, links)
    if not len(results.centres) or not any(results.openings(seed) for seed in results.seeds):
        raise InputError([f"no centre opens in the runs of {folder}: there is nothing to evaluate"])
    check_repeatable(results)
    chosen = results.seeds[:seeds]
    jobs = [
        SeedJob(folder, links, seed, place == 0, place < CLOSE_SEEDS, options)
        for place, seed in enumerate(chosen)
    ]
    found = []
    for job, rows in _each(jobs, workers):
        found += [{"seed": job.seed, **row} for row in rows]
        finished(f"seed {job.seed}")
    rows = pd.DataFrame(found).sort_values("seed", kind="stable", ignore_index=True)
    summary = results.summary
    facts = {
        "scenario": summary["scenario"],
        "meaning": summary["meaning"],
        "folder": folder.name,
        "cities": summary["cities"],
        "firms": summary["firms"],
        "first_year": summary["first_year"],
        "last_year": summary["last_year"],
        "seeds": list(chosen),
        "outcome": options.outcome,
        "learner": options.learner,
        "left_out": options.left_out,
        "flaws": vars(options.flaws),
        "date": datetime.date.today().isoformat(),
        "versions": versions(),
    }
    return Evaluation(rows, summarise_over_seeds(rows), facts)


def _each(jobs: Sequence[SeedJob], workers: int) -> Iterable[tuple[SeedJob, list[TableRow]]]:
    ending = iter_results(_careful, jobs, min(workers, len(jobs)))
    try:
        for job, rows in ending:
            if isinstance(rows, str):
                raise ProcessError(f"seed {job.seed}: {rows}")
            if isinstance(rows, Exception):
                raise rows
            yield job, rows
    finally:
        ending.close()


class ProcessError(InputError):
    """A process that evaluated a seed was ended from outside."""

    def __init__(self, what: str) -> None:
        super().__init__([f"{what}; fewer --workers need less memory"])


def _careful(job: SeedJob) -> list[TableRow] | Exception:
    """Return all rows of one seed, or the error: it is raised in the parent process."""
    try:
        return evaluate_seed(job)
    except Exception as error:
        return error


def evaluate_seed(job: SeedJob) -> list[TableRow]:
    """Return all rows of one seed."""
    results = read_repeatable(job.folder, job.links)
    subject = simulated_subject(results, job.seed, job.options)
    rows = [*all_rows(subject, job.close, job.first), *_gap_indices(results, job.seed)]
    rows += further_rows(subject) if job.options.further and job.first else []
    rows += policy_rows(subject) if job.options.policy else []
    rows += mediation_rows(subject) if job.options.mediation and job.first else []
    return rows + (list(_held(results, job.seed, subject)) if job.close else [])


def simulated_subject(results: RepeatableResults, seed: int, options: EvaluationOptions) -> PanelWithRoles:
    """Return the panel of one seed with its true effects."""
    study, openings = results.study, results.openings(seed)
    with_centres, without = results.rows(seed, WITH), results.rows(seed, WITHOUT)
    last = quarter_of(f"{study.until}Q4", study.parameters.start_year)
    hosts = some_hosts(openings, options.left_out, seed, last)
    truth = find_true_effects(study, seed, openings, with_centres, without, hosts)
    panel = make_panel(with_centres, study.country.cities, openings, study.parameters, seed)
    panel = with_flaws(panel, options.flaws, seed)
    panel.attrs["city_order"] = study.country.cities["city_id"].tolist()
    controls = tuple(name for name in FIXED_CONTROLS if name in panel and panel[name].nunique() > 1)
    return PanelWithRoles(
        panel,
        options.outcome,
        controls,
        {name: label for name, label in CHANNELS.items() if name in panel},
        {name: label for name, (label, _) in MODERATORS.items() if name in panel},
        tuple(BANDS.values()),
        truth,
        options.learner,
        seed=seed,
        doubleml=options.doubleml,
    )


def _gap_indices(results: RepeatableResults, seed: int) -> Iterable[TableRow]:
    """Yield the true change of the gap indices in the last year, %: with centres against without."""
    cities = results.study.country.cities
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


def _held(results: RepeatableResults, seed: int, subject: PanelWithRoles) -> Iterable[TableRow]:
    """Yield the true total effect on hosts with each channel held at the twin's level, and with it free."""
    assert subject.truth is not None
    clamps = {**{channel: (channel,) for channel in HELD_CHANNELS}, ALL_SIX: tuple(HELD_CHANNELS)}
    runs = runs_with_held_channels(results.study, seed, results.openings(seed), clamps)
    count = len(results.study.country.cities)
    base = measures(runs[WITHOUT], count)
    for name, held in clamps.items():
        run = measures(runs[name], count)
        left = {
            measure: float((run[measure] - base[measure])[subject.truth.treated].mean())
            for measure in (subject.outcome, *held)
        }
        yield {
            "table": "held",
            "item": CHANNELS.get(name, name),
            "total": left[subject.outcome],
            "free": subject.truth.total_effect(subject.outcome),
            "left": left.get(name, np.nan),
        }


def summarise_over_seeds(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per table and item: the first seed's estimate, then a summary over seeds.

    ``estimate``, ``se``, ``low``, ``high``, ``own``, ``total``: of the first seed that has the item. Over
    seeds: ``mean``, ``sd`` of estimates, ``mean_own``, ``mean_total`` of true effects with ``sd_total``,
    ``bias`` (mean − mean own, or total where no own effect is defined) with its error ``bias_se``;
    ``coverage``: share of 95 % intervals that contain the mean true effect; ``power``: share that exclude
    zero on the side of the truth (both from four seeds on); ``seeds``. Of a channel: ``mean_with_channel``,
    the coefficient with it held fixed. With it held in the runs: ``mean_free``, the effect where it is free,
    and ``mean_left``, the effect that centres still have on it.
    """
    for name in ("estimate", "se", "low", "high", "own", "total", *EXTRAS):
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
        scored = len(interval) >= FEWEST_SCORED and np.isfinite(mean)
        found.append(
            {
                "table": table,
                "item": item,
                **{k: v for k, v in first.items() if k not in ("table", "item")},
                "mean": known["estimate"].mean(),
                "sd": known["estimate"].std(ddof=1),
                "mean_own": part["own"].mean(),
                "mean_total": part["total"].mean(),
                "sd_total": part["total"].std(ddof=1),
                **{f"mean_{name}": part[name].mean() for name in EXTRAS},
                "bias": errors.mean(),
                "bias_se": errors.std(ddof=1) / np.sqrt(len(errors)) if len(errors) > 1 else np.nan,
                "coverage": ((interval["low"] <= mean) & (mean <= interval["high"])).mean()
                if scored
                else np.nan,
                "power": side.mean() if scored else np.nan,
                "seeds": int(part["seed"].nunique()),
            }
        )
    return pd.DataFrame(found)
