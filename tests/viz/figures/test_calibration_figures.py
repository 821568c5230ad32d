"""Figures of a posterior and of a front: which factors and points are drawn, and where."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from experiments.sweep.analysis.calibration import Calibration
from experiments.sweep.analysis.optimisation import LIKELY, Front, Objective
from viz.figures.calibration_figures import MOST_FACTORS, AxisData, draw_calibration, draw_front


def calibration(factors: dict[str, object], logarithmic: tuple[str, ...] = ()) -> Calibration:
    rows = 40
    names = [name for name, values in factors.items() if not isinstance(values[0], str)]  # type: ignore[index]
    table = pd.DataFrame({"factor": names, "narrowed": np.linspace(0.9, 0.1, len(names))})
    sample = pd.DataFrame(factors).assign(weight=1.0 / rows)
    points = pd.DataFrame(factors).assign(implausibility=np.where(np.arange(rows) < 10, 1.0, 9.0))
    none = pd.DataFrame()
    return Calibration((), table, none, none, sample, points, 10, 0.25, 30.0, logarithmic, "")


def test_a_posterior_is_marginals_and_pairs_below_them(drawn: list[Figure], tmp_path: Path) -> None:
    factors = {"a": np.linspace(1.0, 2.0, 40), "b": np.geomspace(1.0, 100.0, 40), "c": ["x", "y"] * 20}
    draw_calibration(calibration(factors, ("b",)), tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    axes = np.array(drawn[0].axes).reshape(3, 3)
    assert [[one.get_visible() for one in row] for row in axes] == np.tri(3, dtype=bool).tolist()
    assert [one.get_xlabel() for one in axes[-1]] == ["a", "b", "c"]
    assert axes[1, 1].get_xlim() == pytest.approx((0.0, np.log(100.0)))
    assert [text.get_text() for text in axes[1, 1].get_xticklabels()] == ["1", "10", "1e+02"]
    assert [text.get_text() for text in axes[2, 2].get_xticklabels()] == ["x", "y"]
    ruled_out, remain = axes[1, 0].lines
    assert (len(ruled_out.get_xdata()), len(remain.get_xdata())) == (30, 10)
    assert drawn[0].get_suptitle() == "Posterior of the factors: 10 of 40 points not ruled out"
    heights = axes[0, 0].patches[0].get_data().values
    assert heights.sum() == pytest.approx(1.0)


def test_the_factors_of_which_most_was_learned_are_drawn(drawn: list[Figure], tmp_path: Path) -> None:
    names = [f"f{k}" for k in range(MOST_FACTORS + 2)]
    draw_calibration(calibration({name: np.linspace(0.0, 1.0, 40) for name in names}), tmp_path / "a.png")
    assert len(drawn[0].axes) == MOST_FACTORS**2
    assert [one.get_xlabel() for one in drawn[0].axes[-MOST_FACTORS:]] == names[:MOST_FACTORS]


def test_edges_of_bins_span_the_axis() -> None:
    place = AxisData(np.zeros(1), np.zeros(1), {}, 2.0, 4.0, 4)
    assert place.edges.tolist() == [2.0, 2.5, 3.0, 3.5, 4.0]


@pytest.mark.parametrize("objectives", [2, 3])
def test_each_pair_of_objectives_is_a_plane(objectives: int, drawn: list[Figure], tmp_path: Path) -> None:
    names = ["gain", "gap", "power"][:objectives]
    table = pd.DataFrame({"point": range(6), "front": [True] * 2 + [False] * 4})
    table["share"] = [1.0, 0.9, LIKELY, 0.5 * LIKELY, 0.0, 0.0]
    for k, name in enumerate(names):
        table = table.assign(**{name: np.arange(6.0) + k, f"se_{name}": 0.1})
    aims = tuple(Objective(name, name == "gain") for name in names)
    draw_front(Front(aims, table, (), 1, ""), tmp_path / "a.png")
    shown = [axes for axes in drawn[0].axes if axes.get_visible()]
    assert len(shown) == objectives * (objectives - 1) // 2
    assert shown[0].get_xlabel() == "gain (more is better)"
    assert shown[0].get_ylabel() == "gap (less is better)"
    lines = {line.get_label(): line for line in shown[0].lines}
    assert len(lines["points"].get_xdata()) == 6
    assert lines["front, ±2 s.e."].get_xdata().tolist() == [0.0, 1.0]
    assert lines["knee: point 1"].get_xdata().tolist() == [1.0]
    (near,) = (line for label, line in lines.items() if "resamples" in label)
    assert near.get_xdata().tolist() == [2.0]
