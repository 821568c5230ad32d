"""The audit of the estimators."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments.evaluation import audit, generating_processes
from experiments.evaluation import audit as audit_module
from experiments.evaluation.audit import (
    SPILLOVERS,
    AuditSettings,
    _check_settings,
    audit_panel,
    read_audit,
    run_audit,
    scores,
)
from experiments.evaluation.estimator_registry import (
    ESTIMATORS,
)
from experiments.evaluation.estimators.event_study import event_study
from experiments.evaluation.generating_processes import Process, marks
from experiments.evaluation.known_effect import lot_panel
from experiments.evaluation.simulated_panel import make_panel
from experiments.evaluation.site_selection import Sites, draw_scenario
from experiments.evaluation.true_effects import run_with
from model.files.user_tables import InputError
from tests.support.long_version import LONG
from viz.reports.audit_report import audit_figures, audit_text, write_audit_report

TINY = AuditSettings(cities=30, firms=300, until=2012, hosts=6, first=2009, last=2010, left_out=1)


def _small(seed: int) -> pd.DataFrame:
    panel = lot_panel(seed, hosts=10, effect=0.1, cities=30, years=14)
    panel.attrs["controls"] = ("size",)
    return panel


LOT = {"lot": Process("by lot", _small)}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    few = {name: ESTIMATORS[name] for name in ("difference of means", "fixed effects")}
    monkeypatch.setattr(audit_module, "ESTIMATORS", few)
    monkeypatch.setattr(audit_module, "WAYS", {"random": "by lot"})
    monkeypatch.setattr(generating_processes, "PROCESSES", LOT)


@pytest.mark.usefixtures("quick")
def test_made_up_panels_are_cells_and_flaws_are_tried_where_cities_affect_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    few = {**audit_module.ESTIMATORS, audit_module.DEFAULT: ESTIMATORS["fixed effects, trends by traits"]}
    monkeypatch.setattr(audit_module, "ESTIMATORS", few)
    monkeypatch.setattr(audit_module, "SPILLOVERS", {name: SPILLOVERS[name] for name in ("none", "strong")})
    settings = replace(TINY, slow_every=2)
    rows = pd.concat([audit_panel(settings, settings.study(n), n, LOT) for n in (1, 2)])
    made = rows[rows["data"] == audit_module.MADE_UP]
    assert made.groupby("number")["estimator"].nunique().to_dict() == {1: 3, 2: 2}
    assert np.allclose(made[["own", "total"]], 0.1)
    assert (made.query("estimator == 'fixed effects'")["estimate"] - 0.1).abs().max() < 0.3
    others = rows[rows["data"] != audit_module.MADE_UP]
    assert set(others.loc[others["spillover"] == "none", "data"]) == {"expected", "counts"}
    assert set(others.loc[others["spillover"] == "strong", "data"]) == set(audit_module.STATES)
    slow = others[others["estimator"] == audit_module.DEFAULT]
    assert (set(slow["number"]), set(slow["data"]), set(slow["spillover"])) == (
        {1},
        {"counts"},
        {"strong"},
    )


@pytest.mark.usefixtures("quick")
def test_an_audit_continues_where_it_was_left(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    first = run_audit(folder, 1, TINY)
    kept = folder / "panel-00001.parquet"
    before = kept.stat().st_mtime_ns
    both = run_audit(folder, 2, TINY)
    assert kept.stat().st_mtime_ns == before
    assert both["number"].unique().tolist() == [1, 2]
    pd.testing.assert_frame_equal(
        both[both["number"] == 1].drop(columns="cpu_seconds"), first.drop(columns="cpu_seconds")
    )
    with pytest.raises(InputError, match="an audit with firms = 300, not 301"):
        run_audit(folder, 2, replace(TINY, firms=301))
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="holds other files"):
        run_audit(foreign, 1, TINY)
    (foreign / "notes.txt").rename(foreign / ".1-audit.json")  # what a killed process left is no obstacle
    _check_settings(foreign, TINY, marks(LOT))
    (foreign / "audit.json").write_text("{")
    with pytest.raises(InputError, match=r"audit.json is damaged or cannot be read"):
        run_audit(foreign, 1, TINY)
    (foreign / "panel-00001.parquet").write_bytes(kept.read_bytes()[:-9])
    with pytest.raises(InputError, match=r"panel-00001.parquet is damaged .* remove it"):
        read_audit(foreign)
    report = folder / "report"
    write_audit_report(report, scores(both), TINY)
    assert json.loads((report / "audit.json").read_text(encoding="utf-8"))["panels"] == 2


@pytest.mark.slow
@LONG
def test_the_check_of_paths_before_the_opening_notices_sites_chosen_on_the_draws() -> None:
    """Why a design that fails there can be told: 19 of 20 panels in the audit's country, by lot none."""
    settings = AuditSettings()
    study = settings.study()
    noticed = {"random": 0, "shocks": 0}
    for seed in range(1, 5):
        untreated = run_with(study, seed, [])
        for way in noticed:
            sites = Sites(way, settings.hosts, settings.first, settings.last)
            openings = draw_scenario(sites, study.country.cities, 2005, seed, untreated).openings
            yearly = run_with(study, seed, openings)
            panel = make_panel(yearly, study.country.cities, openings, study.parameters, seed)
            noticed[way] += event_study(panel).details["pretrend_p"] < 0.05
    assert noticed["shocks"] >= 3
    assert noticed["random"] <= 1


@pytest.mark.usefixtures("quick")
@LONG
def test_spillovers_do_what_their_names_say() -> None:
    """Without ways to touch each other cities without a centre are all but untouched."""
    rows = audit_panel(TINY, TINY.study(), 1)
    lots = (
        rows[(rows["sites"] == "random") & (rows["data"] == "expected")]
        .groupby("spillover")["on_others"]
        .first()
    )
    assert abs(lots["none"]) < 0.2 * abs(lots["strong"])
    assert set(lots.index) == set(SPILLOVERS)


def test_scores_are_counted_right() -> None:
    cell = {
        "sites": "random",
        "spillover": "usual",
        "data": "counts",
        "estimator": "double ML",
        "total": 0.2,
        "on_others": 0.0,
        "cpu_seconds": 1.0,
        "se": 0.1,
    }
    rows = pd.DataFrame(
        [
            {**cell, "number": n, "own": 0.1, "estimate": e, "low": e - 0.2, "high": e + 0.2}
            for n, e in enumerate((0.1, 0.35, 0.05, 0.3))
        ]
    )
    one = scores(rows).iloc[0]
    assert one["bias"] == pytest.approx(0.1)
    assert one["bias_total"] == pytest.approx(0.0)
    assert one["coverage"] == 0.75
    assert one["power"] == 0.5
    assert one["rmse"] == pytest.approx(np.sqrt((0.25**2 + 0.05**2 + 0.2**2) / 4))
    text = audit_text(
        scores(rows),
        {
            "settings": vars(TINY),
            "panels": 4,
            "date": "today",
            "rules": "r",
            "processes": {},
            "command": "c",
            "versions": {"computeleap": "0"},
        },
    )
    assert "double ML is in doubt, 75.0 ± 21.7 % of intervals" in text
    assert set(audit_figures(scores(rows))) == {"audit_coverage", "audit_bias"}


def test_processes_share_the_panels_that_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = pd.DataFrame({name: ["x"] if name in audit.ROW_TEXTS else [1.0] for name in audit.ROW})
    asked, ended = [], []

    def shared(function, jobs, workers):
        asked.append((len(jobs), workers))
        yield from ((job, function(job)) for job in reversed(jobs))

    monkeypatch.setattr(audit, "iter_results", shared)
    monkeypatch.setattr(audit, "audit_panel", lambda settings, study, number, _: panel.assign(number=number))
    rows = run_audit(tmp_path / "a", 3, TINY, ended.append, workers=8)
    assert rows["number"].tolist() == [1, 2, 3]
    run_audit(tmp_path / "a", 4, TINY, ended.append, workers=2)
    assert asked == [(3, 3), (1, 1)]
    assert ended == [3, 2, 1, 1, 2, 3, 4]
    monkeypatch.setattr(
        audit, "iter_results", lambda function, jobs, workers: ((job, "died") for job in jobs)
    )
    with pytest.raises(InputError, match=r"panel 1: died; fewer --workers need less memory"):
        run_audit(tmp_path / "b", 1, TINY, workers=2)
    monkeypatch.setattr(audit, "iter_results", shared)
    monkeypatch.setattr(audit, "audit_panel", lambda settings, study, number, _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_audit(tmp_path / "b", 1, TINY, workers=2)
    assert not list((tmp_path / "b").glob("*.parquet"))


def test_an_audit_is_kept_apart_from_other_files_and_audits(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no finished panel of an audit"):
        read_audit(tmp_path)
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="holds other files: name an empty or new folder for the audit"):
        audit._check_settings(tmp_path, AuditSettings(), {"lot": ""})
    (tmp_path / "note.txt").unlink()
    audit._check_settings(tmp_path, AuditSettings(), {"lot": ""})
    audit._check_settings(tmp_path, AuditSettings(), {"lot": ""})
    with pytest.raises(InputError, match="holds an audit with processes"):
        audit._check_settings(tmp_path, AuditSettings(), {"lot": "", "mine.py:own": "ab"})
    there = json.loads((tmp_path / audit.SETTINGS_FILE).read_text(encoding="utf-8"))
    (tmp_path / audit.SETTINGS_FILE).write_text(json.dumps({**there, "rules": "old"}), encoding="utf-8")
    with pytest.raises(InputError, match=r"holds an audit with rules = old, not \w+: name another folder"):
        audit._check_settings(tmp_path, AuditSettings(), {"lot": ""})


def test_each_panel_has_a_country_of_its_own() -> None:
    one, two, again = (TINY.study(number).country.cities for number in (1, 2, 1))
    pd.testing.assert_frame_equal(one, again)
    assert not np.allclose(one["population_2010"], two["population_2010"])


def judged(estimates: list[float], errors: float, data: str = "counts") -> str:
    """Return the report on an estimator whose own effect is 0.1 in each of these panels."""
    cell = dict(sites="random", spillover="usual", data=data, total=0.1, on_others=0.0, own=0.1)
    name = "double ML" if data == "counts" else "double ML, lasso"
    rows = pd.DataFrame(
        [
            {**cell, "estimator": name, "cpu_seconds": 1.0, "number": n, "estimate": e, "se": errors}
            | {"low": e - 1.96 * errors, "high": e + 1.96 * errors}
            for n, e in enumerate(estimates)
        ]
    )
    facts = {"settings": vars(TINY), "panels": len(rows), "date": "d", "rules": "r", "command": ""}
    return audit_text(scores(rows), {**facts, "versions": {"computeleap": "0"}})


def test_an_estimator_that_always_says_zero_fails_however_wide_its_intervals() -> None:
    assert "double ML fails, 100.0" in judged([0.0] * 200, 0.2)
    assert "double ML, lasso fails, 100.0" in judged([0.0] * 200, 0.2, "expected")


def test_an_estimator_passes_only_with_the_right_coverage_and_a_small_bias() -> None:
    spread = stats.norm.ppf((np.arange(200) + 0.5) / 200)
    assert "double ML passes, 95.0 ± 1.5 %" in judged(list(0.1 + 0.05 * spread), 0.05)
    assert "double ML fails" in judged(list(0.1 + 0.05 * spread), 0.03)  # too short
    assert "double ML is in doubt, 100.0" in judged(list(0.1 + 0.05 * spread), 0.10)  # too long
    assert "double ML fails" in judged(list(0.14 + 0.05 * spread), 0.08)  # biased by 40 %
    assert "double ML is in doubt" in judged(list(0.1 + 0.5 * spread), 0.5)  # the effect drowns
    assert "double ML, lasso fails" in judged(list(0.1 + 0.15 * spread), 0.15, "expected")
