"""The evaluation of a results folder, seed by seed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from experiments.evaluation import evaluate
from experiments.evaluation.evaluate import EvaluationOptions, simulated_subject, summarise_over_seeds
from experiments.evaluation.rerun import read_repeatable
from experiments.study.study import WITH, WITHOUT
from experiments.study.worker_pool import DIED
from model.files.user_tables import InputError
from tests.support.city_panels import empty_results


def test_the_subject_holds_the_stored_truth(results: Path) -> None:
    found = read_repeatable(results)
    subject = simulated_subject(found, 1, EvaluationOptions(left_out=2))
    assert subject.truth is not None
    assert len(subject.truth.own) == 2
    arms = [
        np.log1p(found.rows(1, arm)["realised_innovation"].to_numpy().reshape(-1, 40))
        for arm in (WITH, WITHOUT)
    ]
    treated = subject.truth.treated
    assert subject.truth.total_effect("log_innovations") == pytest.approx((arms[0] - arms[1])[treated].mean())
    order = found.study.country.cities["city_id"].to_numpy()
    hosts = subject.panel.groupby("city_id")["centre"].max().loc[order].to_numpy()
    assert (treated.any(axis=0) == (hosts > 0)).all()


def test_over_seeds_scores_against_the_mean_truth() -> None:
    rows = pd.DataFrame(
        [
            {
                "seed": seed,
                "table": "t",
                "item": "i",
                "estimate": e,
                "se": 0.1,
                "low": e - 0.2,
                "high": e + 0.2,
                "own": 0.1,
                "total": 0.3,
            }
            for seed, e in ((1, 0.0), (2, 0.25), (3, 0.5), (4, 0.25))
        ]
    )
    found = summarise_over_seeds(rows).iloc[0]
    assert found["estimate"] == 0.0
    assert found["bias"] == pytest.approx(0.15)
    assert found["coverage"] == 0.75
    assert found["power"] == 0.75
    assert found["mean_total"] == pytest.approx(0.3)


def test_a_folder_without_centres_has_nothing_to_evaluate(tmp_path: Path) -> None:
    empty_results(tmp_path)
    found = read_repeatable(tmp_path)
    assert found.openings(1) == ()
    with pytest.raises(InputError, match=r"no centre opens in the runs of .*: there is nothing to evaluate"):
        evaluate.evaluate(tmp_path)


def test_jobs_run_here_or_in_processes_and_return_their_rows(monkeypatch) -> None:
    jobs = [SimpleNamespace(seed=seed) for seed in (1, 2)]
    monkeypatch.setattr(evaluate, "evaluate_seed", lambda job: [{"item": job.seed}])
    here = list(evaluate._each(jobs, 1))
    assert [rows for _, rows in here] == [[{"item": 1}], [{"item": 2}]]

    made = []

    def crew(doing, jobs, workers):
        made.append(workers)
        return ((job, doing(job)) for job in jobs)

    monkeypatch.setattr(evaluate, "iter_results", crew)
    both = {job.seed: rows for job, rows in evaluate._each(jobs, 2)}
    assert both == {1: [{"item": 1}], 2: [{"item": 2}]}

    def broken(job):
        raise RuntimeError(f"seed {job.seed}")

    monkeypatch.setattr(evaluate, "evaluate_seed", broken)
    with pytest.raises(RuntimeError, match="seed "):
        list(evaluate._each(jobs, 2))
    assert made == [2, 2]
    monkeypatch.setattr(evaluate, "iter_results", lambda doing, jobs, workers: ((job, DIED) for job in jobs))
    with pytest.raises(InputError, match=r"^seed 1: its process was ended .*; fewer --workers need less"):
        list(evaluate._each(jobs, 2))
