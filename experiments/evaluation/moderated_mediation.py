"""Moderated mediation: products of coefficients, as papers report them, and why they are no causal effect."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from experiments.evaluation.estimators.covariance import year_columns
from experiments.evaluation.estimators.estimate import Floats
from experiments.evaluation.estimators.fixed_effects import control_columns
from experiments.evaluation.estimators.panel_data import panel_data
from experiments.evaluation.estimators.within_transform import less_means
from experiments.evaluation.mechanisms import standardised_trait
from experiments.measures.ols import dependent, unit_columns
from model.engine.draws import stream_key, uniforms
from model.files.user_tables import InputError

REFUSAL = (
    "These products of coefficients are not what a channel carries: the channel is not randomised, "
    "whatever moves channel and outcome together enters them. Where the model can be run, prefer its own "
    "decomposition, the channels held fixed, in which the channel itself is kept from responding."
)
EFFECTS = (
    "indirect, moderator 1 s.d. below",
    "indirect",
    "indirect, moderator 1 s.d. above",
    "index",
    "direct",
)


def moderated_mediation(
    frame: pd.DataFrame,
    channel: str,
    moderator: str,
    outcome: str = "log_innovations",
    treatment: str = "centre",
    controls: Sequence[str] = (),
    draws: int = 999,
    seed: int = 1,
    *,
    city: str = "city_id",
    year: str = "year",
) -> pd.DataFrame:
    """Return indirect effects at three values of a trait, the index of moderated mediation, direct effect.

    Two regressions with city and year effects: channel m = a₁d + a₃dw, and outcome = c₁d + c₃dw + bm, with w
    the standardised trait, whose trend is a control. The indirect effect is (a₁ + a₃w)b, the index a₃b: zero
    if the trait does not moderate it. [Hayes 2015, Multivariate Behavioral Research 50(1), model 8] One row
    per effect of ``EFFECTS``: effect, estimate, se, low, high, the last three by a bootstrap of whole cities
    (percentiles, 95 %) with ``draws`` samples, drawn by ``seed``. ``attrs["refusal"]`` says why these are no
    causal effects; for those see ``held_channels``.

    Raises InputError: columns that cannot be used, a trait that changes within a city, or a channel that
    treatment and effects explain in full.
    """
    names = [moderator, *(name for name in controls if name != moderator)]
    data = panel_data(frame, outcome, [treatment, channel], names, city=city, year=year)
    score = standardised_trait(data, moderator)
    own, moved = data.treatments.T
    columns = less_means(np.column_stack([data.outcome, moved, own, own * score]), data.city)
    others = unit_columns(np.column_stack([year_columns(data), control_columns(data)]))
    if dependent(columns[:, 1:]):
        raise InputError([f"channel {channel} is fully determined by {treatment} and {moderator}"])
    whole = np.column_stack([columns, others])
    # A draw of cities is a weight for each, so that sums over the rows of each city are all that it needs.
    starts = np.unique(data.city, return_index=True)[1]
    products = np.add.reduceat(whole[:, :, None] * whole[:, None, :], starts, axis=0)
    chosen = (
        uniforms(stream_key(seed, "evaluation.mediation", 0), np.arange(draws * data.cities)) * data.cities
    )
    places = chosen.astype(np.int64).reshape(draws, -1) + data.cities * np.arange(draws)[:, None]
    counts = np.bincount(places.ravel(), minlength=draws * data.cities).reshape(draws, -1)
    sums = np.tensordot(np.vstack([np.ones(data.cities), counts]), products, axes=1)
    found = _effects(sums)
    low, high = np.percentile(found[1:], [2.5, 97.5], axis=0)
    spread = found[1:].std(axis=0, ddof=1)
    table = pd.DataFrame({"effect": EFFECTS, "estimate": found[0], "se": spread, "low": low, "high": high})
    table.attrs["refusal"] = REFUSAL
    return table


def _effects(sums: Floats) -> Floats:
    """Return ``EFFECTS`` from products (draws, p, p) of outcome, channel, treatment, interaction, others."""

    def slopes(target: int, first: int) -> Floats:
        inverse = np.linalg.pinv(sums[:, first:, first:], rcond=1e-10, hermitian=True)
        return np.einsum("dij,dj->di", inverse, sums[:, first:, target])

    to_channel, to_outcome = slopes(1, 2), slopes(0, 1)
    path, moderated, effect = to_channel[:, 0], to_channel[:, 1], to_outcome[:, 0]
    indirect = [(path + moderated * score) * effect for score in (-1.0, 0.0, 1.0)]
    return np.column_stack([*indirect, moderated * effect, to_outcome[:, 1]])
