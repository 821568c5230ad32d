"""The tables of docs/evaluation.md that are made from the stored audit, docs/bench/audit.json."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.evaluation.audit import coverage_error
from experiments.measures.number_text import estimate, number
from experiments.pages.marked_blocks import replace_block

PAGE = Path("docs/evaluation.md")
STORED = Path("docs/bench/audit.json")
BEGIN, END = "<!-- audit:begin -->", "<!-- audit:end -->"
SITES = ("random", "wealth", "shocks")
SPILLOVERS = ("none", "usual", "strong")


def audit_tables() -> str:
    """Return who made the audit, true effects, and bias and coverage of each estimator, in Markdown."""
    facts = json.loads(STORED.read_text(encoding="utf-8"))
    scores = pd.DataFrame(facts["scores"])
    fewer = sorted({int(panels) for panels in scores["panels"]} - {facts["panels"]})
    some = f" ({', '.join(map(str, fewer))} for double ML with trees and with bands)" if fewer else ""
    return "\n".join(
        [
            "",
            f"{facts['panels']} panels of every cell{some}, {facts['date']}, version "
            f"{facts['versions']['computeleap']}; `{facts['command']}` makes them and, with a larger number, "
            "adds to them. The tables have the bias in log points and the share of 95 % intervals that hold "
            "the true own effect, each ± its Monte Carlo error. All cells: [the report](bench/audit.md).",
            "",
            *_truth(scores),
            "",
            "Spillovers usual, counts as the outcome:",
            "",
            *_table(scores, [(way, "usual", "counts") for way in SITES]),
            "",
            "Spillovers usual, expected innovations, without chance:",
            "",
            *_table(scores, [(way, "usual", "expected") for way in SITES]),
            "",
            "Made-up panels:",
            "",
            *_table(scores, [(name, "none", "made up") for name in facts["processes"]]),
            "",
        ]
    )


def _truth(scores: pd.DataFrame) -> list[str]:
    lines = [
        "| true effect, expected innovations | own | total | on cities without a centre |",
        "|---" * 4 + "|",
    ]
    cells = scores[scores["data"] == "expected"].drop_duplicates(["spillover", "sites"])
    for spillover in SPILLOVERS:
        for way in SITES:
            row = cells[(cells["spillover"] == spillover) & (cells["sites"] == way)].iloc[0]
            shown = " | ".join(number(row[name], 4, True) for name in ("own", "total", "on_others"))
            lines.append(f"| spillovers {spillover}, sites by {way} | {shown} |")
    return lines


def _table(scores: pd.DataFrame, cells: Sequence[tuple[str, str, str]]) -> list[str]:
    """Return estimator × cell; a cell is sites, spillover and data."""
    lines = [f"| estimator | {' | '.join(cell[0] for cell in cells)} |", "|---" * (len(cells) + 1) + "|"]
    chosen = {
        cell: scores[
            (scores["sites"] == cell[0]) & (scores["spillover"] == cell[1]) & (scores["data"] == cell[2])
        ].set_index("estimator")
        for cell in cells
    }
    for name in dict.fromkeys(name for part in chosen.values() for name in part.index):
        shown = (_score(part.loc[name]) if name in part.index else "" for part in chosen.values())
        lines.append(f"| {name} | {' | '.join(shown)} |")
    return lines


def _score(row: Any) -> str:
    covered = estimate(100.0 * row["coverage"], 100.0 * coverage_error(row), signed=False, decimals=0)
    return f"{estimate(row['bias'], row['bias_se'], decimals=3)}; {covered} %"


def with_tables(text: str) -> str:
    """Return the text of the page with the tables renewed. Raises ValueError if it has none."""
    return replace_block(text, BEGIN, END, audit_tables)


def page() -> str:
    """Return the page with its tables renewed. Raises ValueError if it has none."""
    return with_tables(PAGE.read_text(encoding="utf-8"))
