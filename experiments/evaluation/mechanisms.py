"""Mechanisms: channels of the effect, and its heterogeneity by fixed traits of cities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from experiments.evaluation.estimators.double_ml import DoubleMLSettings, estimate_panel
from experiments.evaluation.estimators.estimate import Estimate, Floats
from experiments.evaluation.estimators.panel_data import PanelData, panel_data
from model.files.user_tables import InputError


def channel_evidence(
    frame: pd.DataFrame,
    channels: Sequence[str],
    outcome: str = "log_innovations",
    treatment: str = "centre",
    controls: Sequence[str] = (),
    settings: DoubleMLSettings | None = None,
    *,
    city: str = "city_id",
    year: str = "year",
) -> pd.DataFrame:
    """Estimate the effect on each channel, and the effect on the outcome with the channel held fixed.

    One row per channel: ``effect``, ``se`` (treatment → channel); ``with_channel``, ``with_channel_se``
    (treatment → outcome, the channel among the treatments) and ``channel_effect``, ``channel_se``. This is
    evidence on channels, not a mediation effect: the channel is not randomised, and confounders of channel
    and outcome remain.
    """
    rows = []
    for channel in channels:
        first = estimate_panel(
            panel_data(frame, channel, treatment, controls, city=city, year=year), settings
        )
        both = estimate_panel(
            panel_data(frame, outcome, [treatment, channel], controls, city=city, year=year), settings
        )
        rows.append(
            {
                "channel": channel,
                "effect": first.params.iloc[0],
                "se": first.bse.iloc[0],
                "low": first.conf_int().iloc[0, 0],
                "high": first.conf_int().iloc[0, 1],
                "with_channel": both.params.iloc[0],
                "with_channel_se": both.bse.iloc[0],
                "channel_effect": both.params.iloc[1],
                "channel_se": both.bse.iloc[1],
            }
        )
    return pd.DataFrame(rows)


def splits(
    frame: pd.DataFrame,
    moderators: Sequence[str],
    outcome: str = "log_innovations",
    treatment: str = "centre",
    controls: Sequence[str] = (),
    settings: DoubleMLSettings | None = None,
    *,
    city: str = "city_id",
    year: str = "year",
) -> pd.DataFrame:
    """Estimate the effect in the lower and the upper half of cities by a trait, and its interaction.

    The halves are estimated separately, ``low`` and ``high`` with their errors, and their ``difference``
    low − high (independent samples). ``slope``: of the treatment times the standardised trait, in
    all cities. A trait must be fixed and measured before treatment; halves without treated cities are NaN.

    Raises InputError for a trait that changes within a city.
    """
    rows = []
    for moderator in moderators:
        data = panel_data(frame, outcome, treatment, [moderator, *controls], city=city, year=year)
        score = standardised_trait(data, moderator)
        upper = score > np.median(score[np.unique(data.city, return_index=True)[1]])
        plain = data if moderator not in controls else _without_first(data)
        low, high = (_half(plain, rows_of, settings) for rows_of in (~upper, upper))
        both = _interacted(plain, score, moderator, settings)
        rows.append(
            {
                "moderator": moderator,
                "low": low[0],
                "low_se": low[1],
                "high": high[0],
                "high_se": high[1],
                "difference": low[0] - high[0],
                "difference_se": float(np.hypot(low[1], high[1])),
                "slope": both.params.iloc[1],
                "slope_se": both.bse.iloc[1],
            }
        )
    return pd.DataFrame(rows)


def _without_first(data: PanelData) -> PanelData:
    return replace(data, controls=data.controls[:, 1:], control_names=data.control_names[1:])


def standardised_trait(data: PanelData, moderator: str) -> Floats:
    """Return the first control, (n,), with mean 0 and standard deviation 1 over cities.

    Raises InputError for a trait that changes within a city.
    """
    trait = data.controls[:, 0]
    of_city = trait[np.unique(data.city, return_index=True)[1]]
    if (trait != of_city[data.city]).any():
        raise InputError([f"{moderator} changes within a city: a split needs a trait from before treatment"])
    return np.asarray((trait - of_city.mean()) / of_city.std())


def _half(data: PanelData, rows: np.ndarray, settings: DoubleMLSettings | None) -> tuple[float, float]:
    part = data.of(rows)
    treated = np.unique(part.city[part.treatments[:, 0] > 0])
    if len(treated) < 2:
        return float("nan"), float("nan")
    found = estimate_panel(part, settings)
    return float(found.params.iloc[0]), float(found.bse.iloc[0])


def _interacted(data: PanelData, score: Floats, name: str, settings: DoubleMLSettings | None) -> Estimate:
    treatments = np.column_stack([data.treatments[:, 0], data.treatments[:, 0] * score])
    names = (data.treatment_names[0], f"{data.treatment_names[0]} × {name}")
    return estimate_panel(replace(data, treatments=treatments, treatment_names=names), settings)
