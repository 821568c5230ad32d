"""The table of recorded measures in docs/sweeps.md, made from the measures of sweeps."""

from __future__ import annotations

from pathlib import Path

from experiments.pages.marked_blocks import replace_block
from experiments.sweep.measures import EFFECTS, METRICS

PAGE = Path("docs/sweeps.md")
BEGIN, END = "<!-- measures:begin -->", "<!-- measures:end -->"


def measures_table() -> str:
    """Return name, unit and meaning of every metric and effect, in Markdown."""
    lines = ["", "| metric | unit | meaning |", "|---|---|---|"]
    lines += [f"| `{name}` | {unit} | {meaning} |" for name, (unit, meaning) in METRICS.items()]
    lines += ["", "| effect, in `finals` with `twin` | unit | meaning |", "|---|---|---|"]
    lines += [f"| `{name}` | {unit} | {meaning} |" for name, (unit, meaning) in EFFECTS.items()]
    return "\n".join([*lines, ""])


def page() -> str:
    """Return the page with its table renewed. Raises ValueError if it has no such table."""
    return replace_block(PAGE.read_text(encoding="utf-8"), BEGIN, END, measures_table)
