"""The range over parameters of every estimate of a question: its arms, run with members of the ensemble."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from experiments.ensemble.headline_ranges import MEMBERS, verdict
from experiments.ensemble.member_run import with_factors
from experiments.ensemble.members import Ensemble
from experiments.ensemble.parameter_range import range_of
from experiments.questions.question_catalogue import QUESTIONS, Question, Tables
from experiments.questions.run_question import PreparedQuestion
from experiments.study.results import Results
from experiments.study.run_arms import run_arms
from experiments.study.run_cache import CACHE
from experiments.study.study import Study
from experiments.study.worker_pool import iter_results
from model.scenarios.scenario import Scenario

TABLE = "uncertainty"
# Question → table → columns that name a row; pairs of estimate and standard error.
ESTIMATES: dict[str, dict[str, tuple[tuple[str, ...], tuple[tuple[str, str], ...]]]] = {
    "splits": {"splits": (("scenario", "id"), (("raw", "raw_se"), ("partial", "partial_se")))},
    "ablation": {"ablation": (("scenario", "mechanism", "id"), (("size", "se"),))},
    "regimes": {"regimes": (("scenario", "map", "id", "x", "y"), (("mean", "se"),))},
    "layouts": {"layouts": (("scenario", "measure"), (("mean", "se"),))},
    "oversupply": {"curve": (("scenario", "access", "multiple", "measure"), (("mean", "se"),))},
    "single_centres": {"bands": (("scenario", "group"), (("mean", "se"),))},
    "frontier": {"points": (("scenario", "point"), (("c13", "c13_se"), ("c14", "c14_se")))},
    "policies": {"policies": (("scenario", "measure"), (("mean", "se"),))},
    "mechanisms": {"policies": (("scenario", "measure"), (("mean", "se"),))},
}
LABEL = " · "


def estimates(name: str, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the estimates of a question's tables: label, mean, se; a row each."""
    rows = []
    for table, (keys, columns) in ESTIMATES[name].items():
        for row in tables[table].to_dict("records"):
            label = LABEL.join(
                f"{row[key]:g}" if isinstance(row[key], float) else str(row[key]) for key in keys
            )
            for value, error in columns:
                told = label if len(columns) == 1 else f"{label}{LABEL}{value}"
                rows.append({"label": told, "mean": float(row[value]), "se": float(row[error])})
    return pd.DataFrame(rows, columns=["label", "mean", "se"])


def study_ranges(
    prepared: PreparedQuestion,
    found: Ensemble,
    members: int,
    results: Results,
    tables: Tables,
    finished: Callable[[str], None] = lambda name: None,
) -> Tables:
    """Run the arms with members, taken evenly, one seed each; return the table ``uncertainty``.

    label, mean, se, seeds of the study; low, median, high, above_zero, seeds_share, members and verdict as
    ``headline_ranges``. The spread over seeds is that of the study itself. Members that fail are left out.
    Runs are kept in the cache, so the same command continues.
    """
    study = prepared.study
    jobs = [(one, study.seeds[place % len(study.seeds)]) for place, one in enumerate(found.evenly(members))]
    given = {one: found.values(one) for one, _ in jobs}
    job = partial(_member_estimates, prepared.question.name, prepared.scenarios, study, given)
    outcomes: dict[int, pd.Series] = {}
    for (member, _), outcome in iter_results(job, jobs, prepared.workers):
        if isinstance(outcome, pd.Series):
            outcomes[member] = outcome
        finished(f"member {member}")
    own = estimates(prepared.question.name, tables)
    return {TABLE: ranges_of(own, [outcomes[one] for one in sorted(outcomes)], len(study.seeds))}


def ranges_of(own: pd.DataFrame, by_member: Sequence[pd.Series], seeds: int) -> pd.DataFrame:
    """Return the estimates of a study with their range over members. by_member: label → estimate, of each."""
    rows = []
    for row in own.to_dict("records"):
        values = np.array([one.get(row["label"], math.nan) for one in by_member], dtype=float)
        noise = row["se"] * math.sqrt(seeds) if math.isfinite(row["se"]) else 0.0
        span = range_of(values, noise)
        rows.append(
            {**row, "seeds": seeds, **span, "verdict": verdict(row["mean"], row["se"], pd.Series(span))}
        )
    return pd.DataFrame(rows)


def _member_estimates(
    name: str,
    scenarios: Sequence[Scenario],
    study: Study,
    given: Mapping[int, Mapping[str, float]],
    job: tuple[int, int],
) -> pd.Series | str:
    """Return label → estimate of the arms with the parameters of a member and one seed, or why not."""
    member, seed = job
    question = QUESTIONS[name]
    try:
        results = run_arms(member_study(question, scenarios, study, given[member], seed), cache=CACHE)
        if results.failures:
            return next(iter(results.failures.values()))
        found = estimates(name, question.tables(results, [one.name for one in scenarios]))
        return found.drop_duplicates("label").set_index("label")["mean"]
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def member_study(
    question: Question, scenarios: Sequence[Scenario], study: Study, values: Mapping[str, float], seed: int
) -> Study:
    """Return the study of a question with the parameters of a member; what the user set stays as it is."""
    parameters = with_factors(study.parameters, values)
    one = replace(study, arms=question.arms(scenarios, parameters), parameters=parameters, seeds=(seed,))
    one = replace(one, arms_of=None)
    return one if question.by_seed is None else question.by_seed(one, scenarios)


def members_to_run(wanted: int | None, found: Ensemble) -> int:
    """Return how many members are run, if so many are wanted."""
    return min(wanted or MEMBERS, len(found.members))
