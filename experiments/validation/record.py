"""The file of a validation, and the page of the documentation that is made from it.

``python -m experiments.validation.record FILE.json PAGE.md`` writes the page.
"""

from __future__ import annotations

import datetime
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NotRequired, TypedDict

from experiments.measures.number_text import estimate, general
from experiments.measures.robust_effects import FRAGILE
from experiments.storage.json_file import json_text
from experiments.storage.provenance import versions
from experiments.study.run_key import rules_fingerprint
from experiments.validation.rows import KINDS, VERDICTS, Row, RowRecord, ValidationRuns
from experiments.validation.unjudged_targets import left_out
from model.parameters import Parameters

TITLES = {
    "analytic": "Known solutions",
    "invariant": "Identities of every run",
    "sign": "Signs that the source study reports",
    "switch": "Signs with what could build them in switched off",
    "parameters": "Signs over parameters",
    "robustness": "What main effects depend on",
    "validation": "Published figures, not used to set the model",
    "calibration": "Published figures, used to set the model",
    "built in": "Published figures that the base year or a parameter imposes",
}


ORIGIN = (
    "*Origin* of the signs of hosts drawn at random. *Emergent*: the sign holds with each rule switched off "
    "that could build it in. *Built in*: with the rules named it holds, without them it does not, at less "
    "than half its size. *Absent*: it does not hold at all. *Undecided*: noise allows no verdict."
)

FRAGILE_TOLD = " *Fragile*: by the ratio of sums, not by the median and the trimmed mean of cities too."


class NotJudged(TypedDict):
    """A published figure that no row judges, and why."""

    id: str
    quantity: str
    reason: str


class ValidationRecord(TypedDict):
    """The contents of ``validation.json``."""

    date: str
    command: str
    quick: bool
    seeds: list[int]
    last_year: int
    cities: int
    parameters_changed: dict[str, float]
    rules: str
    versions: dict[str, str]
    seconds: float
    verdicts: dict[str, int]
    rows: list[RowRecord]
    not_judged: NotRequired[list[NotJudged]]


def record(rows: Sequence[Row], runs: ValidationRuns, seconds: float, command: str) -> ValidationRecord:
    """Return the contents of ``validation.json``: the rows, and how they were made."""
    defaults = Parameters().model_dump()
    values = runs.parameters.model_dump()
    contents: ValidationRecord = {
        "date": datetime.date.today().isoformat(),
        "command": command,
        "quick": runs.quick,
        "seeds": list(runs.seeds),
        "last_year": runs.until,
        "cities": len(runs.country.cities),
        "parameters_changed": {name: value for name, value in values.items() if value != defaults[name]},
        "rules": rules_fingerprint(),
        "versions": versions(),
        "seconds": round(seconds, 1),
        "verdicts": {verdict: count for verdict, count in tally(rows).items() if count},
        "rows": [row.plain() for row in rows],
    }
    if not runs.quick:
        contents["not_judged"] = [
            {"id": one.id, "quantity": one.quantity, "reason": why} for one, why in left_out(rows)
        ]
    return contents


def tally(rows: Sequence[Row]) -> dict[str, int]:
    """Count the rows of each verdict."""
    counts = Counter(row.verdict for row in rows)
    return {verdict: counts[verdict] for verdict in VERDICTS}


def write_record(path: Path, contents: ValidationRecord) -> None:
    """Write ``validation.json``."""
    path.write_text(json_text(contents), encoding="utf-8")


def page(contents: ValidationRecord) -> str:
    """Return the page of the documentation, in Markdown, from the contents of ``validation.json``."""
    seeds = contents["seeds"]
    counts = ", ".join(f"{count} {verdict}" for verdict, count in contents["verdicts"].items())
    changed = contents["parameters_changed"]
    release, seed_range = contents["versions"]["computeleap"], f"{seeds[0]} to {seeds[-1]}"
    fragile = FRAGILE_TOLD if contents["verdicts"].get(FRAGILE) else ""
    lines = [
        "# Validation",
        "",
        f"Made by `{contents['command']}` on {contents['date']}: ComputeLeap {release}, rules "
        f"`{contents['rules']}`, seeds {seed_range}, {contents['cities']} cities, to "
        f"{contents['last_year']}, {'with ' + str(changed) if changed else 'default parameters'}. "
        "The page is made from `validation/validation.json`, which has every digit.",
        "",
        f"**{len(contents['rows'])} rows: {counts}.** *Holds*: the sign, beyond two standard errors over "
        "seeds, or a mean within the published range (a figure without "
        f"range: within two standard errors of it).{fragile} *Fails*: the other sign, or beyond the "
        "range by more than two standard errors. *Undecided*: neither. *Not claimed*: published for "
        "something that the model does not have. A standard error measures the precision of the "
        "simulation, not its agreement with the world.",
        "",
    ]
    for kind in KINDS:
        rows = [row for row in contents["rows"] if row["kind"] == kind]
        if rows:
            told = [ORIGIN, ""] if any(row.get("tag") for row in rows) else []
            lines += [f"## {TITLES[kind]}", "", *told, *_table(rows), "", *_reasons(rows)]
    lines += _not_judged(contents.get("not_judged", []))
    return "\n".join(lines).rstrip() + "\n"


def _table(rows: Sequence[RowRecord]) -> list[str]:
    scenarios = any(row["scenario"] for row in rows)
    heads = ["id", "what", "published", "model ± s.e.", "seeds", "verdict"]
    if scenarios:
        heads.insert(2, "scenario")
    tagged = any(row.get("tag") for row in rows)
    if tagged:
        heads.append("origin")
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in rows:
        what = f"{row['quantity']}, {row['unit']}" if row["unit"] else row["quantity"]
        cells = [row["id"], what, f"{row['published']} ({row['source']})", measured(row)]
        cells += [str(row["seeds"] or ""), row["verdict"]]
        if scenarios:
            cells.insert(2, f"`{row['scenario']}`" if row["scenario"] else "")
        if tagged:
            cells.append(row.get("tag", ""))
        lines.append("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
    return lines


def _not_judged(figures: Sequence[NotJudged]) -> list[str]:
    """Return a section on the figures of ``model/data/targets.csv`` that no row judges, by reason."""
    by_reason: dict[str, list[str]] = {}
    for one in figures:
        by_reason.setdefault(one["reason"], []).append(f"{one['id']} ({one['quantity']})")
    lines = [f"- {', '.join(names)}: {why}." for why, names in by_reason.items()]
    return ["## Published figures that are not judged", "", *lines, ""] if lines else []


def _reasons(rows: Sequence[RowRecord]) -> list[str]:
    names_by_reason: dict[str, list[str]] = {}
    for row in rows:
        if row["reason"]:
            name = f"{row['id']} in `{row['scenario']}`" if row["scenario"] else row["id"]
            names_by_reason.setdefault(row["reason"], []).append(name)
    lines = [f"- **{', '.join(dict.fromkeys(names))}**: {why}." for why, names in names_by_reason.items()]
    return [*lines, ""] if lines else []


def measured(row: RowRecord) -> str:
    """Return the model's value with its standard error, to two figures of the error."""
    value, error = row["measured"], row["se"]
    if value is None or not error or error < 1e-9 * abs(value):  # rounding
        return str(general(value, 3))
    return str(estimate(value, error, signed=False))


def main() -> None:
    """Write the page of the documentation."""
    source, target = (Path(word) for word in sys.argv[1:3])
    target.write_text(page(json.loads(source.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()
