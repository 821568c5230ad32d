"""The charts of a store of a sweep: a map over two factors, the response to one, bars of sensitivity."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.measures.effects import mean_and_se
from experiments.questions.regimes import regime
from experiments.sweep.measures import EFFECTS, METRICS
from experiments.sweep.analysis.sensitivity import Sensitivity
from model.parameters import Parameters, describe
from viz.app.ui.parameter_translations import parameter_name
from viz.app.results.run_charts import unit_name, whisker_words
from viz.app.results.heatmap_options import Cell, bars, cells
from viz.app.results.chart_style import BLUE, Option, interval, safe, shown
from viz.app.results.line_options import Estimates, intervals
from viz.app.results.stored_results import SweepStore
from viz.app.ui.translations import Words

MOST_LEVELS = 12  # values of a factor that are shown one by one; more are put into bins
BINS = 8
SIGNED = tuple(EFFECTS)  # measures for which zero means that centres do nothing
INDEX_COLUMNS = {
    "sobol": ("total", "total_conf"),
    "morris": ("mu_star", "mu_star_conf"),
    "pawn": ("median", ""),
}


@dataclass(frozen=True)
class Levels:
    """A factor cut into levels: the level of each row, (rows,), and the levels' names in order."""

    codes: np.ndarray
    names: tuple[str, ...]


def levels(values: pd.Series) -> Levels:
    """The values of a factor as they are, or in bins of equal numbers of runs if they are too many."""
    known = values.dropna()
    distinct = sorted(known.unique(), key=lambda v: (isinstance(v, str), v))
    if len(distinct) <= MOST_LEVELS or not pd.api.types.is_numeric_dtype(values):
        shown_values = distinct[: 5 * MOST_LEVELS]
        place = {value: k for k, value in enumerate(shown_values)}
        names = tuple(value if isinstance(value, str) else f"{value:.4g}" for value in shown_values)
        return Levels(np.array([place.get(value, -1) for value in values]), names)
    codes, links = pd.qcut(values, BINS, labels=False, retbins=True, duplicates="drop")
    names = tuple(f"{low:.3g} – {high:.3g}" for low, high in itertools.pairwise(links))
    return Levels(np.nan_to_num(codes.to_numpy(dtype=float), nan=-1.0).astype(int), names)


def measure_name(measure: str, words: Words) -> str:
    """A measure in the language of the page."""
    return words(f"measures.{measure}") if f"measures.{measure}" in words.texts else measure.replace("_", " ")


def measure_unit(measure: str, words: Words) -> str:
    """Its unit."""
    return unit_name({**METRICS, **EFFECTS}.get(measure, ("", ""))[0], words)


def factor_name(factor: str, words: Words) -> str:
    """A factor in the language of the page, with its unit where it is a parameter."""
    if factor not in Parameters.model_fields:
        return words.texts.get(f"factors.{factor}", factor.replace("_", " "))
    name = parameter_name(factor, words.language)
    return f"{name} ({unit_name(describe(factor)['unit'], words)})"


def estimate(rows: pd.DataFrame, measure: str) -> dict[str, float]:
    """Mean, standard error, number of seeds: runs of a replication, which share luck, are averaged first."""
    return mean_and_se(rows.groupby("replication")[measure].mean())


def verdict(measure: str, found: Mapping[str, float], words: Words) -> str:
    """In words, what the estimate says of a measure against the twin; empty for a measure that is none."""
    if measure not in SIGNED or measure == "hosts":
        return ""
    said = regime(found)
    if said == "unclear":
        return words("results.unsure")
    kind = "gap" if measure.startswith("change_") else "effect"
    return words(f"results.verdict.{kind}_{'down' if said == 'closes' else 'up'}")


def regime_map(finals: pd.DataFrame, measure: str, x: str, y: str, words: Words) -> Option:
    """A measure over two factors, means over seeds; other factors are averaged over."""
    across, up = levels(finals[x]), levels(finals[y])
    unit, name = measure_unit(measure, words), measure_name(measure, words)
    found = []
    table = finals.assign(_x=across.codes, _y=up.codes)
    for (i, j), rows in table[(table["_x"] >= 0) & (table["_y"] >= 0)].groupby(["_x", "_y"]):
        one = estimate(rows, measure)
        if not np.isfinite(one["mean"]):
            continue
        low, high = interval(one["mean"], one["se"], one["seeds"])
        said = verdict(measure, one, words)
        text = f"<b>{safe(name)}</b><br>{shown(one['mean'], one['se'])} {safe(unit)}"
        text += f"<br>{words('results.interval')}: {shown(low)} … {shown(high)}" if np.isfinite(low) else ""
        text += f"<br>{said}" if said else ""
        for factor, level in ((x, across.names[int(i)]), (y, up.names[int(j)])):
            text += f"<br>{safe(factor_name(factor, words))}: {safe(level)}"
        text += (
            f"<br>{words('results.seeds')}: {int(one['seeds'])} · {words('results.sweep.runs')}: {len(rows)}"
        )
        clear = measure not in SIGNED or said != words("results.unsure")
        found.append(Cell(int(i), int(j), one["mean"], clear, text))
    return cells(
        across.names,
        up.names,
        found,
        (factor_name(x, words), factor_name(y, words)),
        unit,
        diverging=measure in SIGNED and measure != "hosts",
        unclear="≈0",
        blue=-1 if measure.startswith("change_") else 1,
    )


def response(finals: pd.DataFrame, measure: str, factor: str, words: Words) -> Option:
    """A measure over one factor: means over seeds with 95 % intervals, all other factors averaged over."""
    cut = levels(finals[factor])
    rows: list[tuple[float, float, float] | None] = []
    for level in range(len(cut.names)):
        here = finals[cut.codes == level]
        one = estimate(here, measure) if len(here) else {"mean": float("nan"), "se": float("nan"), "seeds": 0}
        rows.append((one["mean"], one["se"], one["seeds"]))
    name = measure_name(measure, words)
    unit = measure_unit(measure, words)
    found = intervals(
        cut.names,
        [Estimates(name, rows, BLUE)],
        unit,
        factor_name(factor, words),
        upright=True,
        words=whisker_words(words),
    )
    found["yAxis"] |= {"name": f"{name}, {unit}" if len(name) < 32 else unit, "scale": measure not in SIGNED}
    means = [row[0] if row and np.isfinite(row[0]) else None for row in rows]
    found["series"].append(
        {
            "type": "line",
            "data": means,
            "symbol": "none",
            "lineStyle": {"color": BLUE, "width": 1.5},
            "tooltip": {"show": False},
            "silent": True,
        }
    )
    return found


def sensitivity_bars(found: Sensitivity, words: Words) -> Option:
    """Bars of the indices of all factors, the most important first."""
    value, error = INDEX_COLUMNS[found.method]
    table = found.table
    errors = table[error].to_numpy(dtype=float) if error else np.full(len(table), np.nan)
    values = table[value].to_numpy(dtype=float)
    names = [factor_name(str(factor), words) for factor in table["factor"]]
    unit = measure_unit(found.result, words) if found.method == "morris" else ""
    texts = [
        f"<b>{safe(name)}</b><br>{safe(words(f'results.index.{found.method}'))}: {shown(v).lstrip('+')}"
        + (f" ± {shown(e).lstrip('+')}" if np.isfinite(e) else "")
        for name, v, e in zip(names, values, errors, strict=True)
    ]
    line = (float(table["dummy"].iloc[0]), words("results.sweep.dummy")) if "dummy" in table else None
    title = words(f"results.index.{found.method}") + (
        f", {unit}" if unit else f" ({words('results.no_unit')})"
    )
    return bars(names, values.tolist(), errors.tolist(), (title, words("results.sweep.factor")), texts, line)


def filtered(store: SweepStore, chosen: Mapping[str, str]) -> pd.DataFrame:
    """The runs in which each of some factors has the level of that name; "" leaves a factor free."""
    finals = store.finals
    kept = np.ones(len(finals), dtype=bool)
    for factor, name in chosen.items():
        if name and factor in store.factors:
            cut = levels(finals[factor])
            kept &= cut.codes == (cut.names.index(name) if name in cut.names else -2)
    return finals[kept]


def default_factors(store: SweepStore) -> Sequence[str]:
    """The factors in the order in which they are offered: those that vary first."""
    return sorted(store.factors, key=lambda name: store.finals[name].nunique() < 2)
