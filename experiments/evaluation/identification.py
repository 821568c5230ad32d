"""Identification: whether a panel can tell an effect, and its limits, before any estimate."""

from __future__ import annotations

import numpy as np

from agents.suggestions import shown_key
from experiments.evaluation.estimators.few_hosts import join_count
from experiments.evaluation.estimators.panel_data import PanelData
from experiments.evaluation.estimators.within_transform import within
from experiments.measures.ols import unexplained_part, unit_columns
from model.files.user_tables import InputError

FEW_TREATED = 5
"""Cities whose treatment changes, below which errors that assume many of them are too small."""

EXPLAINED = 1e-7  # of a column's norm: what is left of a column that others explain in full


def refuse_unidentified(data: PanelData, treatment: str) -> None:
    """Raise InputError if cities, years and controls leave nothing of the treatment or of the outcome."""
    left = within(data.treatments, data.city, data.year)[:, 0]
    if not left.any():
        raise InputError([f"column {shown_key(treatment)} {_why_absorbed(data)}"])
    if not within(data.outcome, data.city, data.year).any():
        what = "is the same in every year but for what all cities share: there is nothing to explain"
        raise InputError([f"column {shown_key(data.outcome_name)} {what}"])
    controls = unit_columns(within(data.controls, data.city, data.year))
    if not controls.shape[1] or _unexplained(left, controls) > EXPLAINED:
        return
    alone = [
        name
        for place, name in enumerate(data.control_names)
        if _unexplained(left, controls[:, [place]]) <= EXPLAINED
    ]
    which = f"the control {shown_key(alone[0])}" if alone else f"the {len(data.control_names)} controls"
    raise InputError([f"column {shown_key(treatment)} is fully determined by {which}: omit it"])


def remarks_on(data: PanelData, treatment: str) -> list[str]:
    """Return the size of the panel, how many cities are treated, and controls that change nothing."""
    treated, years = (np.bincount(data.city, of, data.cities) for of in (data.treatments[:, 0] > 0, None))
    always = treated == years
    changing = int(((treated > 0) & ~always).sum())
    size = f"{data.rows:,} rows, {data.cities:,} cities, {data.years[0]} to {data.years[-1]}"
    when = f"begins or ends in {changing:,} of them, is 1 throughout in {int(always.sum()):,}"
    found = [f"{size}; {shown_key(treatment)} {when}"]
    if changing < FEW_TREATED:
        such = "1 such city" if changing == 1 else f"{changing} such cities"
        found.append(
            f"with {such} standard errors that assume many are too small: read the placebo test of the "
            "synthetic control, not the intervals"
        )
    if data.places is not None and changing >= FEW_TREATED:
        joins = join_count(data)
        if joins.p < 0.05:
            found.append(
                f"treated cities have {joins.pairs} treated neighbours, {joins.expected:.0f} by lot (join "
                f"count, p {joins.p:.3f}): neighbours share shocks, so errors by city are too small. Read "
                "errors by distance and comparisons within the region; a shock of that region cannot be "
                "told from the effect"
            )
    kept = np.ones((data.rows, 1))
    for place, name in enumerate(data.control_names):
        column = data.controls[:, place]
        if _unexplained(column, kept) <= EXPLAINED:
            found.append(
                f"control {shown_key(name)} repeats others or never changes: it explains nothing more"
            )
        else:
            kept = np.column_stack([kept, unit_columns(column[:, None])])
    return found


def _why_absorbed(data: PanelData) -> str:
    first = data.treatments[np.unique(data.city, return_index=True)[1], 0]
    if (data.treatments[:, 0] == first[data.city]).all():
        return "never changes within a city: cities are needed with years before their centre"
    return "changes in all cities in the same years: cities are needed that have no centre yet"


def _unexplained(column: np.ndarray, others: np.ndarray) -> float:
    """Return the part of a column's norm that a least-squares fit on others leaves."""
    return float(np.linalg.norm(unexplained_part(unit_columns(column), others)))
