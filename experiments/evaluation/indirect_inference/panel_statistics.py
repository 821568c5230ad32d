"""Auxiliary statistics of indirect inference: estimates on a panel that tell of effects of centres.

They are what an economist could compute from the panel alone: coefficients of a city's own centre, of other
cities' centres by distance and of the price of compute, on the outcome and on what carries the effect, and
changes of the cities without a centre over time, which year effects would absorb.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from experiments.evaluation.estimators.estimate import Floats
from experiments.evaluation.estimators.event_study import square_panel
from experiments.evaluation.estimators.panel_data import PanelData, panel_data
from experiments.evaluation.estimators.within_transform import within
from model.files.user_tables import InputError

REACH_KM = 300.0  # over which the weight of another city's centre falls by 1/e [judgement: a day's train]
PRICE = "log_compute_price"
RESPONSES = ("application", "talent_flow", "vitality", "data_agglomeration", PRICE)
"""Columns, besides the outcome, whose response is a statistic where the panel has them."""

LATE_YEARS = 3


def panel_statistics(panel: pd.DataFrame, outcome: str, controls: Sequence[str] = ()) -> dict[str, float]:
    """Return the statistics of a panel by name; those of a column that it does not have are left out.

    The panel: city_id, year, centre, lon, lat, the outcome, in logarithms, every city in every year.
    ``own.y``, ``near.y``: coefficients of a city's own centre and of the sum of other cities' centres, each
    times exp(−distance / 300 km), with effects of city and year and trends by controls; ``price.y``: of the
    price of compute with them; ``noise``: standard deviation of the residuals. ``nation.y``: coefficient of
    the share of cities with a centre in the mean of the cities without one, with a parabola of time;
    ``change.y``: change of that mean from before the first opening to the last three years; ``early.y``: its
    yearly change before the first opening. The same of each of ``RESPONSES``. ``level``, ``gap``, ``dose``:
    mean of the outcome before the first opening, lead of later hosts in it, share of treated city-years.

    Raises InputError: a gap, a centre that closes, no years before the first opening, no place of the cities.
    """
    data = panel_data(panel, outcome, "centre", controls)
    square = square_panel(data)
    if data.distances is None:
        raise InputError(["the statistics need lon and lat of every city"])
    cities, years = square.outcome.shape
    before = int(square.opening.min())
    never = square.opening == years
    if before < 2 or not never.any():
        raise InputError(
            ["the statistics need two years before the first opening and cities without a centre"]
        )
    ordered = panel.sort_values(["city_id", "year"], kind="stable")
    names = [name for name in RESPONSES if name in panel and np.ptp(panel[name]) > 0]
    columns = np.column_stack([data.outcome, *(ordered[name].to_numpy(dtype=float) for name in names)])
    labels = ["y", *names]
    centre = data.treatments[:, 0].reshape(cities, years)
    weight = np.exp(-data.distances / REACH_KM) * (1.0 - np.eye(cities))
    near = (weight @ centre).ravel()
    trends = data.controls * (data.year[:, None] - data.year.mean())
    found = _coefficients(columns, labels, np.column_stack([data.treatments[:, 0], near]), trends, data)
    shared = columns.reshape(cities, years, -1)[never].mean(axis=0)
    share = centre.mean(axis=0)
    clock = np.arange(years) / years
    shape = np.column_stack([np.ones(years), clock, clock**2, share])
    moved = np.linalg.lstsq(shape, shared, rcond=None)[0][-1]
    for place, label in enumerate(labels):
        found[f"nation.{label}"] = float(moved[place])
        path = shared[:, place]
        found[f"change.{label}"] = float(path[-LATE_YEARS:].mean() - path[:before].mean())
        found[f"early.{label}"] = float((path[before - 1] - path[0]) / (before - 1))
    early = square.outcome[:, :before].mean(axis=1)
    return {
        **found,
        "level": float(early.mean()),
        "gap": float(early[~never].mean() - early[never].mean()),
        "dose": float(centre.mean()),
    }


def _coefficients(
    columns: Floats, labels: Sequence[str], treated: Floats, trends: Floats, data: PanelData
) -> dict[str, float]:
    left = within(np.column_stack([columns, treated, trends]), data.city, data.year)
    ends = np.cumsum([columns.shape[1], treated.shape[1]])
    outcomes, regressors, others = np.split(left, ends, axis=1)
    outcomes, regressors = (
        part - others @ np.linalg.lstsq(others, part, rcond=None)[0] for part in (outcomes, regressors)
    )
    slopes = np.linalg.lstsq(regressors, outcomes, rcond=None)[0]
    found = {
        f"{what}.{label}": float(slopes[row, place])
        for row, what in enumerate(("own", "near"))
        for place, label in enumerate(labels)
    }
    rest = outcomes[:, 0] - regressors @ slopes[:, 0]
    found["noise"] = float(rest.std())
    if PRICE in labels:
        with_price = np.column_stack([regressors, outcomes[:, labels.index(PRICE)]])
        found["price.y"] = float(np.linalg.lstsq(with_price, outcomes[:, 0], rcond=None)[0][-1])
    return found
