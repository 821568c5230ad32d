"""Charts of what extensions record: measures and columns, of the run and over seeds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from tests.support.small_page import SMALL
from viz.app.explore.chart_data import chart_table
from viz.app.explore.own_charts import own_charts, own_measures
from viz.app.explore.seed_sample import SeedSample
from viz.app.explore.simulation import Simulation
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
    own = own_charts(True)["own dearest"].text
    assert own is not None
    assert own(translator("zh")) == "对dearest的影响"


def test_without_extensions_there_are_none(monkeypatch):
    monkeypatch.setenv(EXTENSIONS, "")
    assert own_charts(True) == {}
