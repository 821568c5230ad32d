"""The figure of the closed economy says what the tables say."""

import numpy as np
import pytest

from experiments.questions.closed_economy_runs import growth_by_tau
from experiments.questions.closed_economy_theory import FORMULAS, growth_rate
from model.parameters import Parameters
from viz.figures import closed_economy_figure
from viz.figures.closed_economy_figure import LABELS, gaps_of, growth_figure, main


@pytest.fixture(scope="module")
def tables():
    """Growth by τ and gaps of pairs, of fewer economies than the program runs, for fewer years."""
    return growth_by_tau([0.4, 0.6]), gaps_of([(0.4, 0.6), (0.7, 0.9)], years=30)


@pytest.fixture(scope="module")
def axes(tables):
    return growth_figure(*tables).axes


def test_each_reading_is_a_line_and_the_agents_are_points(axes):
    lines = {line.get_label(): line for line in axes[0].lines}
    for formula in FORMULAS:
        tau, rate = lines[LABELS[formula]].get_data()
        assert np.allclose(rate, 100.0 * growth_rate(formula, Parameters(), tau))
    tau, rate = lines["simulated"].get_data()
    assert list(tau) == [0.4, 0.6]
    assert np.allclose(rate, 100.0 * growth_rate("private", Parameters(), tau), atol=1e-4)


def test_each_pair_of_economies_is_a_line_with_its_name(axes):
    labels = [text.get_text() for text in axes[1].get_legend().get_texts()]
    assert labels == ["τ = 0.6 against 0.4", "τ = 0.9 against 0.7"]
    for line in axes[1].lines[:2]:
        assert len(line.get_xdata()) == 120
        assert line.get_ydata()[0] == pytest.approx(0.0, abs=1e-12)


def test_axes_name_what_they_measure(axes):
    assert axes[0].get_ylabel() == "balanced growth, % a year"
    assert axes[1].get_xlabel() == "years"


def test_no_label_of_the_legend_stands_on_a_line(axes):
    left = axes[0]
    left.figure.draw_without_rendering()
    box = left.get_legend().get_window_extent()
    for line in left.lines[:3]:
        inside = [box.contains(*point) for point in left.transData.transform(line.get_xydata())]
        assert not any(inside)


def test_the_file_is_named(tables, tmp_path, monkeypatch):
    monkeypatch.setattr(closed_economy_figure, "growth_by_tau", lambda tau: tables[0])
    monkeypatch.setattr(closed_economy_figure, "gaps_of", lambda pairs: tables[1])
    with pytest.raises(SystemExit, match="name one file"):
        main([])
    main([str(tmp_path / "closed.png")])
    assert (tmp_path / "closed.png").read_bytes().startswith(b"\x89PNG")
