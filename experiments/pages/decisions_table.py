"""The table of decisions in docs/experiments.md: whether two halves of the ensemble choose the same plan."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from experiments.pages.marked_blocks import replace_block
from experiments.questions.decision.halves import CHOSEN_ON
from experiments.questions.decision.plans import NOTHING

PAGE = Path("docs/experiments.md")
HEADS = (
    "for the good of",
    "cities",
    "same plan",
    "no contradiction",
    "both build, or neither",
    "near tie",
    "same by the rule of 0.3.0",
    "chosen by all members",
)
NEAR_TIE = 2.0  # standard errors between the best plan and the second
STORED = Path("docs/bench/decisions.json")
BEGIN, END = "<!-- decisions:begin -->", "<!-- decisions:end -->"


def decisions_table() -> str:
    """Return a row for each decision, in Markdown, without the cities on which the rule was chosen."""
    rows: list[dict[str, Any]] = json.loads(STORED.read_text(encoding="utf-8"))["rows"]
    rows = [row for row in rows if row["city"] not in CHOSEN_ON]
    lines = ["", f"| {' | '.join(HEADS)} |", "|---" * len(HEADS) + "|"]
    for scope in dict.fromkeys(row["scope"] for row in rows):
        lines.append(f"| {scope} | {_cells([row for row in rows if row['scope'] == scope])} |")
    lines.append(f"| all three | {_cells(rows)} |")
    return "\n".join([*lines, ""])


def _cells(rows: list[dict[str, Any]]) -> str:
    def builds(plan: str) -> bool:
        return plan not in (NOTHING, "vouchers")

    shares = (
        [row["agree"] for row in rows],
        [not row["contradict"] for row in rows],
        [builds(row["halves"][0]) == builds(row["halves"][1]) for row in rows],
        [row["margin"] < NEAR_TIE for row in rows],
        [row["worst_tenth"][0] == row["worst_tenth"][1] for row in rows],
    )
    cities = len({row["city"] for row in rows})
    told = " | ".join(f"{100 * sum(share) / len(share):.0f} %" for share in shares)
    chosen = ", ".join(f"{name} {n}" for name, n in Counter(row["choice"] for row in rows).most_common())
    return f"{cities} | {told} | {chosen}"


def with_table(page: str) -> str:
    """Return a page with its table renewed. Raises ValueError if it has no such table."""
    return replace_block(page, BEGIN, END, decisions_table)
