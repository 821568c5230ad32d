"""The panel of a run, the ways of choosing sites, the truth, an own table, the audit and the commands."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

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
from experiments.evaluation.codebook import CHANNELS, CODEBOOK
from experiments.evaluation.estimator_registry import ESTIMATORS
from experiments.evaluation.estimators.event_study import event_study
from experiments.evaluation.evaluate import EvaluationOptions, simulated_subject, summarise_over_seeds
from experiments.evaluation.known_effect import CONTROLS, known_panel
from experiments.evaluation.observed_panel import ColumnRoles, read_observed
from experiments.evaluation.rerun import check_repeatable, read_results
from experiments.evaluation.simulated_panel import Flaws, first_years, make_panel, with_flaws
from experiments.evaluation.site_selection import WAYS, Sites, draw_scenario
from experiments.evaluation.true_effects import find_true_effects, run_with
from experiments.study.study import WITH, WITHOUT, Study
from model.country.geography import load_centres
from model.country.network import build_network
from model.country.synthetic import synthetic_country
from model.economy.initial_state import coreness
from model.files.user_tables import InputError
from model.parameters import Parameters
from model.regional_model import RegionalModel
from model.scenarios.scenario import Opening, ScenarioError
from model.scenarios.scenario_catalogue import find_scenario
from viz.cli.commands import app
from viz.cli.evaluation_commands import show_evaluation
from viz.reports.audit_report import audit_figures, audit_text, write_audit_report


def call(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def study() -> Study:
    country = synthetic_country(40, 1)
    return Study(
        find_scenario("none"), (1,), Parameters(firms=800), 2014, country, load_centres(None, country),
        build_network(country),
    )  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluation")
    assert call("synthetic", 40, "--out", folder / "forty.csv").exit_code == 0
    out = folder / "runs"
    answer = call("run", "random_hosts", "--cities", folder / "forty.csv", "--firms", 800, "--until", 2016,
                  "--seeds", 2, "--workers", 1, "--out", out)  # fmt: skip
    assert answer.exit_code == 0, answer.output
    return out


# ── The panel ────────────────────────────────────────────────────────────────────────────────────


def test_the_first_treated_year_has_two_quarters_of_work() -> None:
    quarters = {0: 0, 1: 0, 2: 0, 3: 1, 4: 1, 6: 1, 7: 2, 23: 6}
    for quarter, year in quarters.items():
        assert first_years([Opening("a", 1, "super", quarter)], 3)[1] == year, quarter
    both = [Opening("a", 0, "super", 9), Opening("b", 0, "basic", 2)]
    assert first_years(both, 2).tolist() == [0, np.iinfo(np.int64).max]


def test_the_panel_is_what_the_run_was(study: Study) -> None:
    openings = (Opening("a", 3, "super", 16), Opening("b", 7, "basic", 22))
    rows = run_with(study, 5, openings)
    panel = make_panel(rows, study.cities, openings, study.parameters, 5)
    assert list(panel.columns) == [entry.name for entry in CODEBOOK]
    assert len(panel) == 40 * 10
    one = panel[panel["city_id"] == study.cities["city_id"].iloc[3]]
    raw = rows[rows["city_id"] == study.cities["city_id"].iloc[3]]
    assert one["innovations"].tolist() == raw["realised_innovation"].tolist()
    assert one["centre"].tolist() == [0.0] * 4 + [1.0] * 6
    assert set(one["opening_year"]) == {2009}
    assert one["log_sales_before"].to_numpy()[1:] == pytest.approx(np.log(raw["revenue"].to_numpy()[:-1]))
    hosts = study.cities["city_id"].iloc[[3, 7]]
    assert panel.loc[~panel["city_id"].isin(hosts), "centre"].max() == 0.0
    counted = panel[[name for name in panel if name.startswith("centres_")]].sum(axis=1)
    assert counted.max() <= 2


def test_moderators_are_those_of_the_model(study: Study) -> None:
    panel = make_panel(run_with(study, 5, []), study.cities, [], study.parameters, 5)
    model = RegionalModel(study.parameters, "none", 5, cities=study.cities)
    first = panel[panel["year"] == 2005]
    for name in ("business_environment", "data_openness", "redundancy", "fiscal_decentralisation"):
        assert first[name].tolist() == model.state["cities"][name].tolist()
    assert panel.groupby("city_id")[["talent_density", "market_potential"]].nunique().max().max() == 1


def test_flaws(study: Study) -> None:
    openings = tuple(Opening(str(row), row, "super", 12) for row in range(20))
    panel = make_panel(run_with(study, 5, openings), study.cities, openings, study.parameters, 5)
    pd.testing.assert_frame_equal(with_flaws(panel, Flaws(), 1), panel)
    flawed = with_flaws(panel, Flaws(control_noise=0.5, wrong_dates=0.5, omitted=("capital",)), 1)
    assert "capital" not in flawed
    error = (flawed["log_population"] - panel["log_population"]).groupby(panel["city_id"])
    assert error.nunique().max() == 1
    assert 0.2 < error.first().std() / panel["log_population"].std() < 0.9
    off = (flawed["opening_year"] - panel["opening_year"]).dropna()
    assert set(off) == {-1, 0, 1}
    again = flawed["year"] >= flawed["opening_year"].astype("float64").fillna(np.inf)
    assert (flawed["centre"] == again).all()
    noisy = with_flaws(panel, Flaws(outcome_noise=0.3), 1)
    assert (noisy["log_innovations"] - panel["log_innovations"]).std() == pytest.approx(0.3, rel=0.15)
    with pytest.raises(InputError, match="no column 'capitl'; did you mean capital"):
        with_flaws(panel, Flaws(omitted=("capitl",)), 1)


# ── Sites ────────────────────────────────────────────────────────────────────────────────────────


def test_sites_are_chosen_as_named(study: Study) -> None:
    untreated = run_with(study, 1, [])
    core = coreness(study.cities)
    means = {}
    for way in WAYS:
        chosen = [
            {
                o.city
                for o in draw_scenario(Sites(way, 8, last=2012), study.cities, 2005, seed, untreated).openings
            }
            for seed in range(30)
        ]
        assert all(len(hosts) == 8 for hosts in chosen)
        means[way] = np.mean([core[list(hosts)].mean() for hosts in chosen])
    assert abs(means["random"]) < 0.3
    assert means["wealth"] > means["random"] + 0.5


def test_shocks_favour_cities_that_did_well(study: Study) -> None:
    untreated = run_with(study, 1, [])
    logs = np.log1p(untreated.pivot(index="year", columns="city_id", values="realised_innovation").to_numpy())
    shock = logs[2:4].mean(axis=0) - logs[:2].mean(axis=0)
    sites = Sites("shocks", 8, first=2009, last=2009)
    chosen = [
        [o.city for o in draw_scenario(sites, study.cities, 2005, seed, untreated).openings]
        for seed in range(20)
    ]
    assert np.mean([shock[hosts].mean() for hosts in chosen]) > shock.mean() + 0.5 * shock.std()


def test_a_draw_is_a_function_of_the_seed(study: Study) -> None:
    one, two, other = (draw_scenario(Sites("random", 8), study.cities, 2005, seed) for seed in (1, 1, 2))
    assert one == two
    assert one.openings != other.openings
    quarters = {opening.quarter for opening in one.openings}
    assert min(quarters) >= 16
    assert max(quarters) < 48


def test_sites_that_cannot_be(study: Study) -> None:
    with pytest.raises(ScenarioError, match="no way 'welth' to choose sites; did you mean wealth"):
        Sites("welth")
    with pytest.raises(ScenarioError, match="30 hosts are more than half of the 40 cities"):
        draw_scenario(Sites("random", 30), study.cities, 2005, 1)
    with pytest.raises(ScenarioError, match="four years of a run without centres"):
        draw_scenario(Sites("shocks", 4), study.cities, 2005, 1)


# ── The truth ────────────────────────────────────────────────────────────────────────────────────


def test_one_centre_alone_has_one_truth(study: Study) -> None:
    """With a single host the run without its centre is the run without centres."""
    openings = (Opening("a", 3, "super", 16, 2.0),)
    arms = run_with(study, 2, openings), run_with(study, 2, [])
    truth = find_true_effects(study, 2, openings, *arms, hosts=[3])
    for measure in ("log_innovations", "application"):
        assert truth.own_effect(measure) == truth.total_effect(measure)
    raw = [np.log1p(rows["realised_innovation"].to_numpy().reshape(10, 40)) for rows in arms]
    assert truth.total_effect("log_innovations") == pytest.approx((raw[0] - raw[1])[4:, 3].mean())
    others = np.delete((raw[0] - raw[1])[4:], 3, axis=1)
    assert truth.spillover("log_innovations") == pytest.approx(others.mean())
    assert (truth.total["log_innovations"][:4] == 0.0).all()


def test_bands_hold_every_other_city_once(study: Study) -> None:
    openings = (Opening("a", 3, "super", 16, 2.0),)
    truth = find_true_effects(
        study, 2, openings, run_with(study, 2, openings), run_with(study, 2, []), hosts=[3]
    )
    far = replace(truth, distance=np.full((40, 40), 200.0))
    found = far.by_band("log_innovations")
    assert found["centres_300km"] == pytest.approx(truth.spillover("log_innovations"))
    assert np.isnan(found["centres_150km"])


# ── A results folder ─────────────────────────────────────────────────────────────────────────────


def test_the_runs_of_a_folder_come_out_the_same_again(results: Path) -> None:
    found = read_results(results)
    check_repeatable(found)
    again = run_with(found.study, 2, found.openings(2))
    there = found.rows(2, WITH)
    assert again["innovation"].tolist() == there["innovation"].tolist()
    other = replace(
        found, study=replace(found.study, parameters=found.study.parameters.changed(cloud_price=2.0))
    )
    with pytest.raises(InputError, match="do not come out the same again"):
        check_repeatable(other)


def test_the_subject_holds_the_stored_truth(results: Path) -> None:
    found = read_results(results)
    subject = simulated_subject(found, 1, EvaluationOptions(left_out=2))
    assert subject.truth is not None
    assert len(subject.truth.own) == 2
    arms = [
        np.log1p(found.rows(1, arm)["realised_innovation"].to_numpy().reshape(-1, 40))
        for arm in (WITH, WITHOUT)
    ]
    treated = subject.truth.treated
    assert subject.truth.total_effect("log_innovations") == pytest.approx((arms[0] - arms[1])[treated].mean())
    order = found.study.cities["city_id"].to_numpy()
    hosts = subject.panel.groupby("city_id")["centre"].max().loc[order].to_numpy()
    assert (treated.any(axis=0) == (hosts > 0)).all()


def test_no_results_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such folder"):
        read_results(tmp_path / "none")
    with pytest.raises(InputError, match=r"it has no summary\.json"):
        read_results(tmp_path)


def test_over_seeds_scores_against_the_mean_truth() -> None:
    rows = pd.DataFrame([
        {"seed": seed, "table": "t", "item": "i", "estimate": e, "se": 0.1, "low": e - 0.2, "high": e + 0.2,
         "own": 0.1, "total": 0.3}
        for seed, e in ((1, 0.0), (2, 0.25), (3, 0.5), (4, 0.25))
    ])  # fmt: skip
    found = summarise_over_seeds(rows).iloc[0]
    assert found["estimate"] == 0.0
    assert found["bias"] == pytest.approx(0.15)
    assert found["coverage"] == 0.75
    assert found["power"] == 0.75
    assert found["mean_total"] == pytest.approx(0.3)


# ── The commands ─────────────────────────────────────────────────────────────────────────────────


def test_panel_writes_a_table_and_its_codebook(results: Path, tmp_path: Path) -> None:
    out = tmp_path / "panel.csv"
    answer = call("panel", results, "--out", out, "--omit", "capital")
    assert answer.exit_code == 0, answer.output
    panel, book = pd.read_csv(out), pd.read_csv(tmp_path / "panel_codebook.csv")
    assert list(panel.columns) == book["name"].tolist()
    assert "capital" not in panel
    drawn = call("panel", results, "--out", tmp_path / "drawn.parquet", "--sites", "wealth", "--hosts", 10)
    assert drawn.exit_code == 0, drawn.output
    assert pd.read_parquet(tmp_path / "drawn.parquet").groupby("city_id")["centre"].max().sum() == 10
    for words in (("--out", out), ("--out", tmp_path / "p.csv", "--seed", 9), ("--out", tmp_path / "p.txt")):
        assert call("panel", results, *words).exit_code == 2


@pytest.mark.slow
def test_evaluate_writes_the_tables_of_the_paper(results: Path, tmp_path: Path) -> None:
    out = tmp_path / "report"
    answer = call("evaluate", results, "--seeds", 1, "--workers", 1, "--learner", "lasso", "--out", out)
    assert answer.exit_code == 0, answer.output
    assert {path.name for path in out.iterdir()} == {
        "report.html", "evaluation.json", "table.parquet", "rows.parquet", "figures"
    }  # fmt: skip
    table = pd.read_parquet(out / "table.parquet")
    assert set(table["table"]) == {
        "baseline", "robustness", "channels", "splits", "bands", "gap", "event_study", "checks", "held"
    }  # fmt: skip
    channels = table[table["table"] == "channels"]
    assert len(channels) == 6
    assert channels[["estimate", "se", "own", "total", "with_channel"]].notna().all().all()
    parts = table[table["table"] == "splits"]
    assert len(parts) == 24
    assert parts["total"].notna().all()
    held = table[table["table"] == "held"]
    assert held["item"].tolist() == [*CHANNELS.values(), "all six together"]
    assert held[["total", "free"]].notna().all().all()
    main = json.loads((out / "evaluation.json").read_text(encoding="utf-8"))
    assert main["seeds"] == [1]
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "not a mediation effect" in page
    assert page.count("<h2>") == 8
    assert "<script" not in page
    assert call("evaluate", results, "--treatment", "hub").exit_code == 2


@pytest.mark.slow
def test_an_own_table(tmp_path: Path) -> None:
    frame = known_panel(1, cities=60, years=10)
    frame["city"] = "City " + frame["city_id"].astype(str)
    path = tmp_path / "mine.csv"
    frame.drop(columns="city_id").rename(columns={"centre": "hub"}).to_csv(path, index=False)
    out = tmp_path / "out"
    answer = call("evaluate", path, "--outcome", "outcome", "--treatment", "hub", "--city", "city", "--out",
                  out,
                  "--controls", ",".join(CONTROLS[:4]), "--moderators", "half", "--channels", "channel",
                  "--learner", "lasso")  # fmt: skip
    assert answer.exit_code == 0, answer.output
    table = pd.read_parquet(out / "table.parquet")
    from experiments.evaluation.estimators.double_ml import DoubleMLSettings, double_ml

    ordered = frame.assign(city_id=pd.factorize(frame["city"], sort=True)[0])
    expected = double_ml(ordered, "outcome", controls=CONTROLS[:4], settings=DoubleMLSettings("lasso"))
    main = table[table["item"] == "double ML"].iloc[0]
    assert main["estimate"] == pytest.approx(expected.params["centre"])
    assert "nobody knows the true effect" in (out / "report.html").read_text(encoding="utf-8")


def test_mistakes_in_an_own_table_are_named_by_row_and_column(tmp_path: Path) -> None:
    frame = known_panel(1, cities=20, years=5)[["city_id", "year", "outcome", "centre", "x1"]]
    roles = ColumnRoles("outcome", controls=("x1",))
    cases = {
        "gap": (frame.assign(x1=frame["x1"].where(frame.index != 3)), "row 5, column x1: is blank"),
        "text": (frame.assign(outcome=frame["outcome"].astype(object).where(frame.index != 0, "many")),
                 'row 2, column outcome: "many" is not a number'),
        "flag": (frame.assign(centre=frame["centre"] * 2), "column centre: \"2.0\" is not 1 or 0"),
        "twice": (pd.concat([frame, frame.iloc[[7]]]), "row 102, column year: city 2 has the year 2007"),
        "missing": (frame.drop(columns="x1"), "column x1: is missing"),
        "never": (frame.assign(centre=0), "column centre is 0 in every row"),
        "all": (frame.assign(centre=1), "column centre is 1 in every row"),
        "always": (frame.assign(centre=(frame["city_id"] < 5) * 1), "centre never changes within a city"),
        "at once": (frame.assign(centre=(frame["year"] > 2007) * 1), "changes in all cities in the same"),
        "flat": (frame.assign(outcome=1.0), "column outcome is 1 in every row"),
        "infinite": (frame.assign(x1=frame["x1"].where(frame.index != 2, np.inf)),
                     "row 4, column x1: inf is not a finite number"),
        "one": (frame[frame["city_id"] == 3], "at least 10 cities and 2 years, not 1 and 5"),
    }  # fmt: skip
    for name, (table, said) in cases.items():
        path = tmp_path / f"{name}.csv"
        table.to_csv(path, index=False)
        with pytest.raises(InputError) as caught:
            read_observed(path, roles)
        assert said in str(caught.value), name
        assert call("evaluate", path, "--outcome", "outcome", "--controls", "x1").exit_code == 2
    frame.rename(columns={"outcome": "innovations"}).assign(innovations=-1).to_csv(tmp_path / "less.csv")
    with pytest.raises(InputError, match="column innovations: -1 is not"):
        read_observed(tmp_path / "less.csv", ColumnRoles("innovations", controls=("x1",)))
    text = frame.assign(city_id="贵阳" + frame["city_id"].astype(str)).to_csv(index=False)
    (tmp_path / "gbk.csv").write_bytes(text.encode("gbk"))
    with pytest.raises(InputError, match=r"row 2: byte 0xb9 is not UTF-8 text"):
        read_observed(tmp_path / "gbk.csv", roles)
    with pytest.raises(InputError, match="column centre cannot play two parts"):
        read_observed(tmp_path / "gap.csv", ColumnRoles("outcome", controls=("centre",)))
    assert call("evaluate", tmp_path / "none.csv").exit_code == 2
    assert "log_innovations" in call("schema", "panel").stdout


# ── The audit ────────────────────────────────────────────────────────────────────────────────────

TINY = AuditSettings(cities=30, firms=300, until=2012, hosts=6, first=2009, last=2010, left_out=1)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    few = {name: ESTIMATORS[name] for name in ("difference of means", "fixed effects")}
    monkeypatch.setattr(audit_module, "ESTIMATORS", few)


@pytest.mark.usefixtures("quick")
def test_an_audit_goes_on_where_it_was_left(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    first = run_audit(folder, 1, TINY)
    kept = folder / "panel-00001.parquet"
    before = kept.stat().st_mtime_ns
    both = run_audit(folder, 2, TINY)
    assert kept.stat().st_mtime_ns == before
    assert both["number"].unique().tolist() == [1, 2]
    pd.testing.assert_frame_equal(both[both["number"] == 1].drop(columns="cpu_seconds"),
                                  first.drop(columns="cpu_seconds"))  # fmt: skip
    with pytest.raises(InputError, match="an audit with firms = 300, not 301"):
        run_audit(folder, 2, replace(TINY, firms=301))
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="holds other files"):
        run_audit(foreign, 1, TINY)
    (foreign / "notes.txt").rename(foreign / ".1-audit.json")  # what a killed process left is no obstacle
    _check_settings(foreign, TINY)
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
def test_the_check_of_paths_before_the_opening_notices_sites_chosen_on_luck() -> None:
    """Why a design that fails there can be told: 19 of 20 panels in the audit's country, by lot none."""
    settings = AuditSettings()
    study = settings.study()
    noticed = {"random": 0, "shocks": 0}
    for seed in range(1, 5):
        untreated = run_with(study, seed, [])
        for way in noticed:
            sites = Sites(way, settings.hosts, settings.first, settings.last)
            openings = draw_scenario(sites, study.cities, 2005, seed, untreated).openings
            yearly = run_with(study, seed, openings)
            panel = make_panel(yearly, study.cities, openings, study.parameters, seed)
            noticed[way] += event_study(panel).details["pretrend_p"] < 0.05
    assert noticed["shocks"] >= 3
    assert noticed["random"] <= 1


@pytest.mark.usefixtures("quick")
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
    cell = {"sites": "random", "spillover": "usual", "data": "counts", "estimator": "double ML", "total": 0.2,
            "on_others": 0.0, "cpu_seconds": 1.0, "se": 0.1}  # fmt: skip
    rows = pd.DataFrame([
        {**cell, "number": n, "own": 0.1, "estimate": e, "low": e - 0.2, "high": e + 0.2}
        for n, e in enumerate((0.1, 0.35, 0.05, 0.3))
    ])  # fmt: skip
    one = scores(rows).iloc[0]
    assert one["bias"] == pytest.approx(0.1)
    assert one["bias_total"] == pytest.approx(0.0)
    assert one["coverage"] == 0.75
    assert one["power"] == 0.5
    assert one["rmse"] == pytest.approx(np.sqrt((0.25**2 + 0.05**2 + 0.2**2) / 4))
    text = audit_text(scores(rows), {
        "settings": vars(TINY), "panels": 4, "date": "today", "rules": "r", "versions": {"computeleap": "0"}
    })  # fmt: skip
    assert "double ML is in doubt, 75.0 ± 21.7 % of intervals" in text
    assert set(audit_figures(scores(rows))) == {"audit_coverage", "audit_bias"}


def test_the_terminal_shows_estimates_and_truth(capsys: pytest.CaptureFixture[str]) -> None:
    table = pd.DataFrame([{"table": "baseline", "item": "double ML", "estimate": 0.1234, "se": 0.01,
                           "mean_own": 0.11, "mean_total": 0.2, "bias": 0.01, "coverage": 0.9}])  # fmt: skip
    show_evaluation(table, observed=False)
    shown = capsys.readouterr().out
    assert "+0.123" in shown
    assert "+0.110" in shown
