"""What all charts of results have in common: plain data, names and units of axes."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pandas as pd
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")
from experiments.measures.findings import FINDINGS
from experiments.measures.heterogeneity import SPLITS
from experiments.questions.ablation import MECHANISMS
from experiments.questions.regimes import MAPS
from experiments.sweep import open_store
from experiments.sweep.analysis.sensitivity import sensitivity
from tests.support.results_shelf import opened
from viz.app.explore.country_charts import COUNTRY, LEVELS
from viz.app.explore.live_chart import PALE
from viz.app.explore.plans_panel import TITLES, plan_option
from viz.app.explore.run_options import ALL
from viz.app.results import result_reader, run_charts, study_charts, sweep_charts
from viz.app.results.shelf import Shelf
from viz.app.ui.chart_options import PALETTE, Option
from viz.app.ui.translations import LANGUAGES, Translator, translator
from viz.palette import LEAST, contrast

EN = translator("en")


def all_charts(shelf: Shelf, tr: Translator) -> Iterator[tuple[str, Option]]:
    runs = [opened(shelf, key) for key in ("random_hosts", "actual")]
    for measure in result_reader.NATIONAL_MEASURES:
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
            sweep_charts.regime_map(store.finals, measure, *store.factors, tr),
        )
        yield (
            f"response {measure}",
            sweep_charts.response(store.finals, measure, "capacity_scale", tr),
        )
    folder = shelf.find("tiny_morris").folder
    yield (
        "sensitivity",
        sweep_charts.sensitivity_bars(sensitivity(open_store(folder), "innovation"), tr),
    )
    study = opened(shelf, "studies/layouts")
    for measure in study_charts.layout_measures(study.tables["layouts"]):
        yield f"layouts {measure}", study_charts.layouts(study.tables["layouts"], measure, tr)
    yield from charts_of_studies(tr)


def charts_of_studies(tr: Translator) -> Iterator[tuple[str, Option]]:
    numbers = {"raw": 5.0, "raw_se": 1.0, "partial": -2.0, "partial_se": 3.0, "seeds": 6}
    splits = pd.DataFrame([{"scenario": "random_hosts", "id": one.id, **numbers} for one in SPLITS])
    yield "splits", study_charts.splits(splits, "random_hosts", tr)
    measured = {"size": 3.0, "se": 1.0, "verdict": "holds", "seeds": 6}
    ablation = pd.DataFrame(
        [
            {"scenario": "random_hosts", "mechanism": how.id, "id": one.id, **measured}
            for how in MECHANISMS
            for one in FINDINGS
        ]
    )
    yield "ablation", study_charts.ablation(ablation, "random_hosts", tr)
    common: dict[str, object] = {"scenario": "actual", "id": "C14", "se": 0.5, "seeds": 4, "regime": ""}
    for of in MAPS:
        rows = [
            {**common, "map": of.id, "x": x, "y": y, "mean": x - y} for x in of.x.values for y in of.y.values
        ]
        yield f"regimes {of.id}", study_charts.regimes(pd.DataFrame(rows), "actual", of.id, "C14", tr)
    common = {"scenario": "actual", "se": 0.1, "seeds": 5}
    curve = pd.DataFrame(
        [
            {**common, "access": access, "multiple": m, "measure": measure, "mean": m}
            for access in ("network", "local")
            for m in (0.5, 1.0)
            for measure in study_charts.OVERSUPPLY
        ]
    )
    for measure in study_charts.OVERSUPPLY:
        yield f"oversupply {measure}", study_charts.oversupply(curve, "actual", measure, tr)


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


def marks(option: Option) -> Iterator[str]:
    """Colours of the lines, bars and points of a chart that are no support of another series."""
    for one in option["series"]:
        if one.get("type") == "heatmap" or one.get("silent"):
            continue  # cells have a scale and numbers; bands and faint lines go with a line
        for style in ("lineStyle", "itemStyle"):
            colour = one.get(style, {}).get("color")
            if isinstance(colour, str) and colour.startswith("#"):
                yield colour


def test_every_mark_has_a_contrast_of_three_to_one(shelf):
    options = [option for _, option in all_charts(shelf, EN)]
    options += [chart.option(EN, ALL) for charts in (COUNTRY, LEVELS) for chart in charts.values()]
    plans = [plan_option(EN, measure, 3) for measure in TITLES]
    found = {*PALETTE, PALE} | {colour for option in [*options, *plans] for colour in marks(option)}
    assert len(found) > 8
    assert {colour: round(contrast(colour), 2) for colour in found if contrast(colour) < LEAST} == {}
    assert {one["yAxis"]["nameLocation"] for one in plans} == {"end"}  # above the numbers, not over them
