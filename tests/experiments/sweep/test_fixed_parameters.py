"""Every parameter without a published figure is in the uncertainty design, or is left out for a reason."""

from __future__ import annotations

import pytest

from experiments.sweep import load
from experiments.sweep.experiment_file import Span
from experiments.sweep.fixed_parameters import FIXED, UNSOURCED, unsourced
from model.parameters import Parameters, describe

# Named in the referee report, or new in version 3.
NAMED = {
    "hosted_data_share",
    "service_cost",
    "government_compute",
    "permit_friction",
    "tender_rate",
    "common_progress",
    "knowledge_spillover",
    "quality_shock",
    "harder_ideas",
    "advantage_fading",
    "conversion_wage",
    "compute_pull",
    "rent_elasticity",
    "people_mobility",
    "home_premium",
    "wage_gradient",
    "local_services",
    "labour_share",
    "tax_rate",
    "progress_basic",
    "progress_intelligent",
    "progress_super",
    "cloud_supply",
    "cloud_building",
    "deep_learning_pull",
    "language_model_pull",
    "government_work",
    "entry_gap",
    "exit_hump",
    "data_crowding",
}


def varied(preset: str) -> dict[str, str]:
    """Return parameter → factor that varies it."""
    experiment = load(preset).experiment
    scales = experiment.all_scales
    return {name: factor for factor in experiment.design.factors for name in scales.get(factor, (factor,))}


def test_every_parameter_without_a_published_figure_is_varied_or_has_a_reason() -> None:
    inside = varied("uncertainty")
    assert len(unsourced()) > 100
    assert [name for name in unsourced() if name not in inside and name not in FIXED] == []
    assert set(FIXED) & set(inside) == set()
    assert [name for name in FIXED if name not in unsourced() or len(FIXED[name]) < 20] == []


def test_sources_are_told_apart() -> None:
    for source in ("judgement, 0-2", "calibrated: E18", "prototype", "a fifth [general knowledge, check]"):
        assert UNSOURCED.search(source)
    assert not UNSOURCED.search("G10: the 5 ms circle of a hub")


@pytest.mark.parametrize("preset", ["uncertainty", "sensitivity"])
def test_what_the_referee_named_is_varied(preset: str) -> None:
    assert NAMED - set(varied(preset)) == set()


@pytest.mark.parametrize("preset", ["uncertainty", "sensitivity"])
def test_ranges_hold_the_default_and_only_what_is_allowed(preset: str) -> None:
    experiment = load(preset).experiment
    base = Parameters()
    for factor, span in experiment.design.factors.items():
        assert isinstance(span, Span)
        names = experiment.all_scales.get(factor)
        if names is not None:
            assert span.low <= 1.0 <= span.high, factor
            ends = {name: [end * getattr(base, name) for end in (span.low, span.high)] for name in names}
        else:
            assert span.low <= getattr(base, factor) <= span.high, factor
            ends = {factor: [span.low, span.high]}
        for name, both in ends.items():
            row = describe(name)
            assert row["low"] <= both[0] < both[1] <= row["high"], name


def test_the_two_presets_agree_on_ranges() -> None:
    whole = load("uncertainty").experiment.design.factors
    assert all(whole[name] == span for name, span in load("sensitivity").experiment.design.factors.items())
