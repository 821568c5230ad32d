"""The report of an evaluation: the tables of a paper and the true effects, in one HTML file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from experiments.evaluation.codebook import MODERATORS
from experiments.evaluation.evaluate import ALL_SIX, Evaluation
from experiments.evaluation.moderated_mediation import REFUSAL
from experiments.measures.number_text import NOT_AVAILABLE, number, sized
from experiments.storage import parquet
from viz.figures.figure_style import new_figure, plain_axes, write_figures
from viz.palette import BLUE, GREY, ORANGE, RED
from viz.reports.page_template import data_url, read_images, template

TITLES = {
    "baseline": "Baseline: effect of a city’s own centre",
    "doubleml": "The same by DoubleML",
    "further": "Further designs",
    "policy": "Total, own and spillover effects",
    "robustness": "Robustness: learner, folds, covariance, sample",
    "channels": "Channels",
    "held": "Channels held fixed",
    "mediation": "Moderated mediation",
    "splits": "Splits of cities",
    "bands": "Other cities’ centres by distance",
    "gap": "The gap between cities",
    "checks": "Placebos and sensitivity",
}
PLACES = {"bands": 4}  # digits after the point where effects are small
BLANK = "–"


def write_evaluation(folder: Path, found: Evaluation) -> Path:
    """Write report.html, evaluation.json, table.parquet, rows.parquet and figures/ into a folder."""
    parquet.write(found.table, folder / "table.parquet")
    parquet.write(found.rows, folder / "rows.parquet")
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
    known = bool(found.facts["seeds"])
    images = read_images(write_figures(folder / "figures", evaluation_figures(found.table, known)))
    path = folder / "report.html"
    path.write_text(evaluation_html(found, images), encoding="utf-8")
    return path


def evaluation_html(found: Evaluation, images: dict[str, bytes]) -> str:
    """Return the report as HTML. images: PNG files of its figures, by name."""
    parts = {name: found.table[found.table["table"] == name] for name in TITLES}
    whole = max(1, len(found.facts["seeds"]))
    tables = {
        name: [_cells(name, row, whole) for row in part.to_dict("records")] for name, part in parts.items()
    }
    tables["held"] = _with_channel_estimates(tables["held"], tables["channels"])
    return template("evaluation.html.j2").render(
        facts={"remarks": [], "controls": [], **found.facts},
        known=found.table["total"].notna().any(),
        titles=TITLES,
        tables=tables,
        refusal=REFUSAL,
        findings=findings(found.table, found.facts),
        images={name: data_url(image) for name, image in images.items()},
    )


def _cells(table: str, row: dict[str, Any], seeds: int) -> dict[str, str]:
    """Format a row of a table: estimates with three digits after the point, changes of indices with two.

    seeds: of the whole evaluation; a row of fewer is labelled.
    """
    item, label = str(row["item"]), ""
    if table in ("splits", "mediation") and ": " in item:
        label, item = item.split(": ", 1)
    places = 2 if item.endswith("in %") else PLACES.get(table, 3)

    def text(key: str, signed: bool = True, digits: int = places) -> str:
        shown = sized(row.get(key), digits, signed)
        return BLANK if shown == NOT_AVAILABLE else shown

    signed = (
        "estimate",
        "mean",
        "mean_own",
        "mean_total",
        "bias",
        "with_channel",
        "mean_with_channel",
        "mean_free",
    )
    carried = {"carried": row.get("mean_free", math.nan) - row.get("mean_total", math.nan)}
    note = row.get("note")
    of_seeds = "first seed" if row["seeds"] == 1 else f"first {row['seeds']} seeds"
    return {
        "item": item if row["seeds"] >= seeds or table in ("held", "checks") else f"{item} ({of_seeds})",
        "group": label,
        **{key: text(key) for key in signed},
        "left": text("mean_left", True, 4),
        **{key: text(key, False) for key in ("se", "sd", "sd_total")},
        **{key: text(key, False, 2) for key in ("coverage", "power")},
        "interval": f"{text('low')} to {text('high')}" if text("low") != BLANK else BLANK,
        "over_seeds": f"{text('mean')} ± {text('sd', False)}" if text("sd") != BLANK else text("mean"),
        "carried": number(carried["carried"], 3, True),
        "seeds": str(row["seeds"]),
        "paper": _paper_sign(table, str(row["item"])),
        "note": note if isinstance(note, str) else "",
    }


def _with_channel_estimates(
    held: list[dict[str, str]], channels: list[dict[str, str]]
) -> list[dict[str, str]]:
    """Add to the rows of held channels the coefficients that are estimated with the channel fixed."""
    found = {row["item"]: row for row in channels}
    empty = {"with_channel": BLANK, "mean_with_channel": BLANK}
    return [{**row, **{key: found.get(row["item"], empty)[key] for key in empty}} for row in held]


def _paper_sign(table: str, item: str) -> str:
    """Return the sign that the source study reports; its sizes are not public."""
    if table == "splits" and item.endswith("low − high"):
        label = item.removesuffix(": low − high")
        sign = next((sign for name, sign in MODERATORS.values() if name == label), 0)
        return {1: "low larger", -1: "high larger"}.get(sign, "")
    return ""


def findings(table: pd.DataFrame, facts: Mapping[str, object]) -> list[str]:
    """Return the main results as sentences."""
    rows = {(row["table"], row["item"]): row for row in table.to_dict("records")}
    main = rows.get(("baseline", "double ML"))
    said = []
    if main is not None and math.isfinite(main["estimate"]):
        said.append(
            f"Double machine learning estimates the effect of a city’s own centre on {facts['outcome']} at "
            f"{sized(main['estimate'], 3, True)} (s.e. {sized(main['se'], 3)}; 95 % interval "
            f"{sized(main['low'], 3, True)} to {sized(main['high'], 3, True)})"
            + (f" in the first of {main['seeds']} seeds." if facts["seeds"] else ".")
        )
        said += _disagreement(main, rows)
        if math.isfinite(main["mean_own"]):
            said.append(
                f"The true own effect is {sized(main['mean_own'], 3, True)} and the true total effect "
                f"{sized(main['mean_total'], 3, True)} on average over seeds. The bias is "
                f"{sized(main['bias'], 3, True)}"
                + (
                    f"; {number(100 * main['coverage'], 0)} % of the 95 % intervals contain the true own "
                    f"effect and {number(100 * main['power'], 0)} % exclude zero on the side of the truth."
                    if math.isfinite(main["coverage"])
                    else "."
                )
            )
    worst = table[(table["table"] == "baseline") & table["bias"].notna()]
    if len(worst) and facts["seeds"]:
        row = worst.loc[worst["bias"].abs().idxmax()]
        said.append(f"The most biased of the designs is the {row['item']} ({sized(row['bias'], 3, True)}).")
    return said + _carried(rows)


def _disagreement(main: dict[str, Any], rows: dict[tuple[str, str], dict[str, Any]]) -> list[str]:
    """Say where estimators that let effects grow and differ are further off than the larger error."""
    found = []
    for name in ("imputation, trends by traits", "Sun-Abraham"):
        other = rows.get(("baseline", name), {})
        gap = main["estimate"] - other.get("estimate", math.nan)
        if abs(gap) > max(main["se"], other.get("se", math.nan)):
            label = name.replace(",", " with")
            found.append(f"{label} {sized(other['estimate'], 3, True)} (s.e. {sized(other['se'], 3)})")
    if not found:
        return []
    return [
        f"Estimators for effects that differ between cities or grow find another number: {'; '.join(found)}. "
        "Where openings are staggered, double machine learning weights city-years by how well controls and "
        "others’ openings leave them unexplained, and loses a part of effects that grow; where hosts had "
        "other paths before, the others err."
    ]


def _carried(rows: dict[tuple[str, str], dict[str, Any]]) -> list[str]:
    """Return a sentence on the share of the true effect that the channels carry."""
    held = {item: row for (table, item), row in rows.items() if table == "held"}
    alone = {item: row for item, row in held.items() if item != ALL_SIX}
    if ALL_SIX not in held or not held[ALL_SIX]["mean_free"] > 0:
        return []
    free, left = held[ALL_SIX]["mean_free"], held[ALL_SIX]["mean_total"]
    most = min(alone, key=lambda item: alone[item]["mean_total"])
    part = 1.0 - alone[most]["mean_total"] / free
    return [
        f"In the model the six channels carry {number(100.0 * (1.0 - left / free), 0)} % of the true total "
        f"effect: held at their levels without centres, they leave {number(left, 3, True)} of "
        f"{number(free, 3, True)}. {most[0].upper()}{most[1:]} alone carries {number(100.0 * part, 0)} %."
    ]


def evaluation_figures(table: pd.DataFrame, known: bool = True) -> dict[str, Figure]:
    """``baseline`` (estimates and truth) and ``event_study``, where there is something to show.

    known: The panel is simulated, so that there are seeds and true effects.
    """
    found = {}
    base = table[
        (table["table"] == "baseline") & table["estimate"].notna() & (table["item"] != "difference of means")
    ]
    if len(base):
        title = "Effect of a city’s own centre, by estimator"
        found["baseline"] = _forest(base, title + (" (first seed)" if known else ""))
    study = table[(table["table"] == "event_study") & table["estimate"].notna()]
    if len(study):
        found["event_study"] = _event_chart(study, "first seed" if known else "estimate")
    return found


def _forest(rows: pd.DataFrame, title: str) -> Figure:
    figure = new_figure(0.9 + 0.42 * len(rows), title)
    axes = figure.subplots()
    places = np.arange(len(rows))[::-1]
    axes.errorbar(
        rows["estimate"],
        places,
        xerr=[rows["estimate"] - rows["low"], rows["high"] - rows["estimate"]],
        fmt="o",
        color=BLUE,
        ecolor="0.35",
        capsize=3,
        label="estimate, 95 % interval",
    )
    for column, colour, label in (
        ("mean_own", RED, "true own effect"),
        ("mean_total", ORANGE, "true total effect"),
    ):
        if rows[column].notna().any():
            axes.axvline(rows[column].mean(), color=colour, linestyle="--", linewidth=1.4, label=label)
    axes.axvline(0.0, color="0.3", linewidth=0.8)
    plain_axes(axes)
    axes.set_yticks(places, rows["item"])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlabel("effect on the outcome, log points", fontsize=9)
    figure.legend(loc="outside lower center", ncols=3, fontsize=8.5, frameon=False)
    return figure


def _event_chart(rows: pd.DataFrame, of: str) -> Figure:
    figure = new_figure(3.6, "Effect by years since the opening")
    axes = figure.subplots()
    years = rows["item"].astype(int).to_numpy()
    axes.errorbar(
        years,
        rows["estimate"],
        yerr=[rows["estimate"] - rows["low"], rows["high"] - rows["estimate"]],
        fmt="o",
        color=BLUE,
        ecolor="0.35",
        capsize=3,
        label=f"{of}, 95 % interval",
    )
    if rows["mean"].notna().any() and rows["seeds"].max() > 1:
        axes.plot(years, rows["mean"], color=GREY, linewidth=1.4, label="mean of estimates over seeds")
    if rows["mean_total"].notna().any():
        axes.plot(
            years, rows["mean_total"], color=RED, linestyle="--", label="true total effect, mean over seeds"
        )
    axes.axhline(0.0, color="0.3", linewidth=0.8)
    axes.axvline(-0.5, color="0.5", linewidth=0.8, linestyle=":")
    plain_axes(axes)
    axes.set_xlabel("years since the opening (−1 is the base)", fontsize=9)
    axes.set_ylabel("log points", fontsize=9)
    axes.legend(fontsize=8.5, frameon=False)
    return figure
