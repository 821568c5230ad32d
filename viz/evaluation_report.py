"""The report of an evaluation: the paper's tables with the truth beside them, in one HTML file."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from matplotlib.figure import Figure

from experiments.evaluation.codebook import MODERATORS
from experiments.evaluation.evaluate import Evaluation
from viz.figures import BLUE, GREY, ORANGE, RED, _figure, _plain, write_figures
from viz.report import TEMPLATES, data_address
from viz.wording import number

TITLES = {
    "baseline": "Baseline: effect of an own centre",
    "robustness": "Robustness: learner, folds, errors, sample",
    "channels": "Six channels",
    "splits": "Six splits",
    "bands": "Other cities’ centres by distance",
    "gap": "The gap between cities",
    "checks": "Placebos and sensitivity",
    "clamped": "Channels frozen in the model",
}


def write_evaluation(folder: Path, found: Evaluation) -> Path:
    """Write report.html, evaluation.json, table.parquet, rows.parquet and figures/ into a folder."""
    found.table.to_parquet(folder / "table.parquet", index=False)
    found.rows.to_parquet(folder / "rows.parquet", index=False)
    records = [
        {
            key: None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in row.items()
        }
        for row in found.table.to_dict("records")
    ]
    text = json.dumps(
        {**found.facts, "table": records}, indent=2, ensure_ascii=False, allow_nan=False, default=str
    )
    (folder / "evaluation.json").write_text(text + "\n", encoding="utf-8")
    figures = evaluation_figures(found.table)
    write_figures(folder / "figures", figures)
    path = folder / "report.html"
    path.write_text(evaluation_html(found, figures), encoding="utf-8")
    return path


def evaluation_html(found: Evaluation, figures: dict[str, Figure]) -> str:
    """The report as a text."""
    page = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    parts = {name: found.table[found.table["table"] == name] for name in TITLES}
    tables = {name: [_cells(name, row) for row in part.to_dict("records")] for name, part in parts.items()}
    return page.get_template("evaluation.html.j2").render(
        facts=found.facts, known=found.table["total"].notna().any(), titles=TITLES, tables=tables,
        findings=findings(found.table, found.facts),
        images={name: data_address(figure) for name, figure in figures.items()},
    )  # fmt: skip


def _cells(table: str, row: dict[str, Any]) -> dict[str, str]:
    """A row of a table as text: estimates with three digits after the point, changes of indices with two."""
    places = 2 if str(row["item"]).endswith("in %") else 3
    text = {
        key: number(row.get(key), places, signed=True)
        for key in ("estimate", "mean", "mean_own", "mean_total", "bias")
    }
    text |= {key: number(row.get(key), places) for key in ("se", "sd", "bias_se")}
    text |= {key: number(row.get(key), 2) for key in ("coverage", "power")}
    low, high = number(row.get("low"), places, True), number(row.get("high"), places, True)
    extra = {
        "with_channel": number(row.get("with_channel"), 3, True),
        "free": number(row.get("mean_free"), 3, True),
    }
    note = row.get("note")
    return {
        "item": str(row["item"]), **text, **extra, "interval": f"{low} to {high}" if low != "n/a" else "n/a",
        "seeds": str(row["seeds"]), "how": str(row.get("how", "")),
        "paper": _paper_sign(table, str(row["item"])),
        "note": note if isinstance(note, str) else "",
    }  # fmt: skip


def _paper_sign(table: str, item: str) -> str:
    """What the seed paper reports, as a sign; its sizes are not public."""
    if table == "splits" and item.endswith("low − high"):
        label = item.removesuffix(": low − high")
        sign = next((sign for name, sign in MODERATORS.values() if name == label), 0)
        return {1: "low larger", -1: "high larger"}.get(sign, "")
    if table in ("baseline", "channels") or item == "own centre":
        return "+"
    return "narrows" if table == "gap" and item.startswith(("distance", "Theil", "Gini", "sigma")) else ""


def findings(table: pd.DataFrame, facts: dict[str, Any]) -> list[str]:
    """The main results as sentences."""
    rows = {(row["table"], row["item"]): row for row in table.to_dict("records")}
    main = rows.get(("baseline", "double ML"))
    said = []
    if main is not None and math.isfinite(main["estimate"]):
        said.append(
            f"Double machine learning puts the effect of an own centre on {facts['outcome']} at "
            f"{number(main['estimate'], 3, True)} (s.e. {number(main['se'], 3)}; 95 % interval "
            f"{number(main['low'], 3, True)} to {number(main['high'], 3, True)})"
            + (f" in the first of {main['seeds']} seeds." if facts["seeds"] else ".")
        )
        if math.isfinite(main["mean_own"]):
            said.append(
                f"The true own effect is {number(main['mean_own'], 3, True)} and the true total effect "
                f"{number(main['mean_total'], 3, True)} on average over seeds. The bias is "
                f"{number(main['bias'], 3, True)}; {number(100 * main['coverage'], 0)} % of the 95 % "
                f"intervals hold the true own effect and {number(100 * main['power'], 0)} % leave zero out "
                "on the right side."
            )
    worst = table[(table["table"] == "baseline") & table["bias"].notna()]
    if len(worst) and facts["seeds"]:
        row = worst.loc[worst["bias"].abs().idxmax()]
        said.append(f"The most biased of the designs is the {row['item']} ({number(row['bias'], 3, True)}).")
    return said


def evaluation_figures(table: pd.DataFrame) -> dict[str, Figure]:
    """``baseline`` (estimates and truth) and ``event_study``, where there is something to show."""
    found = {}
    base = table[
        (table["table"] == "baseline") & table["estimate"].notna() & (table["item"] != "difference of means")
    ]
    if len(base):
        found["baseline"] = _forest(base, "Effect of an own centre, by estimator (first seed)")
    study = table[(table["table"] == "event_study") & table["estimate"].notna()]
    if len(study):
        found["event_study"] = _event_chart(study)
    return found


def _forest(rows: pd.DataFrame, title: str) -> Figure:
    figure = _figure(0.9 + 0.42 * len(rows), title)
    axes = figure.subplots()
    places = np.arange(len(rows))[::-1]
    axes.errorbar(
        rows["estimate"], places, xerr=[rows["estimate"] - rows["low"], rows["high"] - rows["estimate"]],
        fmt="o", color=BLUE, ecolor="0.35", capsize=3, label="estimate, 95 % interval",
    )  # fmt: skip
    for column, colour, label in (
        ("mean_own", RED, "true own effect"),
        ("mean_total", ORANGE, "true total effect"),
    ):
        if rows[column].notna().any():
            axes.axvline(rows[column].mean(), color=colour, linestyle="--", linewidth=1.4, label=label)
    axes.axvline(0.0, color="0.3", linewidth=0.8)
    _plain(axes)
    axes.set_yticks(places, rows["item"])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlabel("effect on the outcome, log points", fontsize=9)
    figure.legend(loc="outside lower center", ncols=3, fontsize=8.5, frameon=False)
    return figure


def _event_chart(rows: pd.DataFrame) -> Figure:
    figure = _figure(3.6, "Effect by years since the opening")
    axes = figure.subplots()
    years = rows["item"].astype(int).to_numpy()
    axes.errorbar(
        years, rows["estimate"], yerr=[rows["estimate"] - rows["low"], rows["high"] - rows["estimate"]],
        fmt="o", color=BLUE, ecolor="0.35", capsize=3, label="first seed, 95 % interval",
    )  # fmt: skip
    if rows["mean"].notna().any() and rows["seeds"].max() > 1:
        axes.plot(years, rows["mean"], color=GREY, linewidth=1.4, label="mean of estimates over seeds")
    if rows["mean_total"].notna().any():
        axes.plot(
            years, rows["mean_total"], color=RED, linestyle="--", label="true total effect, mean over seeds"
        )
    axes.axhline(0.0, color="0.3", linewidth=0.8)
    axes.axvline(-0.5, color="0.6", linewidth=0.8, linestyle=":")
    _plain(axes)
    axes.set_xlabel("years since the opening (−1 is the base)", fontsize=9)
    axes.set_ylabel("log points", fontsize=9)
    axes.legend(fontsize=8.5, frameon=False)
    return figure
