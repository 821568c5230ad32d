"""The figures of the article, drawn from its numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from experiments.ensemble.decomposition import MECHANISMS, REST
from experiments.validation.facts.card_page import TITLES
from experiments.validation.forecast.contest import MODEL, RAW
from viz.figures.figure_style import new_figure, plain_axes
from viz.palette import BLUE, GREEN, GREY, RED

Plain = dict[str, Any]  # of a file: plain values by name
EFFECTS = {
    "effect_hosts": "innovation, host cities",
    "effect_others": "innovation, other cities",
    "effect_national": "innovation, country",
    "effect_gdp_hosts": "real product, host cities",
    "effect_gdp_others": "real product, other cities",
    "effect_gdp": "real product, country",
    "change_theil": "Theil between cities",
    "change_theil_between": "Theil between regions",
    "change_gdp_theil_per_head": "Theil, product per head",
    "channel_adoption_share": "adoption in host cities",
}


def ranges_figure(ranges: pd.DataFrame) -> Figure:
    """Return the 90 % range over parameters, the median and the defaults of headlines. ranges: by effect."""
    names = [name for name in EFFECTS if name in ranges.index]
    figure = new_figure(0.8 + 0.34 * len(names), "Effects of the centres: 90 % range over parameters")
    axes = figure.subplots()
    plain_axes(axes)
    for place, name in enumerate(reversed(names)):
        row = ranges.loc[name]
        axes.plot([row["low"], row["high"]], [place, place], color=BLUE, linewidth=5, solid_capstyle="butt")
        axes.plot(row["median"], place, "o", color="white", markeredgecolor="0.1", markersize=6)
        axes.plot(row["default"], place, "D", color=RED, markersize=5)
    axes.axvline(0.0, color="0.3", linewidth=0.8)
    axes.set_yticks(range(len(names)), [EFFECTS[name] for name in reversed(names)])
    axes.set_xlabel("%, or percentage points of adoption; circle: median, diamond: defaults", fontsize=9)
    return figure


def parts_figure(rows: list[Plain]) -> Figure:
    """Return the parts of the effect by mechanism, median and range over members, in % of innovation."""
    shown = ("effect_hosts", "effect_others", "effect_national")
    names = [*MECHANISMS, REST]
    figure = new_figure(3.2, "Parts of the effect on innovation: median and 90 % of members")
    all_axes = figure.subplots(1, len(shown), sharey=True, sharex=True)
    found = {(row["effect"], row["mechanism"]): row for row in rows}
    for axes, effect in zip(all_axes, shown, strict=True):
        plain_axes(axes)
        for place, name in enumerate(reversed(names)):
            row = found[effect, name]
            axes.plot([row["low"], row["high"]], [place, place], color=GREY, linewidth=2)
            axes.plot(row["median"], place, "o", color=BLUE, markersize=6)
        axes.axvline(0.0, color="0.3", linewidth=0.8)
        axes.set_title(EFFECTS[effect].removeprefix("innovation, "), fontsize=9.5, loc="left")
        axes.set_yticks(range(len(names)), list(reversed(names)))
        axes.set_xlabel("%", fontsize=9)
    return figure


def sensitivity_figure(rows: list[Plain]) -> Figure:
    """Return the total indices of groups of parameters for all headlines, as a table of shades."""
    table = pd.DataFrame(rows)
    effects = list(dict.fromkeys(table["effect"]))
    wide = table.pivot(index="group", columns="effect", values="total")[effects]
    wide = wide.loc[wide.mean(axis=1).sort_values(ascending=False).index]
    explained = table.drop_duplicates("effect").set_index("effect")["explained"]
    figure = new_figure(1.9 + 0.3 * len(wide), "Total indices of groups of parameters")
    axes = figure.subplots()
    axes.imshow(wide.to_numpy(), cmap="Blues", vmin=0.0, vmax=1.0, aspect="auto")
    for y, x in np.ndindex(*wide.shape):
        value = float(wide.iloc[y, x])
        if value >= 0.02:
            axes.text(
                x,
                y,
                f"{value:.2f}",
                ha="center",
                va="center",
                fontsize=7.5,
                color="w" if value > 0.5 else "0.1",
            )
    axes.set_yticks(range(len(wide)), wide.index, fontsize=8.5)
    labels = [f"{EFFECTS.get(name, name)}\n(explained {explained[name]:.2f})" for name in effects]
    axes.set_xticks(range(len(effects)), labels, fontsize=7.5, rotation=40, ha="right")
    return figure


def facts_figure(rows: list[Plain]) -> Figure:
    """Return the share of seeds that pass each fact, a strip for each group; those claimed are filled."""
    groups = [name for name in TITLES if any(row["group"] == name for row in rows)]
    figure = new_figure(1.0 + 0.55 * len(groups), "Share of seeds that pass, a mark for each fact")
    axes = figure.subplots()
    plain_axes(axes)
    rng = np.random.Generator(np.random.PCG64(1))
    for place, group in enumerate(reversed(groups)):
        own = [row for row in rows if row["group"] == group]
        spread = place + 0.25 * (rng.random(len(own)) - 0.5) * 2.0
        for row, height in zip(own, spread, strict=True):
            fill = BLUE if row["claimed"] else "white"
            axes.plot(100.0 * row["passed"], height, "o", color=fill, markeredgecolor=BLUE, markersize=6)
    axes.set_yticks(range(len(groups)), list(reversed(groups)))
    axes.set_xlabel("% of seeds; filled: claimed", fontsize=9)
    return figure


def forecast_figure(contests: list[Plain]) -> Figure:
    """Return the root mean square error of every forecast, a panel for each contest."""
    deep = (len(contests) + 1) // 2
    figure = new_figure(0.4 + 2.1 * deep, "Root mean square errors of log shares")
    all_axes = figure.subplots(deep, 2, squeeze=False).flat
    for axes in all_axes[len(contests) :]:
        axes.set_axis_off()
    for axes, one in zip(all_axes, contests, strict=False):
        plain_axes(axes)
        rows = sorted(one["scores"], key=lambda row: -row["rmse"])
        for place, row in enumerate(rows):
            colour = RED if row["forecast"] == MODEL else GREEN if row["forecast"] == RAW else GREY
            axes.barh(place, row["rmse"], color=colour, height=0.6)
        names = [
            row["forecast"].replace(RAW, "the same, own start").replace("as its province: ", "province: ")
            for row in rows
        ]
        axes.set_yticks(range(len(rows)), names, fontsize=7.5)
        axes.set_title(one["name"], fontsize=9.5, loc="left")
    return figure


def article_figures(
    ranges: pd.DataFrame, parts: Plain, indices: Plain, card: Plain, forecast: Plain
) -> dict[str, Figure]:
    """Return all figures of the article by name."""
    return {
        "article_ranges": ranges_figure(ranges),
        "article_parts": parts_figure(parts["rows"]),
        "article_sensitivity": sensitivity_figure(indices["rows"]),
        "article_facts": facts_figure(card["rows"]),
        "article_forecast": forecast_figure(forecast["contests"]),
    }
