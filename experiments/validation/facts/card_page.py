"""The file of the scorecard, and the page of the documentation that is made from it.

``python -m experiments.validation.facts.card_page FILE.json PAGE.md [SMALLER.json…]`` writes the page, with a
comparison with the same facts of smaller runs.
"""

from __future__ import annotations

import datetime
import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.storage.provenance import command_line, versions
from experiments.study.run_key import rules_fingerprint
from experiments.study.study import Study
from experiments.validation.facts.scorecard import Figures, pass_error, pass_rate
from experiments.validation.facts.thirty_facts import LEFT_OUT
from model.parameters import Parameters

Plain = dict[str, Any]  # of a file: plain values by name

LESS = 0.15  # of the seeds, by which a smaller run is told to be lower
NORMAL = 1.96
LEAST = 0.9  # of the seeds, below which a fact is named as missed
TITLES = {
    "firms": "Firms",
    "cities": "Cities",
    "centres": "Centres, and papers that contradict document 000",
    "economy": "Facts of the economy",
    "signs": "Signs of document 000, with the real centres",
}


def record(card: pd.DataFrame, study: Study, seeds: Mapping[int, Figures]) -> Plain:
    """Return the contents of ``scorecard.json``: the rows, and how they were made."""
    rows = [
        {name: _finite(v) if isinstance(v, float) else v for name, v in row.items()}
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
        "error_claimed": _finite(pass_error(seeds)),
        "error_all": _finite(pass_error(seeds, False)),
        "rows": rows,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def page(contents: Plain, smaller: Sequence[Plain] = ()) -> str:
    """Return the page in Markdown. smaller: the files of runs of other sizes."""
    rows = contents["rows"]
    claimed = sum(bool(row["claimed"]) for row in rows)
    low = [row for row in rows if row["passed"] is not None and row["passed"] < LEAST]
    share, whole = (_share(contents, name) for name in ("claimed", "all"))
    lines = [
        "# Scorecard",
        "",
        "Each fact is judged in each seed by itself: a run passes if its figure lies within the bounds. A",
        "mean that holds may hide seeds that do not. *Claimed* facts are those the model is said to have;",
        "which, was decided after two seeds. The others are judged all the same, and their cause is named.",
        "In brackets: 5 to 95 % of the seeds, and the 95 % interval of the share that passes (Wilson).",
        "",
        f"Made by `{contents['command']}` on {contents['date']}: version {contents['version']}, rules "
        f"`{contents['rules']}`, {contents['seeds']} seeds from {contents['first_seed']} on, scenario "
        f"`actual`, {contents['cities']} cities, {contents['firms']:,} firms, to {contents['last_year']}. "
        "The same command with a larger `--seeds` continues where it stood.",
        "",
        f"**{share} of fact × seed passes on the {claimed} facts that are claimed, {whole} on all "
        f"{len(rows)}** (standard error over seeds).",
        "",
        *_sizes(contents, smaller),
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
    lines += [f"- **{row['id']}** ({100 * row['passed']:.0f} %): {_cause(row)}." for row in low]
    lines += ["", "Facts of the list that are not judged:", ""]
    lines += [f"- {name}: {why}." for name, why in LEFT_OUT.items()]
    return "\n".join(lines).rstrip() + "\n"


def _table(rows: Sequence[Plain]) -> list[str]:
    heads = ("id", "fact", "published", "passes within", "mean ± s.d. [range]", "pass [interval]", "claimed")
    lines = [f"| {' | '.join(heads)} |", f"|{len(heads) * '---|'}"]
    for row in rows:
        bounds = f"{_number(row['low'])} to {_number(row['high'])}"
        if row["low"] is None or row["high"] is None:
            bounds = (
                f"above {_number(row['low'])}" if row["high"] is None else f"below {_number(row['high'])}"
            )
        passed = "n/a" if row["passed"] is None else _passed(row["passed"], row["seeds"])
        cells = [row["id"], row["quantity"], f"{row['published']} ({row['source']})", bounds]
        spread = (
            f"{_number(row['mean'])} ± {_number(row['sd'])} [{_number(row['p5'])} to {_number(row['p95'])}]"
        )
        cells += [spread, passed, "yes" if row["claimed"] else "no"]
        lines.append("| " + " | ".join(str(cell).replace("|", "/") for cell in cells) + " |")
    return lines


def _cause(row: Plain) -> str:
    """Return why seeds miss a fact: its cause, parameters with their meaning, and whether the mean passes."""
    known, names = Parameters.model_fields, str(row["cause"]).split(", ")
    text = str(row["cause"]) or "chance of a seed"
    if all(name in known for name in names):
        text = " and ".join(f"the value of `{name}` ({known[name].description})" for name in names)
    ends = [abs(row["mean"] - end) for end in (row["low"], row["high"]) if end is not None]
    inside = (row["low"] is None or row["mean"] >= row["low"]) and (
        row["high"] is None or row["mean"] <= row["high"]
    )
    if inside and ends and row["sd"]:
        text += f"; the mean passes, by {min(ends) / row['sd']:.1f} s.d. of a seed"
    return text


def _share(contents: Plain, which: str) -> str:
    return f"{100 * contents[f'pass_{which}']:.1f} ± {100 * (contents[f'error_{which}'] or 0.0):.1f} %"


def _passed(share: float, seeds: int) -> str:
    """Return a share with its Wilson interval, %."""
    widen = NORMAL**2 / seeds
    middle = (share + 0.5 * widen) / (1.0 + widen)
    half = math.sqrt(widen * share * (1.0 - share) + 0.25 * widen**2) / (1.0 + widen)
    return f"{100 * share:.0f} % [{100 * (middle - half):.0f} to {100 * (middle + half):.0f}]"


def _sizes(contents: Plain, smaller: Sequence[Plain]) -> list[str]:
    """Return a paragraph on runs of other sizes: their pass rates, and the claimed facts that fail there."""
    if not smaller:
        return []
    known = {row["id"]: row["passed"] for row in contents["rows"] if row["claimed"]}
    lines = ["Smaller runs do not stand for this one; facts are claimed at this size alone:", ""]
    for one in smaller:
        lost = [
            f"{row['id']} ({100 * row['passed']:.0f} %)"
            for row in one["rows"]
            if row["id"] in known and row["passed"] is not None and known[row["id"]] - row["passed"] > LESS
        ]
        size = f"{one['cities']} cities, {one['firms']:,} firms, {one['seeds']} seeds"
        lines.append(
            f"- {size}: {_share(one, 'claimed')} of fact × seed passes on the claimed facts; at least "
            f"{100 * LESS:.0f} points lower: {', '.join(lost) or 'none'}."
        )
    return [*lines, ""]


def _number(value: float | None) -> str:
    if value is None:
        return "n/a"
    return (f"{value:.0f}" if abs(value) >= 100.0 else f"{value:.3g}").replace("-", "−")


def main() -> None:
    """Write the page of the documentation."""
    source, target, *smaller = (Path(word) for word in sys.argv[1:])
    whole, *others = (json.loads(file.read_text(encoding="utf-8")) for file in (source, *smaller))
    target.write_text(page(whole, others), encoding="utf-8")


if __name__ == "__main__":
    main()
