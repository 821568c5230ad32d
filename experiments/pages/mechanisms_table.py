"""The table of mechanisms in docs/experiments.md, made from a stored run of ``computeleap study mechanisms``.

``python -m experiments.pages.mechanisms_table FOLDER`` stores the study as docs/bench/mechanisms.json.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd

from experiments.measures.number_text import estimate
from experiments.pages.marked_blocks import replace_block
from experiments.questions.source_mechanisms import FINDINGS
from model.version import VERSION

PAGE = Path("docs/experiments.md")
STORED = Path("docs/bench/mechanisms.json")
BEGIN, END = "<!-- mechanisms:begin -->", "<!-- mechanisms:end -->"
UNITS = {"percentage points": "points", "points of 100": "points"}


def store(folder: Path) -> None:
    """Write what the page needs of a study's folder: who made it, and mean and error of each measure."""
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    about = {name: summary[name] for name in ("command", "seeds", "cities", "date", "rules")}
    rows = pd.read_parquet(folder / "policies.parquet").to_dict("records")
    found = {"version": VERSION, **about, "firms": summary["parameters"]["firms"], "rows": rows}
    STORED.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def mechanisms_table() -> str:
    """Return scenario × measure in Markdown."""
    rows = pd.DataFrame(json.loads(STORED.read_text(encoding="utf-8"))["rows"])
    units = rows.drop_duplicates("measure").set_index("measure")["unit"]
    heads = [f"{name}, {UNITS.get(units[name], units[name])}" for name in FINDINGS]
    lines = ["", f"| scenario | {' | '.join(heads)} |", "|---" * (len(FINDINGS) + 1) + "|"]
    for scenario, found in rows.groupby("scenario", sort=False):
        of = found.set_index("measure")
        cells = [estimate(of["mean"][name], of["se"][name], figures=1) for name in FINDINGS]
        lines.append(f"| `{scenario}` | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def page() -> str:
    """Return the page with its table renewed. Raises ValueError if it has no such table."""
    return replace_block(PAGE.read_text(encoding="utf-8"), BEGIN, END, mechanisms_table)


if __name__ == "__main__":
    store(Path(sys.argv[1]))
