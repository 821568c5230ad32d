"""Figures of the studies, made from their tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap, TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from experiments.measures.findings import BY_ID, FAILS, FINDINGS, HOLDS, UNDECIDED
from experiments.measures.heterogeneity import SPLITS
from experiments.measures.number_text import estimate, number
from experiments.measures.published_targets import target
from experiments.measures.twin_pairs import WINDOW_YEARS
from experiments.questions.ablation import MECHANISMS, ON
from experiments.questions.oversupply import REFERENCE_USE
from experiments.questions.regimes import MAPS, Map
from viz.figures.figure_style import ERROR_BARS, error_bar_note, new_figure, plain_axes, two_errors
from viz.figures.run_figures import LATE
from viz.figures.siphon_figures import frontier_chart, single_centre_chart
from viz.palette import BLUE, GREEN, GREY, ORANGE, RED

Tables = Mapping[str, pd.DataFrame]
CENTRED: dict[str, Any] = {"ha": "center", "va": "center"}
LINES: dict[str, dict[str, Any]] = {
    "network": {"color": BLUE, "linestyle": "-", "marker": "o", "label": "sold over the network"},
    "local": {"color": ORANGE, "linestyle": "--", "marker": "s", "label": "sold to the host city only"},
}
CURVES = {
    "utilisation": "use of capacity, fraction",
    "price_over_cost": "price over marginal cost, ratio",
    "private_return": "surplus per unit, money/compute",
    "effect_hosts": "effect on hosts, %",
    "contribution": "share of hosts' innovation, fraction",
    "social_return": "extra innovations per unit, 1/compute",
}
FINDING_LABELS = {
    "C0": "effect on hosts",
    "C1": "entrants",
    "C2": "talent",
    "C3": "adoption",
    "C4": "attention",
    "C5": "property rights",
    "C6": "data",
    "C13": "far less near",
    "C13-near": "within 150 km",
    "C13-far": "at 500-1000 km",
    "C14": "Theil, cities",
    "C14-regions": "Theil, regions",
    "C14-sigma": "σ",
}
MAPPED_NAMES = {
    "C14": "Theil between cities",
    "C14-regions": "Theil between regions, per head",
    "C14-sigma": "s.d. of log innovation",
    "C13": "other cities: far less near",
}


def split_chart(splits: pd.DataFrame, scenario: str) -> Figure:
    """Draw the six splits: difference between halves of the hosts, and slope given the other five."""
    figure = new_figure(4.1, f"For whom a centre works: effect on host cities ({scenario}, {LATE})")
    panels = figure.subplots(1, 2, sharey=True)
    labels = {
        "raw": "that half of hosts less the other, %",
        "partial": "slope, others held fixed, % per s.d.",
    }
    for axes, (value, label) in zip(panels, labels.items(), strict=True):
        _split_panel(axes, splits, value)
        axes.set_xlabel(label, fontsize=9)
    note = f"{int(splits['hosts'].max())} hosts; {error_bar_note(splits)}, clustered"
    panels[0].set_title(note, fontsize=8.5, loc="left")
    handles = [
        Patch(color=BLUE, label="the study's direction"),
        Patch(color=RED, label="the other direction"),
        Patch(color=GREY, label="within two s.e. of 0"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, fontsize=8.5, frameon=False)
    return figure


def _split_panel(axes: Axes, splits: pd.DataFrame, value: str) -> None:
    """Draw one kind of estimate, ``raw`` or ``partial``, of every split."""
    rows = splits.set_index("id").loc[[split.id for split in SPLITS]]
    means, errors = rows[value], rows[f"{value}_se"]
    places = np.arange(len(rows))[::-1]
    beyond = means.abs() > 2.0 * errors
    colours = np.where(~beyond, GREY, np.where(means > 0, BLUE, RED))
    axes.barh(places, means, height=0.55, color=colours)
    axes.errorbar(means, places, xerr=two_errors(errors), **ERROR_BARS)
    axes.axvline(0.0, color="0.3", linewidth=0.8)
    plain_axes(axes)
    axes.grid(visible=False, axis="y")
    axes.set_yticks(places, [f"{split.words} ({split.id})" for split in SPLITS])
    reach = float(np.nanmax(means.abs() + two_errors(errors)))
    axes.set_xlim(-1.05 * reach, 1.05 * reach)
    axes.xaxis.set_major_locator(MaxNLocator(6, prune="both"))
    style: dict[str, Any] = {"va": "center", "ha": "right", "fontsize": 7.5}
    for place, mean, error in zip(places, means, errors, strict=True):
        text = estimate(mean, error)
        axes.text(0.99, place + 0.36, text, transform=axes.get_yaxis_transform(), **style)


def ablation_chart(table: pd.DataFrame, scenario: str) -> Figure:
    """Draw the size of each finding (rows) without each mechanism (columns), coloured by verdict."""
    columns = [one.id for one in MECHANISMS if one.id in set(table["mechanism"])]
    rows = [one for one in FINDINGS if one.id in set(table["id"])]
    figure = new_figure(
        1.6 + 0.33 * len(rows), f"Findings with one mechanism switched off ({scenario}, {LATE})"
    )
    figure.set_figwidth(max(figure.get_figwidth(), 3.0 + 0.44 * len(columns)))  # a number to a cell
    axes = figure.subplots()
    cells = table.set_index(["id", "mechanism"])
    codes = {FAILS: 0, UNDECIDED: 1, HOLDS: 2}
    verdicts = np.array([[codes[cells.loc[(one.id, name), "verdict"]] for name in columns] for one in rows])
    scale = ListedColormap(["#F0B28A", "#F2F2F2", "#9CC7E4"])
    axes.pcolormesh(verdicts, cmap=scale, norm=BoundaryNorm([-0.5, 0.5, 1.5, 2.5], 3), edgecolors="white")
    for i, one in enumerate(rows):
        for j, name in enumerate(columns):
            cell = cells.loc[(one.id, name)]
            lost = cell["outcome"] in ("lost", "reversed")
            weight = "bold" if lost else "normal"
            axes.text(j + 0.5, i + 0.5, _short(cell["size"]), fontsize=6.8, fontweight=weight, **CENTRED)
            if lost:
                frame = Rectangle((j + 0.04, i + 0.05), 0.92, 0.9, fill=False, linewidth=1.3, color="black")
                axes.add_patch(frame)
    axes.invert_yaxis()
    short = {one.id: one.short if one.id == ON else f"{one.id}: {one.short}" for one in MECHANISMS}
    names = [short[name] for name in columns]
    axes.set_xticks(np.arange(len(columns)) + 0.5, names, rotation=42, ha="left", fontsize=7.5)
    axes.xaxis.tick_top()
    axes.set_yticks(np.arange(len(rows)) + 0.5, [_finding_label(one.id) for one in rows], fontsize=8)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    handles = [
        Patch(color="#9CC7E4", label="the study's sign, beyond 2 s.e."),
        Patch(color="#F2F2F2", label="within 2 s.e. of 0"),
        Patch(color="#F0B28A", label="the other sign, beyond 2 s.e."),
        Patch(facecolor="none", edgecolor="black", label="held with all mechanisms on, not here"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2, fontsize=8, frameon=False)
    return figure


def _finding_label(identity: str) -> str:
    labels = dict(FINDING_LABELS)
    for split in SPLITS:
        labels[split.id] = split.words
        labels[f"{split.id}-partial"] = f"  {split.moderator.split('_')[0]}, others fixed"
    return f"{identity.split('-')[0]} {labels[identity]}".strip()


def _short(value: float) -> str:
    """Return a number with three figures at most."""
    size = abs(value)
    return number(value, 0 if size >= 99.5 else 1 if size >= 9.95 else 2, signed=True)


def regime_map(table: pd.DataFrame, regimes: Map, scenario: str) -> Figure:
    """Draw gap indices, and far less near, over the axes of a map; cells within two s.e. of 0 are hatched."""
    figure = new_figure(6.4, f"Changes caused by centres, by {regimes.question} ({scenario})")
    panels = figure.subplots(2, 2, sharex=True, sharey=True)
    for axes, (identity, title) in zip(panels.flat, MAPPED_NAMES.items(), strict=True):
        here = table[table["id"] == identity]
        finding = BY_ID[identity]
        mesh = _cells(axes, here, finding.expected)
        axes.set_title(title, fontsize=9, loc="left")
        _ticks(axes, here)
        bar = figure.colorbar(mesh, ax=axes, pad=0.02, aspect=24)
        bar.set_label(f"change caused by centres, {finding.unit}", fontsize=8)
        bar.ax.tick_params(labelsize=7.5)
    for axes in panels[:, 0]:
        axes.set_ylabel(f"{regimes.y.name}, {regimes.y.unit}", fontsize=8.5)
    for axes in panels[1]:
        axes.set_xlabel(f"{regimes.x.name}, {regimes.x.unit}", fontsize=8.5)
    figure.supxlabel(
        "blue: the source study's direction (the gap narrows, far gains more than near), red: the other; "
        f"hatched: within two s.e. of 0, {int(table['seeds'].max())} seeds; last {WINDOW_YEARS} years",
        fontsize=8,
    )
    return figure


def _cells(axes: Axes, here: pd.DataFrame, expected: int) -> Any:
    """Draw the cells of one measure with their numbers; blue is the expected sign."""
    values = here.pivot(index="y", columns="x", values="mean").to_numpy()
    errors = here.pivot(index="y", columns="x", values="se").to_numpy()
    known = np.abs(values[np.isfinite(values)])
    limit = max(float(known.max(initial=0.0)), 1e-9)
    colours = "RdBu" if expected > 0 else "RdBu_r"
    scale = TwoSlopeNorm(0.0, -limit, limit)
    mesh = axes.pcolormesh(np.ma.masked_invalid(values), cmap=colours, norm=scale, edgecolors="white")
    for (i, j), value in np.ndenumerate(values):
        clear = abs(value) > 2.0 * errors[i, j]
        style: dict[str, Any] = {"color": "white" if clear and abs(value) > 0.6 * limit else "black"}
        if not clear:
            axes.add_patch(Rectangle((j, i), 1, 1, fill=False, hatch="////", edgecolor="0.55", linewidth=0))
            style["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        axes.text(j + 0.5, i + 0.5, _short(value), fontsize=7.5, **CENTRED, **style)
    return mesh


def _ticks(axes: Axes, here: pd.DataFrame) -> None:
    columns, rows = sorted(here["x"].unique()), sorted(here["y"].unique())
    axes.set_xticks(np.arange(len(columns)) + 0.5, [f"{value:g}" for value in columns])
    axes.set_yticks(np.arange(len(rows)) + 0.5, [f"{value:g}" for value in rows])
    axes.tick_params(labelsize=8, length=0)
    axes.spines[:].set_visible(False)


def oversupply_chart(curve: pd.DataFrame, scenario: str) -> Figure:
    """Draw use, price, effects and returns by capacity, sold over the network or to the host city only."""
    figure = new_figure(5.6, f"Capacity from a quarter to eight times the default ({scenario}, {LATE})")
    panels = figure.subplots(2, 3, sharex=True)
    for axes, (measure, label) in zip(panels.flat, CURVES.items(), strict=True):
        for access, line in LINES.items():
            here = curve[(curve["access"] == access) & (curve["measure"] == measure)].sort_values("multiple")
            if not len(here):
                continue
            x, mean = here["multiple"], here["mean"]
            band = 2.0 * here["se"].fillna(0.0)
            axes.fill_between(x, mean - band, mean + band, color=line["color"], alpha=0.2, linewidth=0)
            axes.plot(x, mean, markersize=3.5, linewidth=1.5, **line)
        axes.set_xscale("log", base=2)
        axes.xaxis.set_major_locator(FixedLocator([0.25, 0.5, 1.0, 2.0, 4.0, 8.0]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.xaxis.set_minor_locator(NullLocator())
        plain_axes(axes)
        axes.set_ylabel(label, fontsize=8.5)
    panels[0, 0].axhline(REFERENCE_USE, color="0.4", linewidth=0.8, linestyle=":")
    panels[0, 0].set_ylim(0, 1)
    published = target("A7")
    panels[1, 1].axhspan(published.low, published.high, color=GREEN, alpha=0.25, linewidth=0)
    panels[0, 1].axhline(1.0, color="0.4", linewidth=0.8, linestyle=":")
    for axes in panels[1]:
        axes.set_xlabel("capacity, multiple of default", fontsize=8.5)
    handles, labels = panels[0, 0].get_legend_handles_labels()
    handles.append(Patch(color=GREEN, alpha=0.25))
    labels.append(f"published {published.low:.0%} to {published.high:.0%}, at {REFERENCE_USE:.0%} use")
    figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=8.5, frameon=False)
    panels[0, 0].set_title(f"bands: {error_bar_note(curve)}", fontsize=8.5, loc="left")
    return figure


LAYOUT_PANELS = (
    ("theil", "Theil between cities", BLUE),
    ("theil_per_head", "Theil per head", GREEN),
    ("theil_regions", "Theil between regions", ORANGE),
    ("hosts", "effect on hosts", RED),
    ("others", "effect on other cities", GREY),
    ("country", "effect on the country", BLUE),
)


POLICY_PANELS = (
    ("hosts", "effect on hosts", RED),
    ("others", "effect on other cities", GREY),
    ("gdp", "effect on real GDP", BLUE),
    ("gap", "Theil between cities", BLUE),
    ("gap_regions", "Theil between regions", ORANGE),
    ("compute", "compute used", GREEN),
)


def layout_chart(table: pd.DataFrame) -> Figure:
    """Draw the change of the gap and the effects of every layout, with ±2 standard errors."""
    return _dots(table, LAYOUT_PANELS, f"Layouts of compute against their twins, %, {LATE}")


def policy_chart(table: pd.DataFrame) -> Figure:
    """Draw what every dated policy changes, with ±2 standard errors."""
    return _dots(table, POLICY_PANELS, f"Policies and shocks against the same without change, %, {LATE}")


def _dots(table: pd.DataFrame, of: tuple[tuple[str, str, str], ...], title: str) -> Figure:
    scenarios = list(dict.fromkeys(table["scenario"]))
    figure = new_figure(1.9 + 0.24 * 2 * len(scenarios), title)
    panels = figure.subplots(2, 3, sharey=True)
    places = np.arange(len(scenarios))[::-1]
    for axes, (measure, title, colour) in zip(panels.flat, of, strict=True):
        here = table[table["measure"] == measure].set_index("scenario").loc[scenarios]
        style: dict[str, Any] = {"fmt": "o", "color": colour, "markersize": 4, "linewidth": 1.2}
        axes.errorbar(here["mean"], places, xerr=two_errors(here["se"]), **style)
        axes.axvline(0.0, color="0.3", linewidth=0.8, linestyle="--")
        axes.set_yticks(places, [name.replace("_", " ") for name in scenarios], fontsize=8)
        axes.set_title(title, fontsize=9, loc="left")
        plain_axes(axes)
    figure.supxlabel(
        f"{error_bar_note(table)}; left of the line the gap narrows, or the group loses", fontsize=8
    )
    return figure


def _by_scenario(
    name: str, table: str, draw: Callable[[pd.DataFrame, str], Figure]
) -> Callable[[Tables], dict[str, Figure]]:
    def figures(tables: Tables) -> dict[str, Figure]:
        return {
            f"{name}_{scenario}": draw(own, str(scenario))
            for scenario, own in tables[table].groupby("scenario", sort=False)
        }

    return figures


def _regime_maps(tables: Tables) -> dict[str, Figure]:
    table = tables["regimes"]
    return {
        f"regimes_{of.id}_{scenario}": regime_map(own[own["map"] == of.id], of, str(scenario))
        for scenario, own in table.groupby("scenario", sort=False)
        for of in MAPS
        if (own["map"] == of.id).any()
    }


FIGURES: dict[str, Callable[[Tables], dict[str, Figure]]] = {
    "splits": _by_scenario("splits", "splits", split_chart),
    "ablation": _by_scenario("ablation", "ablation", ablation_chart),
    "regimes": _regime_maps,
    "layouts": lambda tables: {"layouts": layout_chart(tables["layouts"])},
    "oversupply": _by_scenario("oversupply", "curve", oversupply_chart),
    "policies": lambda tables: {"policies": policy_chart(tables["policies"])},
    "seeds": lambda tables: {"seeds": policy_chart(tables["policies"])},
    "single_centres": _by_scenario("single_centres", "bands", single_centre_chart),
    "frontier": _by_scenario("frontier", "points", frontier_chart),
}
