"""Print what a run of the long suite found, as a Markdown table, and write it to build/reliability.md.

``make reliability`` calls ``python -m tests.robustness.reliability_table LEDGER``. docs/reliability.md quotes
the table of the last full run.
"""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from model.version import VERSION
from tests import ROOT

ARTEFACT = ROOT / "build" / "reliability.md"


def table(rows: Sequence[Mapping[str, object]], date: str) -> str:
    """Return the rows of a ledger as a Markdown table."""
    lines = [
        "| what | tried | faults | lost, doubled | tracebacks, hangs | seconds | date, model |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in sorted(rows, key=lambda row: str(row["what"])):
        places = f" (of {row['places']:,} places)" if "places" in row else ""
        places += f" ({row['share']} %)" if "share" in row else ""
        ended = int(str(row.get("tracebacks", 0))) + int(str(row.get("hangs", 0)))
        cells = [f"{row['count']:,}{places}", row["faults"], row.get("losses", ""), ended, row["seconds"]]
        lines.append(f"| {row['what']} | {' | '.join(map(str, cells))} | {date}, version {VERSION} |")
    return "\n".join(lines) + "\n"


def main(ledger: Path) -> None:
    """Write and print the table of a ledger."""
    rows = [json.loads(line) for line in ledger.read_text(encoding="utf-8").splitlines()]
    text = table(list({row["what"]: row for row in rows}.values()), datetime.date.today().isoformat())
    ARTEFACT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
