"""The file of the scorecard, and the page of the documentation that is made from it.

``python -m experiments.validation.facts.card_page FILE.json PAGE.md`` writes the page.
"""

from __future__ import annotations

import datetime
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.storage.provenance import command_line, versions
from experiments.study.run_key import rules_fingerprint
from experiments.study.study import Study
from experiments.validation.facts.scorecard import pass_rate
from experiments.validation.facts.thirty_facts import LEFT_OUT

Plain = dict[str, Any]  # of a file: plain values by name

LEAST = 0.9  # of the seeds, below which a fact is named as missed
TITLES = {
    "firms": "Firms",
    "cities": "Cities",
    "centres": "Centres, and papers that contradict document 000",
    "economy": "Facts of the economy",
    "signs": "Signs of document 000, with the real centres",
}


def record(card: pd.DataFrame, study: Study, seeds: Sequence[int]) -> Plain:
    """Return the contents of ``scorecard.json``: the rows, and how they were made."""
    rows = [
        {name: None if isinstance(v, float) and not math.isfinite(v) else v for name, v in row.items()}
        for row in card.to_dict("records")
    ]
    return {
        "date": datetime.date.today().isoformat(),
        "command": command_line(),
        "rules": rules_fingerprint(),
        "version": versions()["computeleap"],
        "seeds": len(seeds),
        "first_seed": min(seeds, default=0),
        "cities": len(study.country.cities),
        "firms": study.parameters.firms,
        "last_year": study.until,
        "pass_claimed": pass_rate(card),
        "pass_all": pass_rate(card, False),
        "rows": rows,
    }


def page(contents: Plain) -> str:
    """Return the page in Markdown."""
    rows = contents["rows"]
    claimed = sum(bool(row["claimed"]) for row in rows)
    low = [row for row in rows if row["passed"] is not None and row["passed"] < LEAST]
    share, whole = (f"{100 * contents[name]:.1f} %" for name in ("pass_claimed", "pass_all"))
    lines = [
        "# Scorecard",
        "",
        "Each fact is judged in each seed by itself: a run passes if its figure lies within the bounds. A",
        "mean that holds may hide seeds that do not. *Claimed* facts are those the model is said to have;",
        "which, was decided after two seeds. The others are judged all the same, and their cause is named.",
        "",
        f"Made by `{contents['command']}` on {contents['date']}: version {contents['version']}, rules "
        f"`{contents['rules']}`, {contents['seeds']} seeds from {contents['first_seed']} on, scenario "
        f"`actual`, {contents['cities']} cities, {contents['firms']:,} firms, to {contents['last_year']}. "
        "The same command with a larger `--seeds` continues where it stood.",
        "",
        f"**{share} of fact × seed passes on the {claimed} facts that are claimed, {whole} on all "
        f"{len(rows)}.**",
        "",
    ]
    for group, title in TITLES.items():
        own = [row for row in rows if row["group"] == group]
        lines += [f"## {title}", "", *_table(own), ""]
    lines += [
        "## Misses",
        "",
        f"Facts that fewer than {100 * LEAST:.0f} % of the seeds pass, each with its cause:",
        "",
    ]
    lines += [
        f"- **{row['id']}** ({100 * row['passed']:.0f} %): {row['cause'] or 'chance of a seed'}."
        for row in low
    ]
    lines += ["", "Facts of the list that are not judged:", ""]
    lines += [f"- {name}: {why}." for name, why in LEFT_OUT.items()]
    return "\n".join(lines).rstrip() + "\n"


def _table(rows: Sequence[Plain]) -> list[str]:
    lines = ["| id | fact | published | passes within | mean ± s.d. of a seed | pass | claimed |"]
    lines.append("|---|---|---|---|---|---|---|")
    for row in rows:
        bounds = f"{_number(row['low'])} to {_number(row['high'])}"
        if row["low"] is None or row["high"] is None:
            bounds = (
                f"above {_number(row['low'])}" if row["high"] is None else f"below {_number(row['high'])}"
            )
        passed = "n/a" if row["passed"] is None else f"{100 * row['passed']:.0f} %"
        cells = [row["id"], row["quantity"], f"{row['published']} ({row['source']})", bounds]
        cells += [f"{_number(row['mean'])} ± {_number(row['sd'])}", passed, "yes" if row["claimed"] else "no"]
        lines.append("| " + " | ".join(str(cell).replace("|", "/") for cell in cells) + " |")
    return lines


def _number(value: float | None) -> str:
    if value is None:
        return "n/a"
    return (f"{value:.0f}" if abs(value) >= 100.0 else f"{value:.3g}").replace("-", "−")


def main() -> None:
    """Write the page of the documentation."""
    source, target = (Path(word) for word in sys.argv[1:3])
    target.write_text(page(json.loads(source.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()
