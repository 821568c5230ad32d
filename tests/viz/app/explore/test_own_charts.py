"""Charts of what extensions record: measures and columns, of the run and over seeds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from tests.support.small_page import SMALL
from viz.app.explore.address import view_of
from viz.app.explore.chart_data import chart_table
from viz.app.explore.city_card import facts
from viz.app.explore.city_map import MEASURES, Scales, map_frame, map_look, map_measures
from viz.app.explore.explore_page import map_tools
from viz.app.explore.own_charts import own_charts, own_measures
from viz.app.explore.page_state import View
from viz.app.explore.seed_sample import SeedSample
from viz.app.explore.simulation import Simulation
from viz.app.explore.snapshot import Snapshot
from viz.app.model_catalogue import adjustable_parameters, serve_extensions
from viz.app.serving_options import EXTENSIONS
from viz.app.ui.translations import translator

CLOSURES = """
from model import Extension, Measure, Parameter

extension = Extension(
    "closures",
    parameters=[Parameter("patience", 2.0, 0.0, 8.0, "quarters", "not used", "judgement")],
    measures=[
        Measure("closing", "firms.exiting", by="city", yearly="sum", unit="firms/quarter"),
        Measure("built", "providers.capacity", by="city", unit="compute/quarter"),
        Measure("dearest", "providers.price", how="max", unit="money/compute"),
    ],
)
"""


@pytest.fixture
def extension(tmp_path, monkeypatch):
    path = tmp_path / "closures.py"
    path.write_text(CLOSURES, encoding="utf-8")
    monkeypatch.setenv(EXTENSIONS, "")
    serve_extensions([str(path)])


def test_measures_of_an_extension_have_charts_with_seeds_and_its_parameters_sliders(land, extension):
    assert "patience" in adjustable_parameters()
    assert [(one.name, one.unit) for one in own_measures()] == [
        ("closing", "firms/quarter"),
        ("built", "compute/quarter"),
        ("dearest", "money/compute"),
    ]
    options = replace(SMALL, changes=(("patience", 3.0),))
    made, sample = Simulation(land, options), SeedSample(land, options)
    sample.seeds, sample.until = range(4, 6), 24
    empty = made.snapshot()
    while sample.run_one(lambda: True):
        pass
    for _ in range(24):
        made.step()
    shot, tr = made.snapshot("all", sample), translator("en")
    for effect in (True, False):
        for chart in own_charts(effect).values():
            assert chart.option(tr, "all")["title"]
            assert len(chart.frame(shot, tr)["series"]) == len(chart.frame(empty, tr)["series"])
    mean = own_charts(True)["own dearest"].frame(shot, tr)["series"][3]["data"]
    by_hand = np.mean(
        [
            np.subtract(one.run.own["dearest"][21:25], one.twin.own["dearest"][21:25]).mean()
            for one in shot.seed_pairs
        ]
    )
    assert len(shot.seed_pairs) == 3
    assert mean[-1] == pytest.approx(by_hand, rel=1e-4)
    assert mean[-1] > 0
    closing = own_charts(False)["own closing"].frame(shot, tr)["series"][0]["data"]
    assert closing[-1][1] == pytest.approx(made.runs["run"].national_history["closing"][-1], rel=1e-4)
    table = chart_table(shot)
    assert set(table.loc[table["item"] == "dearest", "unit"]) == {"money/compute"}
    check_map_and_card(shot, made)
    own = own_charts(True)["own dearest"].text
    assert own is not None
    assert own(translator("zh")) == "对dearest的影响"


def check_map_and_card(shot: Snapshot, made: Simulation) -> None:
    """What is measured by city colours the map, is told on the card, and stands in the address."""
    tr = translator("en")
    assert set(map_measures()) - set(MEASURES) == {"closing", "built"}  # `dearest` is of the country alone
    for name in ("closing", "built"):
        level = map_frame(shot, View(name, False), Scales(), shot.run)["values"]
        now = made.runs["run"].history[name][-1]
        assert now.any()
        assert level == pytest.approx(now, rel=1e-3)
    effect = map_frame(shot, View("built"), Scales(), shot.run)
    apart = [one.pair.with_centres["built"] - one.pair.without["built"] for one in shot.seed_pairs]
    mean = np.mean(apart, axis=0)[0]
    assert mean.any()
    assert effect["values"] == pytest.approx(mean, rel=1e-3)
    assert effect["high"] == -effect["low"] > 0
    assert map_look(View("closing", False), tr)["label"] == "closing, firms/quarter"
    assert map_look(View("closing"), translator("zh"))["label"].startswith(
        "对closing的影响, firms/quarter，差值"
    )
    (colour,) = [one for one in map_tools(tr, View(), "all", []) if one["key"] == "measure"]
    assert colour["options"][-2:] == [("closing", "closing"), ("built", "built")]
    assert view_of({"colour": "closing"}).measure == "closing"
    assert view_of({"colour": "dearest"}).measure == View().measure
    row = int(np.argmax(now))
    told = dict(facts(shot, tr, row)["facts"])
    assert told["built, compute/quarter"] == f"{now[row]:,.4g}"
    assert "[" in told["Effect on built, compute/quarter"]  # three seeds have an interval


def test_without_extensions_there_are_none(monkeypatch):
    monkeypatch.setenv(EXTENSIONS, "")
    assert own_charts(True) == {}
    assert list(map_measures()) == list(MEASURES)
