"""Writes what the long version found into docs/bench/reliability.json and the table of docs/reliability.md.

``make reliability`` calls it: ``python tests/robustness/ledger.py LEDGER``. Rows of tests that were not run
this time stay as they were, with their own date.
"""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path

from model.version import VERSION
from tests import ROOT

STORE, PAGE = ROOT / "docs" / "bench" / "reliability.json", ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- begin: made by make reliability -->", "<!-- end -->"


def table(rows: list[dict[str, object]]) -> str:
    """The rows as a Markdown table."""
    lines = [
        "| what | tried | faults | lost, doubled | tracebacks, hangs | seconds | date, model |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in sorted(rows, key=lambda row: str(row["what"])):
        places = f" (of {row['places']:,} places)" if "places" in row else ""
        places += f" ({row['share']} %)" if "share" in row else ""
        ended = int(str(row.get("tracebacks", 0))) + int(str(row.get("hangs", 0)))
        lost = row.get("losses", "")
        lines.append(
            f"| {row['what']} | {row['count']:,}{places} | {row['faults']} | {lost} | {ended} | "
            f"{row['seconds']} | {row['date']}, version {row['version']} |"
        )
    return "\n".join(lines)


def renew(ledger: Path) -> None:
    """Merge the ledger into the stored rows, and write both files."""
    stored = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else []
    rows = {str(row["what"]): row for row in stored}
    today = datetime.date.today().isoformat()
    for line in ledger.read_text(encoding="utf-8").splitlines():
        row = {"date": today, "version": VERSION, **json.loads(line)}
        rows[str(row["what"])] = row
    STORE.write_text(json.dumps(list(rows.values()), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    before, after = page.partition(BEGIN)[0], page.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{table(list(rows.values()))}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    renew(Path(sys.argv[1]))
