"""Figures of estimates for a paper."""

from __future__ import annotations

from experiments.evaluation.estimators.event_study import event_study
from experiments.evaluation.estimators.fixed_effects import fixed_effects
from experiments.evaluation.estimators.imputation import imputation
from experiments.evaluation.known_effect import known_panel
from tests.support.city_panels import simple_panel
from viz.figures.estimate_figures import distance_figure, event_study_figure


def test_an_event_study_has_intervals_bands_and_its_base_year() -> None:
    found = event_study(simple_panel(2), "outcome")
    axes = event_study_figure(found, "patents").axes[0]
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert set(labels) == {"estimate, 95 % interval", "95 % band for all years", "base year"}
    assert axes.get_ylabel() == "patents"
    points = axes.lines[0].get_xdata()
    assert list(points) == [int(name) for name in found.params.index if name != "mean"]
    after = event_study_figure(imputation(simple_panel(2), "outcome")).axes[0]
    assert "base year" not in [text.get_text() for text in after.get_legend().get_texts()]


def test_effects_by_distance_are_named() -> None:
    found = fixed_effects(known_panel(1, cities=40, years=8, spillover=0.3), "outcome", ["centre", "near"])
    axes = distance_figure(found, {"centre": "own centre"}).axes[0]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["own centre", "near"]
