"""Figures of single centres and of the frontier: what is drawn where."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.measures.effect_tables import band_labels
from viz.figures.siphon_figures import COLOURS, frontier_chart, single_centre_chart


def bands() -> pd.DataFrame:
    groups = ["host", *band_labels(), "all others", "whole country"]
    return pd.DataFrame(
        {
            "group": groups,
            "mean": np.arange(len(groups), dtype=float) - 3.0,
            "se": 0.5,
            "median": 0.25,
            "up": 0.5,
            "hosts": 7,
            "runs": [12, 12, 12, 0, 12, 12, 12, 12, 12],
            "cities": 5.0,
        }
    )


def test_bands_with_runs_are_drawn_with_mean_and_median() -> None:
    axes = single_centre_chart(bands(), "random_hosts").axes[0]
    drawn = [label for label in band_labels() if label != "300-500"]
    assert [text.get_text().split("\n")[0] for text in axes.get_xticklabels()] == [
        label.replace("-", "–") for label in drawn
    ]
    means, medians = (
        line for line in axes.lines if line.get_linestyle() == "None" and line.get_label()[0] == "m"
    )
    assert means.get_ydata().tolist() == [-2.0, -1.0, 1.0, 2.0, 3.0]
    assert set(medians.get_ydata()) == {0.25}
    assert axes.get_title(loc="left") == "12 runs with one host each, 7 cities"


def test_points_are_coloured_by_what_holds() -> None:
    answers = list(COLOURS)
    points = pd.DataFrame(
        {
            "point": range(5),
            "c13": [0.1, 1.0, 2.0, 3.0, 4.0],
            "c14": [-0.1, -1.0, 1.0, -2.0, 2.0],
            "c13_se": 0.1,
            "c14_se": np.nan,
            "holds": [answers[3], *answers],
        }
    )
    axes = frontier_chart(points, "actual").axes[0]
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [
        "both (1)",
        "C13 alone (1)",
        "C14 alone (1)",
        "neither (2)",
        "defaults",
    ]
    of = {line.get_label(): line for line in axes.lines}
    assert of["neither (2)"].get_xdata().tolist() == pytest.approx([0.1, 4.0])
    assert of["both (1)"].get_color() == COLOURS["both"]
    assert of["defaults"].get_ydata().tolist() == [-0.1]
