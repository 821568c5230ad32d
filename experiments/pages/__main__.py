"""Pages that are made from the code and from results, so that they cannot say anything else.

``python -m experiments.pages.__main__`` writes docs/parameters.md, docs/state.md and docs/rules.md again, and the
table of verdicts of docs/explanation/what-emerges.md; with a ``summary.json`` of a results folder it also
fills the block of results in README.md. Both are run in the project's folder.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.measures.effects import WINDOW_YEARS
from experiments.pages import claims_table as emergence
from experiments.pages.odd_pages import generated_pages
from model.parameters import Parameters, describe

PARAMETERS_PAGE = Path("docs/parameters.md")
README = Path("README.md")
GAPS = ("Theil", "Theil per head", "Theil between regions")  # of the indices, those that the README shows
BEGIN, END = "<!-- results:begin -->", "<!-- results:end -->"

INTRODUCTION = """\
# Parameters

All {count} parameters of a run, made from `model/parameters.py` by `python -m experiments.pages.__main__`. A run
refuses unknown names and values out of range. `computeleap parameters` shows the same in the terminal;
`--csv` and `--json-schema` give it to programs. The words in the column *source*:

- *prototype*: taken from the study that preceded the model, where it was chosen by judgement within the
  range;
- *calibrated*: set by running the model; [decisions](decisions.md#calibration) says against what, and how
  well that is met;
- *G2*, *A7* and the like: a row of `model/data/targets.csv`;
- *seed*: one of the five source documents;
- *judgement*, *general knowledge*: no source.
"""


def parameters_page() -> str:
    """The text of docs/parameters.md: one table for each group of parameters."""
    rows = [describe(name) for name in Parameters.model_fields]
    parts = [INTRODUCTION.format(count=len(rows))]
    for group in dict.fromkeys(row["group"] for row in rows):
        lines = [
            f"## {group}\n",
            "| parameter | default | range | unit | meaning | source |",
            "|---|---|---|---|---|---|",
            *(_line(row) for row in rows if row["group"] == group),
        ]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _line(row: Mapping[str, Any]) -> str:
    texts = (str(row[key]).replace("|", "\\|") for key in ("unit", "meaning", "source"))
    span = f"{_plain(row['low'])} to {_plain(row['high'])}"
    return f"| `{row['name']}` | {_plain(row['default'])} | {span} | " + " | ".join(texts) + " |"


def _plain(value: float) -> str:
    if abs(value) == 1e6:
        return "1 million"
    text = f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:g}"
    return text.replace("-", "−")


def results_block(summary: Mapping[str, Any]) -> str:
    """What the README says of a study, from its ``summary.json``: a sentence and two tables in Markdown."""
    first = max(summary["first_year"], summary["last_year"] - WINDOW_YEARS + 1)
    seeds = len(summary["seeds"])
    said = (
        f"`computeleap run {summary['scenario']}`: {summary['centres']} centres, {summary['cities']} cities, "
        f"{summary['firms']:,} firms, {summary['first_year']}-{summary['last_year']} after "
        f"{summary['burn_in_quarters']} quarters of burn-in, {seeds} seeds. Means of "
        f"{first}-{summary['last_year']} against the twin without centres, ± standard error over seeds. "
        "Per cent are 100 × the logarithm of a ratio, save for the gap: there, of the index without centres."
    )
    effects, channels = {row["group"]: row for row in summary["effects"]}, summary["channels"]
    rows = [
        ("innovation in host cities, mean of cities", effects["host cities"], "%"),
        ("innovation in all other cities, mean of cities", effects["other cities"], "%"),
        ("innovation in the whole country", effects["whole country (total)"], "%"),
    ]
    rows += [
        (f"other cities {row['band_km'].replace('-', ' to ')} km from the nearest centre", row, "%")
        for row in summary["distance"]
        if row["seeds"]
    ]
    rows += [(f"hosts: {row['channel']}", row, row["unit"]) for row in channels]
    rows += [
        (f"innovation in the half of the hosts that is {half} at first", row, "%")
        for row in summary["host_strength"]
        for half in ("weak", "strong")
        if row["measure"] == f"effect on innovation, %: {half} hosts"
    ]
    rows += [
        (f"gap between cities: {row['index']}", row, "%") for row in summary["gap"] if row["index"] in GAPS
    ]
    lines = ["| measure | caused by the centres |", "|---|---|"]
    lines += [f"| {label} | {_estimate(row)} {unit} |" for label, row, unit in rows]
    return "\n".join([BEGIN, said, "", *lines, END])


def _estimate(row: Mapping[str, Any]) -> str:
    if row["mean"] is None:
        return "not defined"
    mean = f"{row['mean']:+.2f}".replace("-", "−")
    return mean if row["se"] is None else f"{mean} ± {row['se']:.2f}"


def with_results(text: str, summary: Mapping[str, Any]) -> str:
    """A text with its block of results filled from a summary.

    Raises ValueError where the text has no such block.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"there is no block from {BEGIN} to {END}")
    return before + results_block(summary) + after


def main(arguments: Sequence[str]) -> None:
    """Write the pages; ``arguments`` may name a ``summary.json``."""
    pages = {PARAMETERS_PAGE: parameters_page(), emergence.PAGE: emergence.page(), **generated_pages()}
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
    for name in arguments:
        summary = json.loads(Path(name).read_text(encoding="utf-8"))
        README.write_text(with_results(README.read_text(encoding="utf-8"), summary), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
