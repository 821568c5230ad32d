"""The table of docs/explanation/what-emerges.md: claims of the source documents, with verdicts."""

from __future__ import annotations

import json
from pathlib import Path

from experiments.measures import number_text
from experiments.pages.marked_blocks import replace_block
from experiments.validation.record import ValidationRecord
from experiments.validation.rows import RowRecord

PAGE = Path("docs/explanation/what-emerges.md")
ROWS_OF = Path("docs/validation/validation.json")
BEGIN, END = "<!-- verdicts:begin -->", "<!-- verdicts:end -->"

# A claim in plain words, and the row of the validation that tests it.
CLAIMS = (
    ("hosts innovate more", "C0", "random_hosts"),
    ("hosts innovate more (the real centres)", "C0", "actual"),
    ("more firms are founded there", "C1", "random_hosts"),
    ("talent comes", "C2", "random_hosts"),
    ("firms adopt compute", "C3", "random_hosts"),
    ("governments pay attention", "C4", "random_hosts"),
    ("property rights are protected better", "C5", "random_hosts"),
    ("data gather", "C6", "random_hosts"),
    ("more so where the business environment is poor", "C7", "random_hosts"),
    ("… with the other traits held fixed", "C7-partial", "random_hosts"),
    ("more so where talent is scarce", "C8", "random_hosts"),
    ("… with the other traits held fixed", "C8-partial", "random_hosts"),
    ("more so where the market is small", "C9", "random_hosts"),
    ("… with the other traits held fixed", "C9-partial", "random_hosts"),
    ("cities at 500-1000 km gain", "C13-far", "random_hosts"),
    ("cities within 150 km lose", "C13-near", "random_hosts"),
    ("far cities gain more than near ones", "C13", "random_hosts"),
    ("far cities gain more than near ones (the real centres)", "C13", "actual"),
    ("the gap between cities narrows", "C14", "random_hosts"),
    ("the gap between cities narrows (the real centres)", "C14", "actual"),
    ("the gap between regions narrows (the real centres)", "C14-regions", "actual"),
    ("left to local demand, compute widens the gap", "L-local_demand", "local_demand"),
    ("building in the hubs narrows it", "L-cross_region", "cross_region"),
    ("building in the hubs with an exchange narrows it", "L-cross_region_trading", "cross_region_trading"),
)


def verdicts_table(contents: ValidationRecord) -> str:
    """Return the table in Markdown, from the contents of ``validation.json``.

    Raises KeyError if a claim has no row there.
    """
    rows = {(row["id"], row["scenario"]): row for row in contents["rows"]}
    lines = ["| claim | row | model ± s.e. | |", "|---|---|---|---|"]
    for claim, name, scenario in CLAIMS:
        row = rows[name, scenario]
        lines.append(f"| {claim} | {name}, `{scenario}` | {estimate(row)} | {row['verdict']} |")
    return "\n".join(lines)


def estimate(row: RowRecord) -> str:
    """Return what was measured, with its standard error and unit, or "n/a"."""
    value, error = row["measured"], row["se"]
    if value is None or error is None:
        return "n/a"
    return f"{number_text.estimate(value, error)} {row['unit'].replace('percentage points', 'points')}"


def with_verdicts(text: str, contents: ValidationRecord) -> str:
    """Return the page with its table renewed. Raises ValueError if it has no such table."""
    return replace_block(text, BEGIN, END, lambda: verdicts_table(contents))


def page() -> str:
    """Return the page, up to date with the stored validation."""
    contents = json.loads(ROWS_OF.read_text(encoding="utf-8"))
    return with_verdicts(PAGE.read_text(encoding="utf-8"), contents)
