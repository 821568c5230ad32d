"""The report of an audit: performance of the designs, in figures, tables and sentences."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TypedDict

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from experiments.evaluation.audit import SPILLOVERS, STATES, AuditSettings
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
NOMINAL = 0.95  # coverage of the intervals, if they are right
MOST_BIAS = 0.25  # of the effect
COLUMNS = ("estimate", "bias", "bias_se", "bias_total", "rmse", "se", "coverage", "power")


class AuditFacts(TypedDict):
    """Provenance of an audit, as in ``audit.json``."""

    date: str
    settings: dict[str, int]
    spillovers: Mapping[str, Mapping[str, float]]
    data: dict[str, str]
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
        "rules": rules_fingerprint(),
        "versions": versions(),
        "panels": int(scored["panels"].max()),
    }
    (folder / "audit.json").write_text(json_text({**facts, "scores": records}), encoding="utf-8")
    (folder / "audit.md").write_text(audit_text(scored, facts), encoding="utf-8")
    write_figures(folder / "figures", audit_figures(scored))


def audit_text(scored: pd.DataFrame, facts: AuditFacts) -> str:
    """Return the report as Markdown."""
    plan = facts["settings"]
    lines = [
        "# Audit of the estimators",
        "",
        f"{facts['panels']} simulated panels of every cell: {plan['cities']} made-up cities, "
        f"{plan['firms']:,} firms, 2005 to {plan['until']}; {plan['hosts']} hosts whose centres open from "
        f"{plan['first']} to {plan['last']}. Panel n is drawn from seed n, its country from seed n + "
        f"{plan['country_seed'] - 1}. {facts['date']}, ComputeLeap "
        f"{facts['versions']['computeleap']}, rules {facts['rules']}.",
        "",
        "Bias is the mean of estimate less *own* effect (the same run without that host’s centres), ± its "
        "Monte Carlo error; coverage is the share of 95 % intervals that contain the mean own effect of the "
        "cell; power the share "
        "that exclude zero on its side. *Total* is against the same run without any centre. Log points.",
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
                lines += _cell_table(part, state, spillover)
    return "\n".join(lines).rstrip() + "\n"


def _cell_table(part: pd.DataFrame, state: str, spillover: str) -> list[str]:
    changes = (
        ", ".join(f"`{name}` = {value:g}" for name, value in SPILLOVERS[spillover].items())
        or "default parameters"
    )
    lines = [
        f"## Data {state}, spillover {spillover}",
        "",
        f"{STATES[state].meaning}; {changes}.",
        "",
        "| sites | own, total, on others | estimator | mean | bias | rmse | mean s.e. | coverage | power |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in part.to_dict("records"):
        true = ", ".join(number(row[name], 3, True) for name in ("own", "total", "on_others"))
        lines.append(
            f"| {row['sites']} | {true} | {row['estimator']} | {number(row['estimate'], 3, True)} | "
            f"{estimate(row['bias'], row['bias_se'], decimals=3)} | {number(row['rmse'], 3)} | "
            f"{number(row['se'], 3)} | {number(row['coverage'], 2)} | {number(row['power'], 2)} |"
        )
    return [*lines, ""]


def verdicts(scored: pd.DataFrame) -> list[str]:
    """Return verdicts on double machine learning and the usual designs, for each selection of sites."""
    found = []
    for data, default in (("counts", "double ML"), ("expected", "double ML, lasso")):
        for spillover in ("usual", "strong"):
            for way in WAYS:
                cell = scored[
                    (scored["data"] == data) & (scored["sites"] == way) & (scored["spillover"] == spillover)
                ]
                own = cell[cell["estimator"] == default]
                if len(own):
                    found.append(
                        f"Data {data}, sites by {way}, spillover {spillover}: {default} "
                        f"{_trust(own.iloc[0])}. Other designs that do not pass: {_others(cell) or 'none'}."
                    )
    counts = scored[scored["data"] == "counts"]
    return found + _interference(counts) + _power(counts)


def _others(cell: pd.DataFrame) -> str:
    """List the usual designs that do not pass, the most biased first, with coverage and bias."""
    others = cell[~cell["estimator"].str.startswith("double ML")]
    others = others.loc[[name for name, row in others.iterrows() if _verdict(row) != "passes"]]
    return "; ".join(
        f"{row.estimator} {100 * row.coverage:.0f} % (bias {number(row.bias, 3, True)})"
        for row in others.sort_values("bias", key=abs, ascending=False).itertuples()
    )


def _coverage_error(row: pd.Series) -> float:
    """Return the Monte Carlo error of the coverage."""
    spread = max(row["coverage"] * (1.0 - row["coverage"]), NOMINAL * (1.0 - NOMINAL))
    return math.sqrt(spread / row["panels"])


def _verdict(row: pd.Series) -> str:
    """Judge an estimator in a cell.

    It fails where intervals cover too little, the bias is more than chance and a quarter of the effect, or,
    without chance in the outcome, its error is no smaller than that of always saying zero. It passes where
    the coverage is within two Monte Carlo errors of 95 % and a bias of half the effect can be excluded.
    """
    error, effect = _coverage_error(row), abs(row["own"])
    biased = abs(row["bias"]) > max(2.0 * row["bias_se"], MOST_BIAS * effect)
    useless = row["data"] == "expected" and row["rmse"] >= effect
    if row["coverage"] + 2.0 * error < NOMINAL or biased or useless:
        return "fails"
    sure = abs(row["bias"]) + 2.0 * row["bias_se"] < 0.5 * effect
    expected = math.sqrt(NOMINAL * (1.0 - NOMINAL) / row["panels"])
    return "passes" if sure and abs(row["coverage"] - NOMINAL) <= 2.0 * expected else "is in doubt"


def _trust(row: pd.Series) -> str:
    """Judge an estimator in a cell, and state coverage and bias with their Monte Carlo errors."""
    return (
        f"{_verdict(row)}, {100 * row['coverage']:.1f} ± {100 * _coverage_error(row):.1f} % of intervals "
        f"contain the true own effect {number(row['own'], 3, True)}, bias "
        f"{estimate(row['bias'], row['bias_se'], decimals=3)}"
    )


def _interference(counts: pd.DataFrame) -> list[str]:
    """Compare own and total effect, by size of spillover, for random sites."""
    part = counts[(counts["sites"] == "random")].drop_duplicates("spillover").set_index("spillover")
    said = [
        f"{name}: own {number(part.loc[name, 'own'], 3, True)}, total "
        f"{number(part.loc[name, 'total'], 3, True)}, on cities without a centre "
        f"{number(part.loc[name, 'on_others'], 3, True)}"
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
        f"mean standard error is {number(row.se, 3)}."
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
