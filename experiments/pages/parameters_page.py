"""The page docs/parameters.md, made from the parameters of the model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from model.parameters import Parameters, describe

PAGE = Path("docs/parameters.md")
INTRODUCTION = """\
# Parameters

All {count} parameters of a run, made from `model/parameters.py` by `python -m experiments.pages`. A run
rejects unknown names and values out of range. `computeleap parameters` shows the same table in the terminal;
`--csv` and `--json-schema` print it for programs. The column *source* uses these terms:

- *prototype*: taken from the study that preceded the model, where it was chosen by judgement within the
  range;
- *calibrated*: set by running the model; [decisions](decisions.md#calibration) names the targets and how well
  the model meets them;
- *G2*, *A7* and the like: a row of `model/data/targets.csv`;
- *seed*: one of the five source documents;
- *judgement*, *general knowledge*: no source.
"""


def parameters_page() -> str:
    """Return docs/parameters.md: one table for each group of parameters."""
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
    limits = f"{_number(row['low'])} to {_number(row['high'])}"
    return f"| `{row['name']}` | {_number(row['default'])} | {limits} | " + " | ".join(texts) + " |"


def _number(value: float) -> str:
    if abs(value) == 1e6:
        return "1 million"
    text = f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:g}"
    return text.replace("-", "−")
