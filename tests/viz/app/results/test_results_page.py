"""The page of results: the shelf, what is read, charts and downloads; and a walk through it in a browser."""

from __future__ import annotations

import io
import json
import math
import os
import sys
import threading
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

solara = pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from experiments.questions.ablation import MECHANISMS  # noqa: E402
from experiments.measures.findings import FINDINGS  # noqa: E402
from experiments.measures.heterogeneity import SPLITS  # noqa: E402
from experiments.measures.effects import mean_and_se  # noqa: E402
from experiments.questions.regimes import MAPS  # noqa: E402
from experiments.study.settings import settle  # noqa: E402
from experiments.sweep import load, open_store  # noqa: E402
from experiments.sweep.analysis.sensitivity import Sensitivity, sensitivity  # noqa: E402
from viz.app.results import run_charts  # noqa: E402
from viz.app.results import result_reader as results_read  # noqa: E402
from viz.app.results import study_charts as results_study_charts  # noqa: E402
from viz.app.results import sweep_charts as results_sweep_charts  # noqa: E402
from viz.app.results.downloads import as_csv, as_parquet, experiment_file, file_name  # noqa: E402
from viz.app.results.chart_numbers import interval, shown  # noqa: E402
from viz.app.results.line_options import Bundle, bands  # noqa: E402
from viz.app.results.result_reader import ResultCache, BackgroundReader, RunFolder, StudyFolder, SweepStore, UnreadableError, read  # noqa: E402
from viz.app.results.shelf import Shelf, scan_shelf  # noqa: E402
from viz.app.ui.translations import LANGUAGES, Translator, translator  # noqa: E402

from tests.support.results_shelf import SWEEP  # noqa: E402

sys.path.pop(0)

EN = translator("en")
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def folder(small_shelf: Path) -> Path:
    return small_shelf


@pytest.fixture(scope="module")
def shelf(folder: Path) -> Shelf:
    return scan_shelf(folder)


def opened(shelf: Shelf, key: str) -> Any:
    item = shelf.find(key)
    assert item is not None
    return results_read.SHARED_CACHE.read(item)


# ── The shelf ────────────────────────────────────────────────────────────────────────────────────


def test_the_shelf_lists_what_is_there_and_says_what_it_is(shelf):
    kinds = {item.key: item.kind for item in shelf.items}
    assert kinds["random_hosts"] == kinds["actual"] == "run"
    assert kinds["studies/layouts"] == "study"
    assert kinds["tiny"] == kinds["tiny_morris"] == "sweep"
    facts = shelf.find("random_hosts")
    assert (facts.seeds, facts.version, len(facts.date)) == (2, "0.1.0", 10)
    assert facts.bytes > 1000


def test_what_is_broken_is_listed_with_its_reason(shelf):
    reasons = {item.key: item.reason for item in shelf.items if item.kind == "broken"}
    assert reasons == {
        "damaged": "unreadable",
        "listed": "unreadable",
        "deep": "unreadable",
        "foreign": "foreign",
        "incomplete": "incomplete",
        "old_store": "old",
    }


@pytest.mark.parametrize(
    "key", ["way_out", "../outside", "/etc", "", ".hidden", "random_hosts/../../outside", "random_hosts/"]
)
def test_only_keys_of_the_list_open_something(shelf, key):
    assert shelf.find(key) is None


def test_a_folder_that_is_not_there_is_an_empty_shelf(tmp_path):
    assert scan_shelf(tmp_path / "nowhere") == Shelf(())


def test_no_more_than_so_many_are_listed(tmp_path, monkeypatch):
    monkeypatch.setattr("viz.app.results.shelf.MOST", 3)
    for k in range(5):
        (tmp_path / str(k)).mkdir()
        (tmp_path / str(k) / "summary.json").write_text("{")
    shelf = scan_shelf(tmp_path)
    assert (len(shelf.items), shelf.more) == (3, True)


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────


def test_a_results_folder_is_read_as_it_was_written(shelf, folder):
    found = opened(shelf, "random_hosts")
    assert isinstance(found, RunFolder)
    told = json.loads((folder / "random_hosts" / "summary.json").read_text())
    assert found.tables["effects"]["mean"].tolist() == pytest.approx([row["mean"] for row in told["effects"]])
    panel = pd.read_parquet(folder / "random_hosts" / "panel.parquet")
    totals = panel.groupby(["seed", "arm", "year"])["innovation"].sum().unstack("year")
    for arm in ("with", "without"):
        assert found.series["innovation", arm] == pytest.approx(totals.xs(arm, level="arm").to_numpy())


def test_a_store_is_read_as_the_sweep_says(shelf):
    found = opened(shelf, "tiny")
    assert isinstance(found, SweepStore)
    assert (found.total, found.by_status, found.factors) == (
        12,
        {"ok": 12},
        ("capacity_scale", "talent_mobility"),
    )
    assert {"change_theil", "innovation"} <= set(found.measures)


@pytest.mark.parametrize("key", ["odd_store", "other_study", "<b>garbled"])
def test_what_cannot_be_read_has_a_reason_that_has_words(shelf, folder, key):
    with pytest.raises(UnreadableError) as caught:
        read(shelf.find(key))
    assert EN(f"results.broken.{caught.value.reason}", **caught.value.values)
    assert str(folder.parent) not in str(caught.value)  # nobody's business


def test_large_folders_are_capped_with_a_word(shelf, monkeypatch):
    monkeypatch.setattr(results_read, "LARGEST_PANEL", 10)
    with pytest.raises(UnreadableError) as caught:
        read(shelf.find("actual"))
    assert "more than the 10 that this page reads" in EN("results.broken.large", **caught.value.values)
    monkeypatch.setattr(results_read, "LARGEST_STORE", 3)
    with pytest.raises(UnreadableError) as caught:
        read(shelf.find("tiny"))
    assert "This sweep has 12 runs" in EN("results.broken.large_store", **caught.value.values)


def test_what_was_read_is_kept_until_its_files_change(shelf, folder):
    kept, item = ResultCache(), shelf.find("studies/layouts")
    first = kept.read(item)
    assert kept.read(item) is first
    os.utime(folder / "studies" / "layouts" / "layouts.parquet", (1.0e9, 4.0e9))
    assert kept.read(item) is not first


def test_reading_tells_its_steps_and_can_be_given_up(shelf):
    items = [shelf.find(key) for key in ("tiny", "damaged")]
    steps: list[tuple[str, int]] = []
    BackgroundReader(items, lambda step, done, found, bad: steps.append((step, done)), ResultCache()).run()
    assert steps[0] == ("tables", 0)
    assert steps[-1] == ("", 2)
    heard, going = [], threading.Event()

    def told(step: str, done: int, found: list[Any], bad: dict[str, Any]) -> None:
        heard.append(step)
        going.set()
        reading.cancel()

    reading = BackgroundReader(items, told, ResultCache())
    reading.begin()
    assert going.wait(30.0)
    time.sleep(0.3)
    assert heard == ["tables"]


# ── Charts ───────────────────────────────────────────────────────────────────────────────────────


def all_charts(shelf: Shelf, tr: Translator) -> Iterator[tuple[str, dict[str, Any]]]:
    runs = [opened(shelf, key) for key in ("random_hosts", "actual")]
    for measure in results_read.NATIONAL_MEASURES:
        yield f"over time {measure}", run_charts.over_time(runs[0], measure, tr, True, (0.0, 1.0))
        yield f"difference {measure}", run_charts.difference(runs[0], measure, tr, False)
    yield "distance", run_charts.distance(runs, tr)
    yield "channels", run_charts.channels(runs, tr)
    for k in range(len(run_charts.HEADLINES)):
        yield f"compared {k}", run_charts.compared(runs, k, tr)
    yield "map", run_charts.city_map(runs[0], tr)
    store = opened(shelf, "tiny")
    for measure in store.measures:
        yield (
            f"regimes {measure}",
            results_sweep_charts.regime_map(store.finals, measure, *store.factors, tr),
        )
        yield (
            f"response {measure}",
            results_sweep_charts.response(store.finals, measure, "capacity_scale", tr),
        )
    folder = shelf.find("tiny_morris").folder
    yield (
        "sensitivity",
        results_sweep_charts.sensitivity_bars(sensitivity(open_store(folder), "innovation"), tr),
    )
    study = opened(shelf, "studies/layouts")
    for measure in results_study_charts.layout_measures(study.tables["layouts"]):
        yield f"layouts {measure}", results_study_charts.layouts(study.tables["layouts"], measure, tr)
    yield from study_charts(tr)


def study_charts(tr: Translator) -> Iterator[tuple[str, dict[str, Any]]]:
    splits = pd.DataFrame(
        [
            {
                "scenario": "random_hosts",
                "id": one.id,
                "raw": 5.0,
                "raw_se": 1.0,
                "partial": -2.0,
                "partial_se": 3.0,
                "seeds": 6,
            }
            for one in SPLITS
        ]
    )
    yield "splits", results_study_charts.splits(splits, "random_hosts", tr)
    ablation = pd.DataFrame(
        [
            {
                "scenario": "random_hosts",
                "mechanism": how.id,
                "id": one.id,
                "size": 3.0,
                "se": 1.0,
                "verdict": "holds",
                "seeds": 6,
            }
            for how in MECHANISMS
            for one in FINDINGS
        ]
    )
    yield "ablation", results_study_charts.ablation(ablation, "random_hosts", tr)
    for of in MAPS:
        rows = [
            {
                "scenario": "actual",
                "map": of.id,
                "x": x,
                "y": y,
                "id": "C14",
                "mean": x - y,
                "se": 0.5,
                "seeds": 4,
                "regime": "",
            }
            for x in of.x.values
            for y in of.y.values
        ]
        yield (
            f"regimes {of.id}",
            results_study_charts.regimes(pd.DataFrame(rows), "actual", of.id, "C14", tr),
        )
    curve = pd.DataFrame(
        [
            {
                "scenario": "actual",
                "access": access,
                "multiple": m,
                "measure": measure,
                "mean": m,
                "se": 0.1,
                "seeds": 5,
            }
            for access in ("network", "local")
            for m in (0.5, 1.0)
            for measure in results_study_charts.OVERSUPPLY
        ]
    )
    for measure in results_study_charts.OVERSUPPLY:
        yield f"oversupply {measure}", results_study_charts.oversupply(curve, "actual", measure, tr)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_is_plain_data_and_every_axis_has_a_name(shelf, language):
    names = []
    for name, option in all_charts(shelf, translator(language)):
        text = json.dumps(option, allow_nan=False)  # JSON, as the browser gets it
        assert "<img" not in text
        for which in ("xAxis", "yAxis"):
            assert option[which]["name"], f"{name}: {which} has no name"
        names.append(name)
    assert len(names) > 40


def test_units_are_on_the_axes(shelf):
    charts = dict(all_charts(shelf, EN))
    units = {
        "over time innovation": "per year",
        "over time theil": "no unit",
        "over time sigma": "log points",
        "difference theil": "%",
        "response change_theil": "%",
        "response utilisation": "fraction",
        "layouts theil": "%",
        "layouts use": "fraction",
    }
    for name, unit in units.items():
        axes = charts[name]["yAxis"]["name"] + charts[name]["xAxis"]["name"]
        assert unit in axes, name
    assert "km" in charts["distance"]["xAxis"]["name"]
    assert "degrees" in charts["map"]["xAxis"]["name"]


def test_a_band_is_the_interval_of_student(shelf):
    values = np.random.default_rng(3).normal(5.0, 1.0, (8, 3))
    option = bands([1, 2, 3], [Bundle("a", values, "#000")], "unit", "year", ("low", "high"), seeds=True)
    found = mean_and_se(values[:, 1])
    low, high = interval(found["mean"], found["se"], found["seeds"])
    assert high - low == pytest.approx(2 * 2.3646 * found["se"], rel=1e-3)  # t of 7 degrees of freedom
    line = next(s for s in option["series"] if "encode" in s)
    assert line["data"][1][1:] == pytest.approx([found["mean"], low, high], rel=1e-3)
    assert sum("areaStyle" in s for s in option["series"]) == 1
    assert len(option["series"]) == 8 + 2 + 1


def test_one_seed_has_no_interval():
    option = bands([1, 2], [Bundle("a", np.ones((1, 2)), "#000")], "unit", "year", ("low", "high"))
    assert not any("areaStyle" in s for s in option["series"])
    assert math.isnan(interval(1.0, float("nan"), 1)[0])
    assert shown(1.234) == "+1.23"
    assert shown(float("nan")) == "–"


def test_a_cell_is_the_mean_over_seeds_of_means_over_points(shelf):
    store = opened(shelf, "tiny")
    option = results_sweep_charts.regime_map(
        store.finals, "innovation", "capacity_scale", "talent_mobility", EN
    )
    cell = next(row for row in option["series"][0]["data"] if row["value"][:2] == [2, 1])
    here = store.finals[(store.finals["capacity_scale"] == 2.0) & (store.finals["talent_mobility"] == 0.05)]
    assert cell["value"][2] == pytest.approx(here["innovation"].mean(), rel=1e-3)
    one = results_sweep_charts.estimate(store.finals, "innovation")
    assert one["seeds"] == 2  # replications that share luck are not counted as more than they are


def test_verdicts_follow_two_standard_errors():
    def verdict(mean: float, error: float, measure: str = "change_theil") -> str:
        return results_sweep_charts.verdict(measure, {"mean": mean, "se": error, "seeds": 5}, EN)

    assert verdict(-1.0, 0.4) == "the gap closes"
    assert verdict(1.0, 0.4) == "the gap widens"
    assert verdict(1.0, 0.6) == "cannot be told from zero"
    assert verdict(1.0, 0.4, "effect_hosts") == "centres raise it"
    assert verdict(1.0, 0.4, "innovation") == ""


def test_many_values_of_a_factor_are_put_into_bins():
    few = results_sweep_charts.levels(pd.Series([1.0, 2.0, 1.0]))
    assert few.names == ("1", "2")
    assert few.codes.tolist() == [0, 1, 0]
    many = results_sweep_charts.levels(pd.Series(np.arange(100.0)))
    assert len(many.names) == results_sweep_charts.BINS
    assert np.bincount(many.codes).min() >= 12
    assert results_sweep_charts.levels(pd.Series(["b", "a"])).names == ("a", "b")


def test_runs_are_filtered_by_level(shelf):
    store = opened(shelf, "tiny")
    found = results_sweep_charts.filtered(
        store, {"capacity_scale": "2", "talent_mobility": "", "unknown": "x"}
    )
    assert set(found["capacity_scale"]) == {2.0}
    assert len(found) == 4
    assert not len(results_sweep_charts.filtered(store, {"capacity_scale": "77"}))


def test_pawn_has_a_line_of_pure_luck():
    table = pd.DataFrame(
        {"factor": ["substitution"], "median": [0.4], "maximum": [0.6], "cv": [1.0], "dummy": [0.1]}
    )
    option = results_sweep_charts.sensitivity_bars(Sensitivity("pawn", "theil", table, 60, 0, ""), EN)
    assert option["series"][0]["markLine"]["data"] == [{"xAxis": 0.1}]


def test_names_of_files_cannot_become_html(shelf):
    found = opened(shelf, "random_hosts")
    cities = found.tables["cities"].assign(name_en="<script>{b}", name_zh="<i>")
    marked = RunFolder(
        found.item, found.summary, found.years, found.seeds, found.series, {**found.tables, "cities": cities}
    )
    text = json.dumps(run_charts.city_map(marked, EN))
    assert "<script>" not in text
    assert "{b}" not in text
    assert "&lt;script&gt;(b)" in text


# ── Downloads ────────────────────────────────────────────────────────────────────────────────────


def test_settings_of_a_run_come_back_through_the_command_line(shelf, tmp_path):
    found = opened(shelf, "random_hosts")
    name, text = experiment_file(found)
    (tmp_path / name).write_text(text, encoding="utf-8")
    settings = settle(tmp_path / name)
    assert (settings.scenario, settings.seed_numbers, settings.until) == ("random_hosts", (1, 2), 2011)
    assert settings.experiment.applied_to(settings.parameters).model_dump() == found.summary["parameters"]
    assert f"computeleap run --config {name}" in text
    assert "--cities FILE" in text  # it was run with an own table


def test_the_file_of_a_sweep_is_the_same_experiment(shelf, tmp_path):
    found = opened(shelf, "tiny")
    name, text = experiment_file(found)
    (tmp_path / name).write_text(text, encoding="utf-8")
    again = load(tmp_path / name, tmp_path / "store").build_scenario
    assert again.identity() == open_store(found.item.folder).build_scenario.identity()
    assert tomllib.loads(text)["design"] == SWEEP["design"]


def test_the_server_keeps_its_folders_to_itself(shelf):
    found = opened(shelf, "tiny")
    values = {**found.values, "base": {**found.values["base"], "cities": "/home/someone/secret/own.csv"}}
    private = SweepStore(**{**vars(found), "values": values})
    text = experiment_file(private)[1]
    assert "/home" not in text
    assert "# put own.csv beside this file" in text


def test_the_command_of_a_study_is_whole(shelf):
    found = opened(shelf, "studies/layouts")
    assert isinstance(found, StudyFolder)
    name, text = experiment_file(found)
    assert name == "study-layouts.sh"
    assert (
        "computeleap study layouts random_hosts poor_sites_network --seeds 2 --first-seed 1 --until 2011"
        in text
    )
    assert "--set firms=150" in text


def test_tables_come_back_from_what_is_downloaded(shelf):
    table = opened(shelf, "random_hosts").tables["cities"]
    assert pd.read_parquet(io.BytesIO(as_parquet(table))).equals(table)
    read_again = pd.read_csv(io.BytesIO(as_csv(table)))
    assert read_again["effect"].to_numpy() == pytest.approx(table["effect"].to_numpy(), nan_ok=True)
    assert as_csv(table).startswith(b"\xef\xbb\xbf")  # so that spreadsheets read Chinese names
    assert b"'=cmd()" in as_csv(pd.DataFrame({"name": ["=cmd()"]}))


@pytest.mark.parametrize("text", ["../../etc/passwd", "a/b\\c", "名字", "x" * 500, ""])
def test_names_of_downloads_are_plain(text):
    name = file_name(text, "theil")
    assert 0 < len(name) <= 80
    assert not set(name) & set("/\\ ")
    assert not name.startswith(".")


# ── Without a browser ────────────────────────────────────────────────────────────────────────────


class Visitor:
    """What the page needs of a session."""

    def __init__(self, folder: Path | None) -> None:
        self.language = solara.reactive("en")
        self.results_folder = folder


def texts_of(widget: Any) -> str:
    """All text under a widget."""
    parts = []
    for child in getattr(widget, "children", None) or ():
        parts.append(child if isinstance(child, str) else texts_of(child))
    return " ".join(parts)


def wait_for(condition: Any, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def page(folder):
    from viz.app.results.results_page import Results

    visitor = Visitor(folder)
    box, found = solara.render(Results(visitor), handle_error=False)
    yield visitor, box, found
    found.close()


def click(found: Any, text: str) -> None:
    import ipyvuetify

    button = next(b for b in found.find(ipyvuetify.Btn).widgets if text in texts_of(b))
    button.click()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("random_hosts", "Innovation of host cities"),
        ("layouts", "Change of the gap between cities"),
        ("tiny_morris", "Elementary effects"),
        ("damaged", "is damaged"),
        ("odd_store", "cannot be read"),
    ],
)
def test_one_click_opens_what_is_on_the_shelf(page, name, expected):
    visitor, box, found = page
    assert "Choose results on the left" in texts_of(box)
    click(found, name)
    wait_for(lambda: expected in texts_of(box))
    visitor.language.value = "zh"
    wait_for(lambda: "结果文件夹" in texts_of(box))


def test_without_a_folder_the_page_says_how_to_have_one(tmp_path, monkeypatch):
    from viz.app.results.results_page import Results

    monkeypatch.delenv("COMPUTELEAP_RESULTS", raising=False)
    for folder, sentence in ((None, "has no results folder"), (tmp_path, "There are no results yet")):
        box, found = solara.render(Results(Visitor(folder)), handle_error=False)
        wait_for(lambda box=box, sentence=sentence: sentence in texts_of(box))
        found.close()
