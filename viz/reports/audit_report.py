"""The report of an audit: performance of the designs, in figures, tables and sentences."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from experiments.evaluation.audit import (
    DEFAULT,
    MADE_UP,
    NOMINAL,
    SLOW,
    SPILLOVERS,
    STATES,
    AuditSettings,
    coverage_error,
)
from experiments.evaluation.generating_processes import PROCESSES
from experiments.evaluation.site_selection import WAYS
from experiments.measures.number_text import estimate, number
from experiments.storage import parquet
from experiments.storage.atomic_write import WholeFolder
from experiments.storage.json_file import json_text
from experiments.storage.provenance import versions
from experiments.study.run_key import rules_fingerprint
from viz.figures.figure_style import new_figure, plain_axes, write_figures
from viz.palette import BLUE, GREEN, ORANGE

COLOURS = {"random": BLUE, "wealth": ORANGE, "shocks": GREEN}
MOST_BIAS = 0.25  # of the effect
LASSO = "double ML, lasso"
PLACES = 4  # decimals of effects


class AuditFacts(TypedDict):
    """Provenance of an audit, as in ``audit.json``."""

    date: str
    settings: dict[str, int]
    spillovers: Mapping[str, Mapping[str, float]]
    data: dict[str, str]
    processes: dict[str, str]
    command: str
    rules: str
    versions: dict[str, str]
    panels: int


def write_audit_report(folder: Path, scored: pd.DataFrame, settings: AuditSettings) -> None:
    """Write audit.md, audit.json, scores.parquet and figures/*.png as a folder, replacing an older one."""
    with WholeFolder(folder) as place:
        _fill(place, scored, settings)


def _fill(folder: Path, scored: pd.DataFrame, settings: AuditSettings) -> None:
    parquet.write(scored, folder / "scores.parquet")
    records = [
        {
            key: None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in row.items()
        }
        for row in scored.to_dict("records")
    ]
    facts: AuditFacts = {
        "date": datetime.date.today().isoformat(),
        "settings": asdict(settings),
        "spillovers": SPILLOVERS,
        "data": {name: state.meaning for name, state in STATES.items()},
        "processes": {name: process.meaning for name, process in PROCESSES.items()},
        "command": _command(settings, int(scored["panels"].max())),
        "rules": rules_fingerprint(),
        "versions": versions(),
        "panels": int(scored["panels"].max()),
    }
    (folder / "audit.json").write_text(json_text({**facts, "scores": records}), encoding="utf-8")
    (folder / "audit.md").write_text(audit_text(scored, facts), encoding="utf-8")
    write_figures(folder / "figures", audit_figures(scored))


def _plus(value: int) -> str:
    return f" + {value}" if value else ""


def _command(settings: AuditSettings, panels: int) -> str:
    """Return the command that makes the audit, and adds panels to it."""
    usual = AuditSettings()
    named = ("cities", "firms", "until", "hosts", "slow_every")
    changed = {name: value for name, value in asdict(settings).items() if getattr(usual, name) != value}
    options = "".join(f" --{name.replace('_', '-')} {changed[name]}" for name in named if name in changed)
    return f"computeleap audit --out FOLDER --panels {panels}{options}"


def audit_text(scored: pd.DataFrame, facts: AuditFacts) -> str:
    """Return the report as Markdown."""
    plan = facts["settings"]
    slow = scored.loc[scored["estimator"].isin(SLOW), "panels"]
    fewer = f" ({int(slow.max())} for {' and '.join(SLOW)})" if len(slow) else ""
    lines = [
        "# Audit of the estimators",
        "",
        f"{facts['panels']} simulated panels of every cell{fewer}: {plan['cities']} made-up cities, "
        f"{plan['firms']:,} firms, 2005 to {plan['until']}; {plan['hosts']} hosts whose centres open from "
        f"{plan['first']} to {plan['last']}. Panel n is drawn from seed n, its country from seed "
        f"n{_plus(plan['country_seed'] - 1)}. {facts['date']}, ComputeLeap "
        f"{facts['versions']['computeleap']}, rules {facts['rules']}. `{facts['command']}` makes them; with "
        "a larger number it adds panels to those of the folder.",
        "",
        "Bias is the mean of estimate less *own* effect (the same run without that host’s centres), ± its "
        "Monte Carlo error; coverage is the share of 95 % intervals that contain the mean own effect of the "
        "cell, ± its Monte Carlo error; power the share that exclude zero on its side. *Total* is against "
        "the same run without any centre. Log points. An estimator *passes* if the coverage is within two "
        "Monte Carlo errors of 95 % and a bias of half the effect can be excluded. It *fails* if intervals "
        "cover too little, if its bias is more than chance and a quarter of the effect, or if, where the "
        "outcome has no chance in it or the panel is made up, its error is no smaller than that of always "
        "saying zero.",
        "",
        "## Results",
        "",
        *(f"- {sentence}" for sentence in verdicts(scored)),
        "",
        "![Coverage](figures/audit_coverage.png)",
        "",
        "![Bias](figures/audit_bias.png)",
        "",
    ]
    for state in STATES:
        for spillover in SPILLOVERS:
            part = scored[(scored["data"] == state) & (scored["spillover"] == spillover)]
            if len(part):
                lines += _cell_table(part, f"Data {state}, spillover {spillover}", _meaning(state, spillover))
    part = scored[scored["data"] == MADE_UP]
    if len(part):
        said = "; ".join(f"*{name}*: {meaning}" for name, meaning in facts["processes"].items())
        lines += _cell_table(part, "Made-up panels", f"280 cities, 15 years. {said}.")
    return "\n".join(lines).rstrip() + "\n"


def _meaning(state: str, spillover: str) -> str:
    changes = (
        ", ".join(f"`{name}` = {value:g}" for name, value in SPILLOVERS[spillover].items())
        or "default parameters"
    )
    return f"{STATES[state].meaning}; {changes}."


def _cell_table(part: pd.DataFrame, title: str, meaning: str) -> list[str]:
    lines = [
        f"## {title}",
        "",
        meaning,
        "",
        "| sites | own, total, on others | estimator | panels | mean | bias | rmse | mean s.e. | coverage | "
        "power | verdict |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in part.to_dict("records"):
        true = ", ".join(_effect(row[name]) for name in ("own", "total", "on_others"))
        bias = estimate(row["bias"], row["bias_se"], decimals=PLACES)
        covered = estimate(row["coverage"], coverage_error(row), signed=False, decimals=2)
        rmse, error = (number(row[name], PLACES) for name in ("rmse", "se"))
        cells = [row["sites"], true, row["estimator"], row["panels"], _effect(row["estimate"]), bias, rmse]
        cells += [error, covered, number(row["power"], 2), _verdict(row)]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return [*lines, ""]


def verdicts(scored: pd.DataFrame) -> list[str]:
    """Return verdicts on double machine learning and the usual designs, for each selection of sites."""
    found = []
    cells = [
        (data, spillover, way)
        for data in ("counts", "expected")
        for spillover in ("usual", "strong")
        for way in WAYS
    ]
    for data, spillover, way in [*cells, *((MADE_UP, "none", name) for name in PROCESSES)]:
        cell = scored[
            (scored["data"] == data) & (scored["sites"] == way) & (scored["spillover"] == spillover)
        ]
        own = [row for name in (DEFAULT, LASSO) for _, row in cell[cell["estimator"] == name].iterrows()]
        if own:
            where = way if data == MADE_UP else f"sites by {way}, spillover {spillover}"
            said = "; ".join(f"{row['estimator']} {_trust(row)}" for row in own)
            found.append(
                f"Data {data}, {where}: {said}. Other designs that do not pass: {_others(cell) or 'none'}."
            )
    counts = scored[scored["data"] == "counts"]
    return found + _interference(counts) + _power(counts)


def _others(cell: pd.DataFrame) -> str:
    """List the usual designs that do not pass, the most biased first, with coverage and bias."""
    others = cell[~cell["estimator"].str.startswith("double ML")]
    others = others.loc[[name for name, row in others.iterrows() if _verdict(row) != "passes"]]
    return "; ".join(
        f"{row.estimator} {100 * row.coverage:.0f} % (bias {_effect(row.bias)})"
        for row in others.sort_values("bias", key=abs, ascending=False).itertuples()
    )


def _effect(value: float) -> str:
    return number(value, PLACES, True)


def _verdict(row: Mapping[str, Any] | pd.Series) -> str:
    """Judge an estimator in a cell.

    It fails where intervals cover too little, the bias is more than chance and a quarter of the effect, or,
    without chance in the outcome or on made-up panels, its error is no smaller than that of always saying
    zero. It passes where the coverage is within two Monte Carlo errors of 95 % and a bias of half the effect
    can be excluded.
    """
    error, effect = coverage_error(row), abs(row["own"])
    biased = abs(row["bias"]) > max(2.0 * row["bias_se"], MOST_BIAS * effect)
    useless = row["data"] in ("expected", MADE_UP) and row["rmse"] >= effect
    if row["coverage"] + 2.0 * error < NOMINAL or biased or useless:
        return "fails"
    sure = abs(row["bias"]) + 2.0 * row["bias_se"] < 0.5 * effect
    expected = math.sqrt(NOMINAL * (1.0 - NOMINAL) / row["panels"])
    return "passes" if sure and abs(row["coverage"] - NOMINAL) <= 2.0 * expected else "is in doubt"


def _trust(row: pd.Series) -> str:
    """Judge an estimator in a cell, and state coverage and bias with their Monte Carlo errors."""
    share = number(100 * row["bias"] / row["own"], 0, True) if abs(row["own"]) > row["bias_se"] else ""
    return (
        f"{_verdict(row)}, {100 * row['coverage']:.1f} ± {100 * coverage_error(row):.1f} % of intervals "
        f"contain the true own effect {_effect(row['own'])}, bias "
        f"{estimate(row['bias'], row['bias_se'], decimals=PLACES)}{share and f' ({share} % of it)'}"
    )


def _interference(counts: pd.DataFrame) -> list[str]:
    """Compare own and total effect, by size of spillover, for random sites."""
    part = counts[(counts["sites"] == "random")].drop_duplicates("spillover").set_index("spillover")
    said = [
        f"{name}: own {_effect(part.loc[name, 'own'])}, total {_effect(part.loc[name, 'total'])}, on cities "
        f"without a centre {_effect(part.loc[name, 'on_others'])}"
        for name in SPILLOVERS
        if name in part.index
    ]
    if not said:
        return []
    return [
        f"With spillovers, own and total effect of a host differ (random sites): {'; '.join(said)}. A "
        "comparison of cities estimates the first; the effect of a policy of many centres is the other two."
    ]


def _power(counts: pd.DataFrame) -> list[str]:
    one = counts[
        (counts["sites"] == "random")
        & (counts["spillover"] == "usual")
        & (counts["estimator"] == "double ML")
    ]
    return [
        f"With counts and random sites, double ML finds the effect in {100 * row.power:.0f} % of panels: its "
        f"mean standard error is {number(row.se, PLACES)}."
        for row in one.itertuples()
    ]


def audit_figures(scored: pd.DataFrame) -> dict[str, Figure]:
    """``audit_coverage`` and ``audit_bias``: estimators by selection of sites, for counts."""
    counts = scored[scored["data"] == "counts"]
    return {
        "audit_coverage": _dots(
            counts, "coverage", "Share of 95 % intervals that contain the true own effect", 0.95
        ),
        "audit_bias": _dots(counts, "bias", "Bias against the true own effect, log points", 0.0),
    }


def _dots(counts: pd.DataFrame, value: str, title: str, mark: float) -> Figure:
    names = [
        name for name in counts["estimator"].unique() if value == "coverage" or name != "difference of means"
    ]
    spillovers = [name for name in SPILLOVERS if name in set(counts["spillover"])]
    figure = new_figure(1.2 + 0.36 * len(names), title)
    panes = np.atleast_1d(figure.subplots(1, len(spillovers), sharey=True, sharex=True))
    for axes, spillover in zip(panes, spillovers, strict=True):
        part = counts[counts["spillover"] == spillover].set_index(["sites", "estimator"])
        for shift, (way, colour) in zip((0.22, 0.0, -0.22), COLOURS.items(), strict=True):
            shown = [
                (place, part.loc[(way, name), value])
                for place, name in enumerate(names[::-1])
                if (way, name) in part.index
            ]
            axes.plot(
                [x for _, x in shown],
                [place + shift for place, _ in shown],
                "o",
                color=colour,
                markersize=5,
                label=f"sites by {way}",
            )
        axes.axvline(mark, color="0.3", linewidth=0.9, linestyle="--")
        plain_axes(axes)
        axes.set_title(f"spillover {spillover}", fontsize=9)
    panes[0].set_yticks(range(len(names)), names[::-1])
    handles, labels = panes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=8.5, frameon=False)
    return figure
