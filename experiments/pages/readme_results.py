"""The block of results in README.md, made from the ``summary.json`` of a run."""

from __future__ import annotations

from pathlib import Path

from experiments.measures.number_text import estimate
from experiments.measures.twin_pairs import WINDOW_YEARS
from experiments.pages.marked_blocks import replace_block
from experiments.results.write_results import Summary, TableRecord

README = Path("README.md")
BEGIN, END = "<!-- results:begin -->", "<!-- results:end -->"
GAPS = ("Theil", "Theil per head", "Theil between regions")  # the indices that the README shows

GROUPS = {
    "host cities": "host cities",
    "other cities": "all other cities",
    "whole country (total)": "the whole country",
}


def with_results(text: str, summary: Summary) -> str:
    """Return the README with its block of results renewed. Raises ValueError if it has no such block."""
    return replace_block(text, BEGIN, END, lambda: results_block(summary))


def results_block(summary: Summary) -> str:
    """Return a sentence and a table in Markdown from the ``summary.json`` of a run."""
    first = max(summary["first_year"], summary["last_year"] - WINDOW_YEARS + 1)
    seeds = len(summary["seeds"])
    sentence = (
        f"`computeleap run {summary['scenario']}`: {summary['centres']} centres, {summary['cities']} cities, "
        f"{summary['firms']:,} firms, {summary['first_year']}-{summary['last_year']} after "
        f"{summary['burn_in_quarters']} quarters of burn-in, {seeds} seeds. Means of "
        f"{first}-{summary['last_year']} against the twin without centres, ± standard error over seeds. "
        "Per cent: 100 × the logarithm of a ratio of sums over the cities of a group; for the gap, per cent "
        "of the index without centres."
    )
    effects = {row["group"]: row for row in summary["effects"]}
    real_gdp = {row["group"]: row for row in summary["gdp"] if row["measure"] == "real_gdp"}
    rows = [
        (f"{measure} {place}", found[group], "%")
        for measure, found in (("innovation in", effects), ("real GDP of", real_gdp))
        for group, place in GROUPS.items()
    ]
    rows += [
        ("real GDP gained over all years per money spent on capacity", row, "money per money")
        for row in summary["costs"]
        if row["quantity"] == "per_money"
    ]
    rows += [
        (f"innovation in other cities {_band(row)} km from the nearest centre", row, "%")
        for row in summary["distance"]
        if row["seeds"]
    ]
    rows += [(f"hosts: {row['channel']}", row, row["unit"]) for row in summary["channels"]]
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
    return "\n".join([sentence, "", *lines])


def _band(row: TableRecord) -> str:
    return row["band_km"].replace("-", " to ")


def _estimate(row: TableRecord) -> str:
    if row["mean"] is None:
        return "not defined"
    return str(estimate(row["mean"], row["se"], decimals=2))
