"""The check of the shipped ensemble as a posterior: its figures and the correlations of its parameters."""

from __future__ import annotations

import math

import pandas as pd

from experiments.ensemble.members import FIGURE, PLACE, Ensemble
from experiments.sweep.analysis.posterior_check import parameter_correlations, predictive_check


def figures_check(found: Ensemble) -> pd.DataFrame:
    """Return ``predictive_check`` of the published figures; a tolerance is uniform, its sd that over √3."""
    published = {
        one["id"]: (float(one["value"]), float(one["tolerance"]) / math.sqrt(3.0))
        for one in found.about["matched"]
    }
    simulated = found.members[[FIGURE + name for name in published]]
    return predictive_check(simulated.rename(columns=lambda name: name.removeprefix(FIGURE)), published)


def factor_correlations(found: Ensemble, top: int | None = None) -> pd.DataFrame:
    """Return ``parameter_correlations`` of the members."""
    places = found.members[[PLACE + name for name in found.factors]]
    return parameter_correlations(places.rename(columns=lambda name: name.removeprefix(PLACE)), top=top)
