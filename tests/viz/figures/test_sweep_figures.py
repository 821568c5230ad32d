"""Figures of the analyses of a sweep: what is drawn of indices, boxes and runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from experiments.sweep.analysis.scenario_discovery import Box, Discovery
from experiments.sweep.analysis.sensitivity import Sensitivity
from viz.figures.sweep_figures import LABELS, draw_discovery, draw_sensitivity

INDICES = {
    "sobol": {"total": [0.7, 0.2], "total_conf": 0.1, "first": [0.5, 0.1], "first_conf": 0.05},
    "morris": {"mu": 1.0, "mu_star": [3.0, 1.0], "sigma": [0.5, 2.0], "mu_star_conf": 0.2},
    "pawn": {"median": [0.4, 0.1], "maximum": 0.9, "cv": 0.3, "dummy": 0.08},
}


@pytest.mark.parametrize("method", list(INDICES))
def test_the_most_important_factor_is_on_top(method: str, drawn: list[Figure], tmp_path: Path) -> None:
    table = pd.DataFrame({"factor": ["first", "second"], **INDICES[method]})
    found = Sensitivity(method, "theil", table, 40, 2, "40 points used")
    draw_sensitivity(found, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    (axes,) = drawn[0].axes
    heights = dict(zip((text.get_text() for text in axes.get_yticklabels()), axes.get_yticks(), strict=True))
    assert heights["first"] > heights["second"]
    assert axes.get_xlabel() == LABELS[method]
    main = {"sobol": "total", "morris": "mu_star", "pawn": "median"}[method]
    bars = [bar.get_width() for bar in axes.patches]
    assert bars[: len(table)] == table[main].tolist()[::-1]
    assert "Sensitivity of theil (40 points used)" in drawn[0].get_suptitle()


def test_the_index_of_a_factor_without_influence_is_a_line(drawn: list[Figure], tmp_path: Path) -> None:
    table = pd.DataFrame({"factor": ["first", "second"], **INDICES["pawn"]})
    draw_sensitivity(Sensitivity("pawn", "theil", table, 40, 0, ""), tmp_path / "a.png")
    assert drawn[0].axes[0].lines[0].get_xdata() == [0.08, 0.08]


def discovery(limits: dict[str, tuple[object, object]]) -> tuple[Discovery, pd.DataFrame]:
    finals = pd.DataFrame({"a": np.linspace(0.0, 1.0, 8), "b": np.arange(8.0), "word": ["x", "y"] * 4})
    meets = np.arange(8) >= 5
    box = Box(limits, 0.9, 0.75, 0.5, {name: 0.01 * k for k, name in enumerate(limits)})  # type: ignore[arg-type]
    path = [Box({}, 1.0, 3 / 8, 1.0, {}), box]
    return Discovery("theil > 1", ("a", "b", "word"), meets, path, 1, box, []), finals


def test_the_box_is_drawn_over_cases_and_other_runs(drawn: list[Figure], tmp_path: Path) -> None:
    draw_discovery(*discovery({"a": (0.5, 1.0), "b": (4.0, 7.0)}), tmp_path / "a.svg")
    way, plane = drawn[0].axes
    assert way.lines[0].get_xdata().tolist() == [1.0, 0.9]
    assert way.lines[0].get_ydata().tolist() == [3 / 8, 0.75]
    others, cases, box = plane.lines
    assert (len(others.get_xdata()), len(cases.get_xdata())) == (5, 3)
    assert (min(box.get_xdata()), max(box.get_xdata())) == (0.5, 1.0)
    assert (min(box.get_ydata()), max(box.get_ydata())) == (4.0, 7.0)
    assert drawn[0].get_suptitle() == "Where theil > 1: 3 of 8 runs"


def test_a_second_numeric_factor_is_found_for_a_box_of_one(drawn: list[Figure], tmp_path: Path) -> None:
    draw_discovery(*discovery({"word": ("x", "x"), "b": (4.0, 7.0)}), tmp_path / "a.png")
    plane = drawn[0].axes[1]
    assert (plane.get_xlabel(), plane.get_ylabel()) == ("b", "a")
    assert max(plane.lines[2].get_ydata()) == 1.0  # all of a


def test_without_two_numeric_factors_there_is_no_plane(drawn: list[Figure], tmp_path: Path) -> None:
    found, finals = discovery({"word": ("x", "x")})
    draw_discovery(found, finals.assign(a="words", b="words"), tmp_path / "a.png")
    assert not drawn[0].axes[1].get_visible()
