"""Figures of the studies, made from their tables; colours as in ``viz.figures.run_figures``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap, TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from experiments.measures.effects import WINDOW_YEARS
from experiments.measures.findings import BY_ID, FAILS, FINDINGS, HOLDS, UNDECIDED
from experiments.measures.heterogeneity import SPLITS
from experiments.measures.published_targets import target
from experiments.questions.ablation import MECHANISMS, ON
from experiments.questions.oversupply import REFERENCE_USE
from experiments.questions.regimes import MAPS, Map
from viz.figures.run_figures import BLUE, GREEN, GREY, LATE, ORANGE, RED
from viz.figures.run_figures import _figure as blank
from viz.figures.run_figures import _plain as plain
from viz.number_text import estimate, number

Tables = Mapping[str, pd.DataFrame]
LINES: dict[str, dict[str, Any]] = {
    "network": {"color": BLUE, "linestyle": "-", "marker": "o", "label": "sold over the network"},
    "local": {"color": ORANGE, "linestyle": "--", "marker": "s", "label": "sold to the host city only"},
}
MAPPED_NAMES = {
    "C14": "Theil between cities",
    "C14-regions": "Theil between regions, per head",
    "C14-sigma": "s.d. of log innovation",
    "C13": "other cities: far less near",
}


def seeds_of(frame: pd.DataFrame) -> str:
    """What the bars are."""
    count = int(frame["seeds"].max())
    return f"±2 s.e. over {count} seeds" if count > 1 else "one seed, no error bars"


# ── Splits ───────────────────────────────────────────────────────────────────────────────────────


def split_chart(splits: pd.DataFrame, scenario: str) -> Figure:
    """The six splits: difference of halves, and slope with the other five held fixed."""
    figure = blank(4.1, f"For whom a centre works: effect on host cities ({scenario}, {LATE})")
    panels = figure.subplots(1, 2, sharey=True)
    names = [f"{split.words} ({split.id})" for split in SPLITS]
    rows = splits.set_index("id").loc[[split.id for split in SPLITS]]
    for axes, (value, error), words in zip(
        panels,
        (("raw", "raw_se"), ("partial", "partial_se")),
        ("that half of hosts less the other, %", "slope, others held fixed, % per s.d."),
        strict=True,
    ):
        places = np.arange(len(names))[::-1]
        beyond = rows[value].abs() > 2.0 * rows[error]
        colours = np.where(~beyond, GREY, np.where(rows[value] > 0, BLUE, RED))
        axes.barh(places, rows[value], height=0.55, color=colours, alpha=0.75)
        axes.errorbar(
            rows[value], places, xerr=2.0 * np.nan_to_num(rows[error]), fmt="none", ecolor="0.15",
            elinewidth=1.2, capsize=3,
        )  # fmt: skip
        axes.axvline(0.0, color="0.3", linewidth=0.8)
        plain(axes)
        axes.grid(visible=False, axis="y")
        axes.set_yticks(places, names)
        axes.set_xlabel(words, fontsize=9)
        reach = float(np.nanmax(rows[value].abs() + 2.0 * rows[error].fillna(0.0)))
        axes.set_xlim(-1.05 * reach, 1.05 * reach)
        axes.xaxis.set_major_locator(MaxNLocator(6, prune="both"))
        for place, mean, deviation in zip(places, rows[value], rows[error], strict=True):
            axes.text(
                0.99, place + 0.36, estimate(mean, deviation), transform=axes.get_yaxis_transform(),
                va="center", ha="right", fontsize=7.5,
            )  # fmt: skip
    panels[0].set_title(
        f"{int(splits['hosts'].max())} hosts; {seeds_of(splits)}, clustered", fontsize=8.5, loc="left"
    )
    handles = [
        Patch(color=BLUE, alpha=0.75, label="the study's direction"),
        Patch(color=RED, alpha=0.75, label="the other direction"),
        Patch(color=GREY, alpha=0.75, label="within two s.e. of 0"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, fontsize=8.5, frameon=False)
    return figure


# ── Ablation ─────────────────────────────────────────────────────────────────────────────────────


def ablation_chart(table: pd.DataFrame, scenario: str) -> Figure:
    """Findings down, mechanisms across: the size of a finding with the mechanism off, coloured by verdict."""
    columns = [one.id for one in MECHANISMS if one.id in set(table["mechanism"])]
    rows = [one for one in FINDINGS if one.id in set(table["id"])]
    figure = blank(1.6 + 0.33 * len(rows), f"Findings with one mechanism switched off ({scenario}, {LATE})")
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
            axes.text(
                j + 0.5, i + 0.5, _short(cell["size"]), ha="center", va="center", fontsize=6.8,
                fontweight="bold" if lost else "normal",
            )  # fmt: skip
            if lost:
                axes.add_patch(
                    Rectangle((j + 0.04, i + 0.05), 0.92, 0.9, fill=False, linewidth=1.3, color="black")
                )
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
    base = {
        "C0": "effect on hosts", "C1": "entrants", "C2": "talent", "C3": "adoption", "C4": "attention",
        "C5": "property rights", "C6": "data", "C13": "far less near", "C13-near": "within 150 km",
        "C13-far": "at 500-1000 km", "C14": "Theil, cities", "C14-regions": "Theil, regions",
        "C14-sigma": "σ",
    }  # fmt: skip
    for split in SPLITS:
        base[split.id] = split.words
        base[f"{split.id}-partial"] = f"  {split.moderator.split('_')[0]}, others fixed"
    return f"{identity.split('-')[0]} {base[identity]}".strip()


def _short(value: float) -> str:
    """Three figures at most."""
    size = abs(value)
    return number(value, 0 if size >= 99.5 else 1 if size >= 9.95 else 2, signed=True)


# ── Regimes ──────────────────────────────────────────────────────────────────────────────────────


def regime_map(table: pd.DataFrame, of: Map, scenario: str) -> Figure:
    """Gap indices, and far less near, over the two axes of a map; hatched where not beyond two s.e."""
    figure = blank(6.4, f"What centres change, by {of.question} ({scenario})")
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
        axes.set_ylabel(f"{of.y.name}, {of.y.unit}", fontsize=8.5)
    for axes in panels[1]:
        axes.set_xlabel(f"{of.x.name}, {of.x.unit}", fontsize=8.5)
    figure.supxlabel(
        "blue: the source study's direction (the gap narrows, far gains more than near), red: the other; "
        f"hatched: within two s.e. of 0, {int(table['seeds'].max())} seeds; last {WINDOW_YEARS} years",
        fontsize=8,
    )
    return figure


def _cells(axes: Axes, here: pd.DataFrame, expected: int) -> Any:
    """The cells of one measure, with their numbers; blue is the expected sign."""
    values = here.pivot(index="y", columns="x", values="mean").to_numpy()
    errors = here.pivot(index="y", columns="x", values="se").to_numpy()
    known = np.abs(values[np.isfinite(values)])
    limit = max(float(known.max(initial=0.0)), 1e-9)
    mesh = axes.pcolormesh(
        np.ma.masked_invalid(values), cmap="RdBu" if expected > 0 else "RdBu_r",
        norm=TwoSlopeNorm(0.0, -limit, limit), edgecolors="white",
    )  # fmt: skip
    for (i, j), value in np.ndenumerate(values):
        clear = abs(value) > 2.0 * errors[i, j]
        if not clear:
            axes.add_patch(Rectangle((j, i), 1, 1, fill=False, hatch="////", edgecolor="0.55", linewidth=0))
        axes.text(
            j + 0.5, i + 0.5, _short(value), ha="center", va="center", fontsize=7.5,
            color="white" if clear and abs(value) > 0.6 * limit else "black",
            bbox=None if clear else {"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )  # fmt: skip
    return mesh


def _ticks(axes: Axes, here: pd.DataFrame) -> None:
    columns, rows = sorted(here["x"].unique()), sorted(here["y"].unique())
    axes.set_xticks(np.arange(len(columns)) + 0.5, [f"{value:g}" for value in columns])
    axes.set_yticks(np.arange(len(rows)) + 0.5, [f"{value:g}" for value in rows])
    axes.tick_params(labelsize=8, length=0)
    axes.spines[:].set_visible(False)


# ── Oversupply ───────────────────────────────────────────────────────────────────────────────────


def oversupply_chart(curve: pd.DataFrame, scenario: str) -> Figure:
    """Use, price, effects and returns by capacity, sold far and near."""
    figure = blank(5.6, f"Capacity from a quarter to eight times the default ({scenario}, {LATE})")
    panels = figure.subplots(2, 3, sharex=True)
    plans: Sequence[tuple[str, str]] = (
        ("utilisation", "use of capacity, fraction"),
        ("price_over_cost", "price over marginal cost, ratio"),
        ("private_return", "surplus per unit, money/compute"),
        ("effect_hosts", "effect on hosts, %"),
        ("contribution", "share of hosts' innovation, fraction"),
        ("social_return", "extra innovations per unit, 1/compute"),
    )
    for axes, (measure, words) in zip(panels.flat, plans, strict=True):
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
        plain(axes)
        axes.set_ylabel(words, fontsize=8.5)
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
    panels[0, 0].set_title(f"bands: {seeds_of(curve)}", fontsize=8.5, loc="left")
    return figure


# ── Layouts ──────────────────────────────────────────────────────────────────────────────────────

LAYOUT_PANELS = (
    ("theil", "Theil between cities", BLUE),
    ("theil_per_head", "Theil per head", GREEN),
    ("theil_regions", "Theil between regions", ORANGE),
    ("hosts", "effect on hosts", RED),
    ("others", "effect on other cities", GREY),
    ("country", "effect on the country", BLUE),
)


def layout_chart(table: pd.DataFrame) -> Figure:
    """Change of the gap and effects of every layout, with ±2 standard errors."""
    scenarios = list(dict.fromkeys(table["scenario"]))
    figure = blank(1.9 + 0.24 * 2 * len(scenarios), f"Layouts of compute against their twins, %, {LATE}")
    panels = figure.subplots(2, 3, sharey=True)
    places = np.arange(len(scenarios))[::-1]
    for axes, (measure, words, colour) in zip(panels.flat, LAYOUT_PANELS, strict=True):
        here = table[table["measure"] == measure].set_index("scenario").loc[scenarios]
        axes.errorbar(
            here["mean"], places, xerr=2.0 * here["se"].fillna(0.0), fmt="o", color=colour, markersize=4,
            linewidth=1.2,
        )  # fmt: skip
        axes.axvline(0.0, color="0.3", linewidth=0.8, linestyle="--")
        axes.set_yticks(places, [name.replace("_", " ") for name in scenarios], fontsize=8)
        axes.set_title(words, fontsize=9, loc="left")
        plain(axes)
    figure.supxlabel(f"{seeds_of(table)}; left of the line the gap narrows, or the group loses", fontsize=8)
    return figure


# ── All of a study ───────────────────────────────────────────────────────────────────────────────


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
}
