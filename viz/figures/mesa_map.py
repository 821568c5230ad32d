"""The map of cities for Mesa's SolaraViz, in place of a space component: cities lie on no grid."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import solara
from matplotlib.figure import Figure
from mesa.visualization.utils import update_counter

from agents.suggestions import did_you_mean
from agents.user_error import UserError
from model.regional_model import RegionalModel
from viz.figures.figure_style import new_figure, plain_axes
from viz.palette import ORANGE


def make_city_map(measure: str = "innovation", kind: str = "cities") -> Callable[[RegionalModel], object]:
    """Return a component of SolaraViz that draws the cities, coloured by a column or a measure by city.

    Parameters
    ----------
    measure:
        A column of cities, or a ``Measure`` by city of an extension. Of another ``kind``, a column of it.
    kind:
        A table whose agents have a city, such as ``firms``: the sum over those of each city.
    """

    def made(model: RegionalModel) -> object:
        return _CityMap(model, measure, kind)

    return made


@solara.component
def _CityMap(model: RegionalModel, measure: str, kind: str) -> None:
    update_counter.get()  # drawn again after each step
    solara.FigureMatplotlib(city_map(model, measure, kind), format="png", bbox_inches="tight")


def city_map(model: RegionalModel, measure: str = "innovation", kind: str = "cities") -> Figure:
    """Draw the cities of a run by longitude and latitude; rings are cities with an open centre."""
    values = _values(model, measure, kind)
    cities, providers = model.cities, model.state["providers"]
    figure = new_figure(5.0, f"{measure}, before {model.date}")
    axes = figure.subplots()
    order = np.argsort(values)
    x, y = cities["lon"].to_numpy(), cities["lat"].to_numpy()
    drawn = axes.scatter(
        x[order], y[order], 26, values[order], cmap="YlGnBu", edgecolors="0.5", linewidths=0.4
    )
    hosts = np.unique(providers["city"][providers["operating"] > 0.5].astype(int))
    axes.scatter(x[hosts], y[hosts], 70, facecolors="none", edgecolors=ORANGE, linewidths=1.4)
    axes.set_aspect(1.0 / np.cos(np.radians(y.mean())))
    axes.set_xlabel("longitude", fontsize=9)
    axes.set_ylabel("latitude", fontsize=9)
    plain_axes(axes)
    figure.colorbar(drawn, ax=axes, shrink=0.8)
    return figure


def _values(model: RegionalModel, measure: str, kind: str) -> np.ndarray:
    if kind == "cities":
        own = {one.name: one for one in model.extended.measures if one.by == "city"}
        if measure in own:
            return np.array(model.extended.measure(own[measure], model.state, "city"))
    if kind not in model.state.tables:
        raise UserError(f"there is no table {kind}{did_you_mean(kind, model.state.tables)}")
    table = model.state[kind]
    if measure not in table:
        raise UserError(f"{kind} has no column {measure}{did_you_mean(measure, list(table))}")
    if kind == "cities":
        return table[measure].astype(float)
    if "city" not in table:
        raise UserError(f"agents of {kind} have no city: name a table with a column city, such as firms")
    there = np.array([agent.row for agent in model.agents_by_type[model.extended.faces[kind]]], dtype=int)
    cities = table["city"][there].astype(int)
    return np.bincount(cities, weights=table[measure][there], minlength=len(model.cities))
