"""What estimators and readers of the evaluation answer where there is nothing to compare."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from benchmarks import known_effect_scores as known_scores
from experiments.evaluation import audit, evaluate
from experiments.evaluation import observed_panel as observed
from experiments.evaluation import rerun as folder
from experiments.evaluation.audit import AuditSettings, read_audit
from experiments.evaluation.estimator_registry import (
    ESTIMATORS,
    controls_of,
    difference_of_means,
    mean_synthetic_control,
)
from experiments.evaluation.estimators import doubleml_adapter as of_doubleml
from experiments.evaluation.estimators.covariance import covariance
from experiments.evaluation.estimators.double_ml import DoubleMLSettings
from experiments.evaluation.estimators.doubleml_adapter import many_dates, partially_linear, static_panel
from experiments.evaluation.estimators.event_study import _wald, event_study, square_panel
from experiments.evaluation.estimators.learners import check_learner
from experiments.evaluation.estimators.panel_data import panel_data
from experiments.evaluation.estimators.placebo_tests import placebo_in_time
from experiments.evaluation.estimators.synthetic_control import synthetic_control
from experiments.evaluation.estimators.within_transform import less_means, within
from experiments.evaluation.mechanisms import splits
from experiments.evaluation.site_selection import WAYS, Sites, draw_scenario
from experiments.measures.ols import least_squares
from experiments.results.result_tables import READ
from experiments.storage import parquet
from experiments.study.study import WITH, WITHOUT
from experiments.study.worker_pool import DIED
from model.country.synthetic import synthetic_country
from model.files.user_tables import InputError
from model.scenarios.scenario import ScenarioError

LASSO = DoubleMLSettings("lasso")


def made_up(openings: dict[int, int], cities: int = 12, years: int = 8, effect: float = 1.0) -> pd.DataFrame:
    """A square panel in which the named cities open in the named years, with an outcome by hand."""
    rng = np.random.default_rng(1)
    city, year = np.repeat(np.arange(cities), years), np.tile(np.arange(years), cities)
    opening = np.array([openings.get(one, years) for one in range(cities)])[city]
    centre = (year >= opening).astype(float)
    outcome = effect * centre + 0.1 * rng.normal(size=len(city)) + 0.3 * city
    trait = (city % 3).astype(float)
    return pd.DataFrame(dict(city_id=city, year=year, outcome=outcome, centre=centre, trait=trait))


# ── Estimators ───────────────────────────────────────────────────────────────────────────────────


def test_errors_of_another_name_or_without_places_are_refused() -> None:
    regressors, residuals = np.ones((4, 1)), np.array([1.0, -1.0, 1.0, -1.0])
    codes = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    with pytest.raises(InputError, match="cov_type cannot be 'robust': choose one of jackknife"):
        covariance(regressors, residuals, *codes, "robust")
    with pytest.raises(InputError, match=r"errors by distance \(conley\) need lon and lat of the cities"):
        covariance(regressors, residuals, *codes, "conley")


def test_a_difference_of_variances_below_zero_falls_back_to_cities() -> None:
    """Residuals that cancel within years leave the part by year empty and that of rows large."""
    city, year = np.repeat(np.arange(2), 2), np.tile(np.arange(2), 2)
    regressors, residuals = np.ones((4, 1)), np.array([1.0, -1.0, -1.0, 1.0])
    both = covariance(regressors, residuals, city, year, "two-way")
    np.testing.assert_array_equal(both, covariance(regressors, residuals, city, year, "cluster"))


def test_a_column_without_variation_cannot_be_compared() -> None:
    frame = made_up({0: 3, 1: 3, 2: 4})
    with pytest.raises(InputError, match="column centre is 0 in every row: there is nothing to compare"):
        panel_data(frame.assign(centre=0.0), "outcome", "centre")
    twice = np.column_stack([np.arange(4.0), 2.0 * np.arange(4.0)])
    with pytest.raises(InputError, match="a treatment is explained in full by the others"):
        least_squares(twice, np.ones(4))


@pytest.mark.parametrize(("folds", "repeats"), [(1, 1), (2, 0)])
def test_folds_and_repeats_have_least_numbers(folds: int, repeats: int) -> None:
    with pytest.raises(InputError, match=f"at least 2 folds and 1 repeat, not {folds} and {repeats}"):
        DoubleMLSettings("lasso", folds=folds, repeats=repeats)


def test_learners_that_cannot_learn_are_refused() -> None:
    with pytest.raises(InputError, match="there is no learner 'trees': choose one of lasso"):
        check_learner("trees")
    with pytest.raises(InputError, match="a learner has the methods fit and predict; object has not"):
        check_learner(object())


def test_an_event_study_needs_somebody_to_compare_with() -> None:
    everybody = made_up(dict.fromkeys(range(12), 3))
    with pytest.raises(InputError, match="no city with a centre can be compared with cities that have none"):
        event_study(everybody, "outcome")
    closing = made_up({0: 3, 1: 3, 2: 4})
    closing.loc[(closing["city_id"] == 2) & (closing["year"] == 6), "centre"] = 0.0
    with pytest.raises(InputError, match="the centre of city 2 closes: an event study needs centres that"):
        square_panel(panel_data(closing, "outcome", "centre"))
    with pytest.raises(InputError, match="an event study needs every city in every year: 1 rows lack"):
        square_panel(panel_data(closing.iloc[1:], "outcome", "centre"))
    assert np.isnan(_wald(np.empty(0), np.empty((0, 0))))  # no year before the opening is compared


def test_openings_at_the_first_year_have_no_years_before() -> None:
    found = event_study(made_up({0: 1, 1: 1, 2: 1}), "outcome")
    assert [name for name in found.params.index if name.startswith("-")] == []
    assert np.isnan(found.details["pretrend_p"])
    assert found.params["mean"] == pytest.approx(1.0, abs=0.3)


def test_a_trait_that_changes_splits_nothing_and_a_half_without_hosts_has_no_effect() -> None:
    frame = made_up({0: 3, 1: 3, 2: 4, 4: 4})  # hosts are among the six of the lowest trait
    frame = frame.assign(trait=frame["city_id"] * 1.0)
    with pytest.raises(InputError, match="age changes within a city: a split needs a trait from before"):
        splits(frame.assign(age=frame["year"] * 1.0), ["age"], "outcome", settings=LASSO)
    found = splits(frame, ["trait"], "outcome", settings=LASSO).iloc[0]
    assert np.isnan(found["high"])
    assert found["low"] == pytest.approx(1.0, abs=0.4)


def test_a_placebo_in_time_needs_years_before() -> None:
    early = made_up({0: 0, 1: 0, 2: 0})
    with pytest.raises(InputError, match="no host has 3 years before its centre in the panel"):
        placebo_in_time(early, 3, "outcome")


def test_a_synthetic_control_needs_a_host_years_and_donors() -> None:
    frame = made_up({0: 2, 1: 5})
    for city in (7, 99):
        with pytest.raises(InputError, match=f"city {city} has no centre in the panel"):
            synthetic_control(frame, city, "outcome")
    with pytest.raises(InputError, match="city 0 has 2 years before its centre: at least 3 needed"):
        synthetic_control(frame, 0, "outcome")
    few = made_up(dict.fromkeys(range(11), 5))
    with pytest.raises(InputError, match=r"1 cities never have a centre: at least \d+ needed"):
        synthetic_control(few, 0, "outcome")


def test_cities_and_years_that_hardly_overlap_do_not_settle(monkeypatch) -> None:
    monkeypatch.setattr("experiments.evaluation.estimators.within_transform.ROUNDS", 2)
    city, year = np.array([0, 0, 1, 1, 2, 2, 3]), np.array([0, 1, 1, 2, 2, 3, 3])
    with pytest.raises(RuntimeError, match="the within transform did not settle"):
        within(np.arange(7.0) ** 2, city, year)
    assert less_means(np.empty((3, 0)), np.zeros(3, dtype=int)).shape == (3, 0)


# ── What they compete with ───────────────────────────────────────────────────────────────────────


def test_contenders_say_what_they_lack() -> None:
    few = made_up({0: 3})
    with pytest.raises(InputError, match="the last year needs two cities with a centre and two without"):
        difference_of_means(few, "outcome")
    late = made_up({0: 1, 1: 1})
    with pytest.raises(InputError, match="a synthetic control needs hosts with three years before"):
        mean_synthetic_control(late, "outcome")


def test_contenders_find_an_effect_by_hand() -> None:
    frame = made_up({0: 4, 1: 4, 2: 5}, cities=14)
    found = difference_of_means(frame, "outcome")
    last = frame[frame["year"] == 7]
    by_hand = last.groupby("centre")["outcome"].mean()
    assert found.estimate == pytest.approx(by_hand[1.0] - by_hand[0.0])
    mixed = mean_synthetic_control(frame, "outcome")
    assert mixed.estimate == pytest.approx(1.0, abs=0.3)
    assert mixed.low < mixed.estimate < mixed.high
    assert controls_of(frame) == ()
    plain = ESTIMATORS["fixed effects, trends by traits"](frame, "outcome")
    assert plain.estimate == pytest.approx(1.0, abs=0.2)


def test_sites_need_room_and_history() -> None:
    country = synthetic_country(12, 3)
    with pytest.raises(ScenarioError, match="no 0 hosts can open from 2009 to 2016"):
        Sites(next(iter(WAYS)), 0, 2009, 2016)
    with pytest.raises(ScenarioError, match="sites chosen on shocks need four years of a run without"):
        draw_scenario(Sites("shocks", 2, 2009, 2010), country, 2005, 1)
    with pytest.raises(ScenarioError, match="there is no way 'xyzzy' to choose sites; there are "):
        Sites("xyzzy", 2, 2009, 2010)


# ── DoubleML ─────────────────────────────────────────────────────────────────────────────────────


def test_doubleml_is_asked_only_for_what_it_can_do() -> None:
    data = panel_data(made_up({0: 3, 1: 3, 2: 4}), "outcome", "centre")
    with pytest.raises(InputError, match="there is no approach 'within': choose one of "):
        static_panel(data, approach="within")
    with pytest.raises(InputError, match=r"DoubleML takes a single learner, not 'lasso\+boosting'"):
        partially_linear(data, DoubleMLSettings("lasso+boosting"))
    with pytest.raises(InputError, match="no year has 4 hosts that open in it: DoubleML needs as many"):
        many_dates(data)
    with (
        pytest.raises(InputError, match="DoubleML cannot use this panel: it is odd"),
        of_doubleml._doubleml(),
    ):
        raise ValueError("it is odd")


# ── Folders ──────────────────────────────────────────────────────────────────────────────────────


def test_an_audit_is_kept_apart_from_other_files_and_audits(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no finished panel of an audit"):
        read_audit(tmp_path)
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="holds other files: name a folder of its own for the audit"):
        audit._check_settings(tmp_path, AuditSettings())
    (tmp_path / "note.txt").unlink()
    audit._check_settings(tmp_path, AuditSettings())
    audit._check_settings(tmp_path, AuditSettings())
    there = json.loads((tmp_path / audit.SETTINGS_FILE).read_text(encoding="utf-8"))
    (tmp_path / audit.SETTINGS_FILE).write_text(json.dumps({**there, "rules": "old"}), encoding="utf-8")
    with pytest.raises(InputError, match=r"holds an audit with rules = old, not \w+: name another folder"):
        audit._check_settings(tmp_path, AuditSettings())


def results_folder(place: Path, **changes: object) -> Path:
    """The files of a results folder, with nothing in them that can be evaluated."""
    summary = {
        "parameters": {}, "first_year": 2005, "last_year": 2005, "scenario": "none", "meaning": "m", **changes
    }  # fmt: skip
    (place / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    country = synthetic_country(12, 3)
    parquet.write(country, place / "city_table.parquet")
    panel = pd.DataFrame({"seed": 1, "arm": np.repeat([WITH, WITHOUT], 12), "year": 2005})
    panel = panel.assign(city_id=np.tile(country["city_id"], 2), **dict.fromkeys(READ, 1.0))
    parquet.write(panel, place / "panel.parquet")
    parquet.write(pd.DataFrame({"seed": pd.Series(dtype=int)}), place / "centres.parquet")
    return place


def test_a_folder_of_another_version_or_damaged_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no results folder of computeleap run: there is no such folder"):
        folder.read_results(tmp_path / "nowhere")
    with pytest.raises(InputError, match="is no results folder of computeleap run: it has no "):
        folder.read_results(tmp_path)
    results_folder(tmp_path, parameters={"xyzzy": 1.0})
    with pytest.raises(InputError, match="was made by another version: "):
        folder.read_results(tmp_path)
    results_folder(tmp_path, last_year=None)
    with pytest.raises(InputError, match="it has no last_year between 1900 and 2200"):
        folder.read_results(tmp_path)


def test_an_extension_that_has_another_text_now_is_refused(tmp_path: Path, monkeypatch) -> None:
    source = tmp_path / "mine.py"
    source.write_text("from model import Extension\nextension = Extension(name='mine')\n", encoding="utf-8")
    named = [{"name": "mine", "source": f"{source}:extension", "hash": "old"}]
    results_folder(tmp_path, extensions=named)
    with pytest.raises(InputError, match="was made with another text of extension mine: run it again"):
        folder.read_results(tmp_path)


def test_a_folder_without_centres_has_nothing_to_evaluate(tmp_path: Path) -> None:
    results_folder(tmp_path)
    found = folder.read_results(tmp_path)
    assert found.openings(1) == ()
    with pytest.raises(InputError, match=r"no centre opens in the runs of .*: there is nothing to evaluate"):
        evaluate.evaluate(tmp_path)


def test_the_size_of_a_centre_is_found_to_the_last_bit() -> None:
    usual = 0.1
    for size in (0.3, 1.0 / 3.0, 0.7, 1.1, 2.9):
        assert folder._ratio(size * usual, usual) * usual == size * usual
    assert folder._ratio(5.0, 0.0) == 1.0


def test_jobs_run_here_or_in_a_crew_and_give_their_rows(monkeypatch) -> None:
    jobs = [SimpleNamespace(seed=seed) for seed in (1, 2)]
    monkeypatch.setattr(evaluate, "evaluate_seed", lambda job: [{"item": job.seed}])
    here = list(evaluate._each(jobs, 1))
    assert [rows for _, rows in here] == [[{"item": 1}], [{"item": 2}]]

    made = []

    def crew(doing, jobs, workers):
        made.append(workers)
        return ((job, doing(job)) for job in jobs)

    monkeypatch.setattr(evaluate, "each", crew)
    both = {job.seed: rows for job, rows in evaluate._each(jobs, 2)}
    assert both == {1: [{"item": 1}], 2: [{"item": 2}]}

    def broken(job):
        raise RuntimeError(f"seed {job.seed}")

    monkeypatch.setattr(evaluate, "evaluate_seed", broken)
    with pytest.raises(RuntimeError, match="seed "):
        list(evaluate._each(jobs, 2))
    assert made == [2, 2]
    monkeypatch.setattr(evaluate, "each", lambda doing, jobs, workers: ((job, DIED) for job in jobs))
    with pytest.raises(InputError, match=r"^seed 1: its process was ended .*; fewer --workers need less"):
        list(evaluate._each(jobs, 2))


def test_scores_of_made_up_panels_are_written(tmp_path: Path, monkeypatch, capsys) -> None:
    scores = pd.DataFrame([{"estimator": "fixed effects", "mean": 0.123456789, "coverage": 0.9}])
    monkeypatch.setattr(known_scores, "known_scores", lambda: scores)
    known_scores.main(tmp_path / "k.json")
    found = json.loads((tmp_path / "k.json").read_text(encoding="utf-8"))
    assert found["scores"] == [{"estimator": "fixed effects", "mean": 0.123457, "coverage": 0.9}]
    assert found["seeds"] == [1, known_scores.PANELS]
    assert "0.1235" in capsys.readouterr().out


def test_a_table_with_places_has_centres_by_distance_band(tmp_path: Path) -> None:
    """Cities lie 111 km apart along a meridian; the first opens in year 3."""
    frame = made_up({0: 3}, cities=4, years=5)
    table = frame.assign(lon=110.0, lat=20.0 + frame["city_id"])
    found = observed._with_bands(table)
    near = list(observed.BANDS.values())
    of_next = found[found["city_id"] == 1]
    assert of_next[near].sum(axis=1).tolist() == [0.0, 0.0, 0.0, 1.0, 1.0]
    own = found[found["city_id"] == 0]
    assert own[near].sum(axis=None) == 0.0  # its own centre is not one nearby
    path = tmp_path / "t.parquet"
    table.to_parquet(path)
    assert observed._header(path)[:3] == ["city_id", "year", "outcome"]
    assert observed._header(tmp_path / "none.parquet") == []
    path.write_text("no parquet", encoding="utf-8")
    assert observed._header(path) == []


def test_a_study_of_which_every_pair_failed_says_why(monkeypatch) -> None:
    from experiments.study import pairs

    failed = SimpleNamespace(twins=lambda: None, interrupted=False, failures={(1, "with"): "it fell over"})
    monkeypatch.setattr(pairs, "run_arms", lambda *_, timeout: failed)
    with pytest.raises(pairs.NoPairError, match="no pair of runs ended: it fell over") as told:
        pairs.run_twins(None)
    assert told.value.failures == {(1, "with"): "it fell over"}
    failed.interrupted = True
    assert pairs.run_twins(None) is None
