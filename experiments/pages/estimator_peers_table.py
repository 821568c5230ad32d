"""The comparison of estimators with other programs in docs/evaluation.md, made from its stored file."""

from __future__ import annotations

import json
from pathlib import Path

from experiments.measures.number_text import number, sized
from experiments.pages.marked_blocks import replace_block

PAGE = Path("docs/evaluation.md")
STORED = Path("docs/bench/estimator_peers.json")
BEGIN, END = "<!-- peers:begin -->", "<!-- peers:end -->"
HEAD = ("defect", "quantity", "data", "own", "peer", "by", "difference, %", "allowed, %")


def difference(own: float, peer: float) -> float:
    """Return the difference of our own number from the peer's, relative to it."""
    return abs(own - peer) / abs(peer)


def peers_table() -> str:
    """Return one line per comparison in Markdown, and the range over folds."""
    found = json.loads(STORED.read_text(encoding="utf-8"))
    lines = ["", f"| {' | '.join(HEAD)} |", "|---" * len(HEAD) + "|"]
    for row in found["rows"]:
        whole = row["tolerance"] == 0.0
        shown = [number(row[key], 0) if whole else _digits(row[key]) for key in ("own", "peer")]
        share = difference(row["own"], row["peer"])
        off = "0" if share < 5e-10 else f"{100 * share:.1g}" if share < 1e-3 else number(100 * share, 2)
        cells = [str(row["defect"]), row["quantity"], row["data"], *shown, row["by"], off]
        lines.append(f"| {' | '.join([*cells, f'{100 * row["tolerance"]:g}'])} |")
    one, usual = (
        " to ".join(sized(end, 3, True) for end in found["folds"][key]) for key in ("one split", "default")
    )
    return "\n".join(
        [
            *lines,
            "",
            f"Defect 10: with 50 cities the estimate runs from {one} over twenty seeds of one split, from "
            f"{usual} by default. Measured on {found['date']}.",
            "",
        ]
    )


def _digits(value: float) -> str:
    return number(value, 2) if abs(value) >= 100 else number(value, 6)


def page() -> str:
    """Return the page with its table renewed. Raises ValueError if it has no such table."""
    return replace_block(PAGE.read_text(encoding="utf-8"), BEGIN, END, peers_table)
