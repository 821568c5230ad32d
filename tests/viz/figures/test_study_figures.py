"""Figures of the questions: colours, frames, hatching, and room for every text."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from experiments.measures.findings import FINDINGS, sign_verdict
from experiments.measures.heterogeneity import SPLITS
from experiments.questions.ablation import MECHANISMS, ON, outcome
from experiments.questions.oversupply import MEASURES, MULTIPLES
from experiments.questions.regimes import MAPS
from viz.figures.study_figures import FIGURES, ablation_chart, oversupply_chart, regime_map, split_chart


def split_table() -> pd.DataFrame:
    raw = [10.0, 10.0, -10.0, 1.0, 2.0, 3.0]
    return pd.DataFrame(
        {
            "id": [split.id for split in SPLITS],
            "low": 1.0,
            "high": 2.0,
            "raw": raw,
            "raw_se": 2.0,
            "partial": raw[::-1],
            "partial_se": 2.0,
            "given": raw,
            "given_se": 2.0,
            "hosts": 40,
            "seeds": 5,
        }
    )


def test_splits_are_coloured_by_direction_and_certainty() -> None:
    left, right = split_chart(split_table(), "random_hosts").axes
    colours = [bar.get_facecolor() for bar in left.patches]
    assert colours[0] == colours[1] != colours[2]
    assert len({colours[0], colours[2], colours[3]}) == 3
    assert colours[3] == colours[4] == colours[5]
    assert [bar.get_width() for bar in right.patches] == split_table()["partial"].tolist()


def ablation_table() -> pd.DataFrame:
    rows = []
    for one in MECHANISMS:
        for finding in FINDINGS:
            size = finding.expected * (0.0 if (one.id, finding.id) == ("M3", "C2") else 123.4)
            verdict = sign_verdict(size, 1.0, finding.expected)
            rows.append(
                {
                    "mechanism": one.id,
                    "id": finding.id,
                    "size": size,
                    "verdict": verdict,
                    "outcome": outcome("holds", verdict),
                }
            )
    return pd.DataFrame(rows)


def test_the_matrix_frames_what_is_lost() -> None:
    figure = ablation_chart(ablation_table(), "random_hosts")
    (axes,) = figure.axes
    assert len(axes.texts) == len(MECHANISMS) * len(FINDINGS)
    assert len(axes.patches) == 1
    frame = axes.patches[0]
    names = [label.get_text() for label in axes.get_xticklabels()]
    assert names[int(frame.get_x())].startswith("M3:")
    assert axes.get_yticklabels()[int(frame.get_y())].get_text() == "C2 talent"
    assert names[0] == next(one.short for one in MECHANISMS if one.id == ON)
    # No number reaches into the next cell.
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in axes.texts[: len(MECHANISMS)]]
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(boxes))


def regime_table() -> pd.DataFrame:
    of = MAPS[0]
    rows = [
        {
            "map": of.id,
            "x": x,
            "y": y,
            "id": name,
            "mean": 1.0 if x == of.x.values[0] else -3.0,
            "se": 0.6 if x == of.x.values[0] else 0.5,
            "seeds": 6,
        }
        for name in ("C14", "C14-regions", "C14-sigma", "C13")
        for x in of.x.values
        for y in of.y.values
    ]
    return pd.DataFrame(rows)


def test_cells_that_are_not_clear_are_hatched() -> None:
    of = MAPS[0]
    figure = regime_map(regime_table(), of, "actual")
    for axes in figure.axes[:4]:
        hatched = [patch for patch in axes.patches if patch.get_hatch()]
        assert len(hatched) == len(of.y.values)
        assert {patch.get_x() for patch in hatched} == {0.0}
        assert len(axes.texts) == len(of.x.values) * len(of.y.values)
        mesh = axes.collections[0]
        assert mesh.norm.vmin == -mesh.norm.vmax


def test_blue_is_the_direction_of_the_study() -> None:
    of = MAPS[0]
    narrower, *_, farther = regime_map(regime_table(), of, "actual").axes[:4]
    gap, leap = narrower.collections[0], farther.collections[0]
    assert np.allclose(gap.cmap(gap.norm(-3.0)), leap.cmap(leap.norm(3.0)), atol=0.01)
    assert gap.cmap(gap.norm(-3.0))[2] > gap.cmap(gap.norm(-3.0))[0]  # blue over red


def curve_table(seeds: int = 8) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "access": way,
                "multiple": multiple,
                "measure": name,
                "mean": multiple,
                "seeds": seeds,
                "se": 0.1 if seeds > 1 else np.nan,
            }
            for way in ("network", "local")
            for multiple in MULTIPLES
            for name in MEASURES
        ]
    )


@pytest.mark.parametrize("seeds", [1, 8])
def test_oversupply_shows_both_kinds_of_access(seeds: int) -> None:
    figure = oversupply_chart(curve_table(seeds), "actual")
    for axes in figure.axes:
        drawn = [line for line in axes.get_lines() if len(line.get_xdata()) == len(MULTIPLES)]
        assert len(drawn) == 2
        assert drawn[0].get_linestyle() != drawn[1].get_linestyle()
        assert re.search(r"fraction|ratio|%|compute", axes.get_ylabel())


def test_no_text_of_a_figure_leaves_it() -> None:
    tables = {
        "splits": {"splits": split_table()},
        "ablation": {"ablation": ablation_table()},
        "regimes": {"regimes": regime_table()},
        "oversupply": {"curve": curve_table()},
    }
    for study, own in tables.items():
        named = {name: table.assign(scenario="random_hosts") for name, table in own.items()}
        for name, figure in FIGURES[study](named).items():
            assert name.endswith("random_hosts")
            renderer = FigureCanvasAgg(figure).get_renderer()
            figure.draw(renderer)
            width, height = figure.bbox.size
            for axes in figure.axes:
                for text in [*axes.texts, *axes.get_xticklabels(), *axes.get_yticklabels(), axes.title]:
                    if text.get_text():
                        box = text.get_window_extent(renderer)
                        assert box.x0 >= -1, (name, text)
                        assert box.y0 >= -1, (name, text)
                        assert box.x1 <= width + 1, (name, text)
                        assert box.y1 <= height + 1, (name, text)
