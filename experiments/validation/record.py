"""The validation as a file, and as a page of the documentation made from that file.

``python -m experiments.validation.record FILE.json PAGE.md`` makes the page.
"""

from __future__ import annotations

import datetime
import json
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.storage.provenance import versions
from experiments.study.run_identity import rules_fingerprint
from experiments.validation.rows import KINDS, VERDICTS, Context, Row
from model.parameters import Parameters

TITLES = {
    "analytic": "Known solutions",
    "invariant": "What must hold in every run",
    "sign": "Signs that the source study reports",
    "validation": "Published figures, not used to set the model",
    "calibration": "Published figures, used to set the model",
}


def record(rows: Sequence[Row], context: Context, seconds: float, command: str) -> dict[str, Any]:
    """Contents of ``validation.json``: what was run, with what, and the rows."""
    defaults = Parameters().model_dump()
    values = context.parameters.model_dump()
    return {
        "date": datetime.date.today().isoformat(),
        "command": command,
        "quick": context.quick,
        "seeds": list(context.seeds),
        "last_year": context.until,
        "cities": len(context.country.cities),
        "parameters_changed": {name: value for name, value in values.items() if value != defaults[name]},
        "rules": rules_fingerprint(),
        "versions": versions(),
        "seconds": round(seconds, 1),
        "verdicts": {verdict: count for verdict, count in tally(rows).items() if count},
        "rows": [row.plain() for row in rows],
    }


def tally(rows: Sequence[Row]) -> dict[str, int]:
    """How many rows have each verdict."""
    counts = Counter(row.verdict for row in rows)
    return {verdict: counts[verdict] for verdict in VERDICTS}


def write_record(path: Path, contents: Mapping[str, Any]) -> None:
    """Write ``validation.json``."""
    text = json.dumps(contents, indent=1, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def page(contents: Mapping[str, Any]) -> str:
    """The page of the documentation, in Markdown, from the contents of ``validation.json``."""
    seeds = contents["seeds"]
    counts = ", ".join(f"{count} {verdict}" for verdict, count in contents["verdicts"].items())
    changed = contents["parameters_changed"]
    release, seeds_told = contents["versions"]["computeleap"], f"{seeds[0]} to {seeds[-1]}"
    lines = [
        "# Validation",
        "",
        f"Made by `{contents['command']}` on {contents['date']}: ComputeLeap {release}, rules "
        f"`{contents['rules']}`, seeds {seeds_told}, {contents['cities']} cities, to "
        f"{contents['last_year']}, {'with ' + str(changed) if changed else 'default parameters'}. "
        "The page is made from `validation/validation.json`, which has every digit.",
        "",
        f"**{len(contents['rows'])} rows: {counts}.** *Holds*: the sign, beyond two standard errors over "
        "seeds, or a mean within the published range (a figure without "
        "range: within two standard errors of it). *Fails*: the other sign, or beyond the range by more "
        "than two standard errors. *Undecided*: neither. *Not claimed*: published for something that the "
        "model does not have. A standard error says how sure the model is, nothing about the world.",
        "",
    ]
    for kind in KINDS:
        rows = [row for row in contents["rows"] if row["kind"] == kind]
        if rows:
            lines += [f"## {TITLES[kind]}", "", *_table(rows), "", *_reasons(rows)]
    return "\n".join(lines).rstrip() + "\n"


def _table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    scenarios = any(row["scenario"] for row in rows)
    heads = [
        "id",
        "what",
        *(["scenario"] if scenarios else []),
        "published",
        "model ± s.e.",
        "seeds",
        "verdict",
    ]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in rows:
        what = f"{row['quantity']}, {row['unit']}" if row["unit"] else row["quantity"]
        where = [f"`{row['scenario']}`" if row["scenario"] else ""] if scenarios else []
        cells = [
            row["id"], what, *where, f"{row['published']} ({row['source']})", measured(row),
            str(row["seeds"] or ""), row["verdict"],
        ]  # fmt: skip
        lines.append("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
    return lines


def _reasons(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    told: dict[str, list[str]] = {}
    for row in rows:
        if row["reason"]:
            name = f"{row['id']} in `{row['scenario']}`" if row["scenario"] else row["id"]
            told.setdefault(row["reason"], []).append(name)
    lines = [f"- **{', '.join(dict.fromkeys(names))}**: {why}." for why, names in told.items()]
    return [*lines, ""] if lines else []


def measured(row: Mapping[str, Any]) -> str:
    """What the model gives, with its standard error, to two figures of the error."""
    value, error = row["measured"], row["se"]
    if value is None:
        return "n/a"
    if not error:
        return f"{value:.3g}"
    decimals = max(0, 1 - math.floor(math.log10(error)))
    return f"{value:.{decimals}f} ± {error:.{decimals}f}"


def main() -> None:
    """Make the page of the documentation from the file."""
    source, target = (Path(word) for word in sys.argv[1:3])
    target.write_text(page(json.loads(source.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()
