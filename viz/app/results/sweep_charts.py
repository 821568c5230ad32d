"""Charts of a sweep: a map over two factors, the response to one, bars of sensitivity."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.measures.robust_effects import FRAGILE
from experiments.questions.regimes import regime
from experiments.sweep.analysis.sensitivity import Sensitivity
from experiments.sweep.estimates import estimate, sign_of
from experiments.sweep.measures import EFFECTS, METRICS
from model.parameters import Parameters, describe
from viz.app.results.chart_numbers import interval, safe, shown
from viz.app.results.heatmap_options import HeatCell, bars, cells
from viz.app.results.line_options import Estimates, intervals
from viz.app.results.result_reader import SweepStore
from viz.app.results.run_charts import interval_captions, unit_name
from viz.app.ui.chart_options import Option, changed
from viz.app.ui.parameter_translations import parameter_name
from viz.app.ui.translations import Translator
from viz.palette import BLUE

MAX_LEVELS = 12  # values of a factor that are shown one by one; more are binned
BINS = 8
SIGNED = tuple(EFFECTS)  # measures that are zero if centres have no effect
INDEX_COLUMNS = {
    "sobol": ("total", "total_conf"),
    "morris": ("mu_star", "mu_star_conf"),
    "pawn": ("median", ""),
}


@dataclass(frozen=True)
class Levels:
    """A factor cut into levels: the level of each row, (rows,), and the names of the levels in order."""

    codes: np.ndarray
    names: tuple[str, ...]


def levels(values: pd.Series) -> Levels:
    """Return the values of a factor as levels, or bins of equal numbers of runs if there are too many."""
    known = values.dropna()
    distinct = sorted(known.unique(), key=lambda v: (isinstance(v, str), v))
    if len(distinct) <= MAX_LEVELS or not pd.api.types.is_numeric_dtype(values):
        shown_values = distinct[: 5 * MAX_LEVELS]
        place = {value: k for k, value in enumerate(shown_values)}
        names = tuple(value if isinstance(value, str) else f"{value:.4g}" for value in shown_values)
        return Levels(np.array([place.get(value, -1) for value in values]), names)
    codes, links = pd.qcut(values, BINS, labels=False, retbins=True, duplicates="drop")
    names = tuple(f"{low:.3g} – {high:.3g}" for low, high in itertools.pairwise(links))
    return Levels(np.nan_to_num(codes.to_numpy(dtype=float), nan=-1.0).astype(int), names)


def measure_name(measure: str, tr: Translator) -> str:
    """Return the name of a measure in the language of the page."""
    return tr(f"measures.{measure}") if f"measures.{measure}" in tr.texts else measure.replace("_", " ")


def measure_unit(measure: str, tr: Translator) -> str:
    """Return the unit of a measure."""
    return unit_name({**METRICS, **EFFECTS}.get(measure, ("", ""))[0], tr)


def factor_name(factor: str, tr: Translator) -> str:
    """Return the name of a factor in the language of the page, with its unit where it is a parameter."""
    if factor not in Parameters.model_fields:
        return tr.texts.get(f"factors.{factor}", factor.replace("_", " "))
    name = parameter_name(factor, tr.language)
    return f"{name} ({unit_name(describe(factor)['unit'], tr)})"


def verdict(measure: str, found: Mapping[str, float], tr: Translator, fragile: bool = False) -> str:
    """Return the sentence on an effect's sign; empty for a measure that is not an effect.

    fragile: Further estimates do not show the sign.
    """
    if measure not in SIGNED or measure == "hosts":
        return ""
    said = regime(found)
    if said == "unclear":
        return tr("results.unsure")
    kind = "gap" if measure.startswith("change_") else "effect"
    sign = tr(f"results.verdict.{kind}_{'down' if said == 'closes' else 'up'}")
    return f"{sign} ({tr('results.fragile')})" if fragile else sign


def regime_map(finals: pd.DataFrame, measure: str, x: str, y: str, tr: Translator) -> Option:
    """Return the heat map of a measure over two factors: means over seeds and over the other factors."""
    across, up = levels(finals[x]), levels(finals[y])
    unit, name = measure_unit(measure, tr), measure_name(measure, tr)
    found = []
    table = finals.assign(_x=across.codes, _y=up.codes)
    for (i, j), rows in table[(table["_x"] >= 0) & (table["_y"] >= 0)].groupby(["_x", "_y"]):
        one = estimate(rows, measure)
        if not np.isfinite(one["mean"]):
            continue
        low, high = interval(one["mean"], one["se"], one["seeds"])
        said = verdict(measure, one, tr, measure in SIGNED and sign_of(rows, measure) == FRAGILE)
        text = f"<b>{safe(name)}</b><br>{shown(one['mean'], one['se'])} {safe(unit)}"
        text += f"<br>{tr('results.interval')}: {shown(low)} … {shown(high)}" if np.isfinite(low) else ""
        text += f"<br>{said}" if said else ""
        for factor, level in ((x, across.names[int(i)]), (y, up.names[int(j)])):
            text += f"<br>{safe(factor_name(factor, tr))}: {safe(level)}"
        text += f"<br>{tr('results.seeds')}: {int(one['seeds'])} · {tr('results.sweep.runs')}: {len(rows)}"
        clear = measure not in SIGNED or said != tr("results.unsure")
        found.append(HeatCell(int(i), int(j), one["mean"], clear, text))
    return cells(
        across.names,
        up.names,
        found,
        (factor_name(x, tr), factor_name(y, tr)),
        unit,
        diverging=measure in SIGNED and measure != "hosts",
        blue=-1 if measure.startswith("change_") else 1,
    )


def response(finals: pd.DataFrame, measure: str, factor: str, tr: Translator) -> Option:
    """Return the chart of a measure over one factor, with 95 % intervals, averaged over the other factors."""
    cut = levels(finals[factor])
    rows: list[tuple[float, float, float] | None] = []
    for level in range(len(cut.names)):
        here = finals[cut.codes == level]
        one = estimate(here, measure) if len(here) else {"mean": float("nan"), "se": float("nan"), "seeds": 0}
        rows.append((one["mean"], one["se"], one["seeds"]))
    name = measure_name(measure, tr)
    unit = measure_unit(measure, tr)
    found = intervals(
        cut.names,
        [Estimates(name, rows, BLUE)],
        unit,
        factor_name(factor, tr),
        upright=True,
        captions=interval_captions(tr),
    )
    label = f"{name}, {unit}" if len(name) < 32 else unit
    found = changed(found, "yAxis", name=label, scale=measure not in SIGNED)
    means = [row[0] if row and np.isfinite(row[0]) else None for row in rows]
    series = found["series"]
    assert isinstance(series, list)
    series.append(
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


def sensitivity_bars(found: Sensitivity, tr: Translator) -> Option:
    """Return bars of the sensitivity indices of all factors, the most important first."""
    value, error = INDEX_COLUMNS[found.method]
    table = found.table
    errors = table[error].to_numpy(dtype=float) if error else np.full(len(table), np.nan)
    values = table[value].to_numpy(dtype=float)
    names = [factor_name(str(factor), tr) for factor in table["factor"]]
    unit = measure_unit(found.result, tr) if found.method == "morris" else ""
    texts = [
        f"<b>{safe(name)}</b><br>{safe(tr(f'results.index.{found.method}'))}: {shown(v).lstrip('+')}"
        + (f" ± {shown(e).lstrip('+')}" if np.isfinite(e) else "")
        for name, v, e in zip(names, values, errors, strict=True)
    ]
    line = (float(table["dummy"].iloc[0]), tr("results.sweep.dummy")) if "dummy" in table else None
    title = tr(f"results.index.{found.method}") + (f", {unit}" if unit else f" ({tr('results.no_unit')})")
    return bars(names, values.tolist(), errors.tolist(), (title, tr("results.sweep.factor")), texts, line)


def filtered(store: SweepStore, chosen: Mapping[str, str]) -> pd.DataFrame:
    """Return the runs in which each of some factors has the level of that name; "" leaves a factor free."""
    finals = store.finals
    kept = np.ones(len(finals), dtype=bool)
    for factor, name in chosen.items():
        if name and factor in store.factors:
            cut = levels(finals[factor])
            kept &= cut.codes == (cut.names.index(name) if name in cut.names else -2)
    return finals[kept]


def default_factors(store: SweepStore) -> Sequence[str]:
    """Return the factors, those that vary first."""
    return sorted(store.factors, key=lambda name: store.finals[name].nunique() < 2)
