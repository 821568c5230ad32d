"""The table of docs/explanation/source-documents.md: claims, and where the model has them."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.pages.claims_table import ROWS_OF, estimate
from experiments.pages.marked_blocks import replace_block
from experiments.validation.record import ValidationRecord
from experiments.validation.rows import RowRecord
from model.parameters import Parameters

PAGE = Path("docs/explanation/source-documents.md")
CLAIMS = PAGE.with_suffix(".toml")
BEGIN, END = "<!-- claims:begin -->", "<!-- claims:end -->"
STATUS = ("present", "in part", "absent")

Claim = Mapping[str, Any]


def read_claims() -> list[dict[str, Any]]:
    """Return the claims, in the order of the file."""
    claims: list[dict[str, Any]] = tomllib.loads(CLAIMS.read_text(encoding="utf-8"))["claim"]
    return claims


def claims_table(claims: list[dict[str, Any]], contents: ValidationRecord) -> str:
    """Return count and table in Markdown. Raises KeyError if the row of a claim is missing."""
    rows = {(row["id"], row["scenario"]): row for row in contents["rows"]}
    count = Counter(claim["status"] for claim in claims)
    said = ", ".join(f"{count[status]} {status}" for status in STATUS)
    lines = [
        f"Of {len(claims)} claims: {said}.",
        "",
        "| document | claim | status | where | measured | remark |",
    ]
    lines.append("|---|---|---|---|---|---|")
    for claim in claims:
        cells = (claim["document"], claim["claim"], claim["status"], _where(claim), _measured(claim, rows))
        lines.append(f"| {' | '.join(cells)} | {claim.get('note', '')} |")
    return "\n".join(lines)


def _where(claim: Claim) -> str:
    defaults = Parameters()
    parts = [f"`{name}`" for name in claim.get("where", ())]
    parts += [f"`{name}` = {getattr(defaults, name):g}" for name in claim.get("parameters", ())]
    scenarios = ", ".join(f"`{name}`" for name in claim.get("scenarios", ()))
    parts += [f"run {scenarios}"] * bool(scenarios)
    parts += [f"[extension {name}](../extensions/{name}.md)" for name in claim.get("extensions", ())]
    return "; ".join(parts)


def _measured(claim: Claim, rows: Mapping[tuple[str, str], RowRecord]) -> str:
    found = [(rows[name, scenario], scenario) for name, scenario in claim.get("rows", ())]
    return "; ".join(
        f"{row['id']} (`{scenario}`) {estimate(row)}: {row['verdict']}" for row, scenario in found
    )


def page() -> str:
    """Return the page, up to date with the file of claims and the stored validation."""
    contents = json.loads(ROWS_OF.read_text(encoding="utf-8"))
    text = PAGE.read_text(encoding="utf-8")
    return replace_block(text, BEGIN, END, lambda: claims_table(read_claims(), contents))
