"""The scores on panels of known effect in docs/evaluation.md, made from docs/bench/known_panels.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from experiments.measures.number_text import estimate, number
from experiments.pages.marked_blocks import replace_block

PAGE = Path("docs/evaluation.md")
STORED = Path("docs/bench/known_panels.json")
MARKS = ("<!-- known:begin -->", "<!-- known:end -->")
GROWING_MARKS = ("<!-- growing:begin -->", "<!-- growing:end -->")
NULL_MARKS = ("<!-- hosts:begin -->", "<!-- hosts:end -->")
CONFOUNDED, GROWING = "confounders", "effects that grow"

Facts = Mapping[str, Any]


def confounded_table(facts: Facts) -> str:
    """Return estimator, bias, spread, error, coverage and cost under strong confounding, in Markdown."""
    lines = _scores(facts, CONFOUNDED, cost=True)
    panels = facts["designs"][CONFOUNDED][0]["panels"]
    when = f"{panels} panels, {facts['date']}, version {facts['versions']['computeleap']}"
    return "\n".join(["", *lines, "", f"{when}. ± is the Monte Carlo error.", ""])


def growing_table(facts: Facts) -> str:
    """Return estimator, bias, spread, error and coverage where effects grow, in Markdown."""
    return "\n".join(["", *_scores(facts, GROWING), ""])


def rejected_table(facts: Facts) -> str:
    """Return the share of panels without an effect that each test rejects, by number of hosts."""
    designs = {name: rows for name, rows in facts["designs"].items() if name.endswith("hosts")}
    tests = [row["estimator"] for row in next(iter(designs.values()))]
    lines = ["", f"| hosts | {' | '.join(tests)} |", "|---" * (len(tests) + 1) + "|"]
    for name, rows in designs.items():
        shares = (f"{_share(row['rejected'], row['rejected_se'])} %" for row in rows)
        lines.append(f"| {name.split()[-2]} | {' | '.join(shares)} |")
    return "\n".join([*lines, ""])


def _scores(facts: Facts, design: str, cost: bool = False) -> list[str]:
    head = ["estimator", "bias", "s.d.", "mean s.e.", "coverage of 95 % intervals"]
    head += ["CPU-seconds a panel"] * cost
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for row in facts["designs"][design]:
        cells = [row["estimator"], estimate(row["bias"], row["bias_se"], decimals=3)]
        cells += [number(row["sd"], 3), number(row["mean_se"], 3)]
        cells.append(f"{_share(row['coverage'], row['coverage_se'])} %")
        cells += [number(row["cpu_seconds"], 2)] * cost
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _share(share: float, error: float) -> str:
    return estimate(100.0 * share, 100.0 * error, signed=False, decimals=1)


def with_tables(text: str) -> str:
    """Return the text of the page with the tables renewed. Raises ValueError if it lacks one."""
    facts = json.loads(STORED.read_text(encoding="utf-8"))
    for marks, make in (
        (MARKS, confounded_table),
        (GROWING_MARKS, growing_table),
        (NULL_MARKS, rejected_table),
    ):
        text = replace_block(text, *marks, partial(make, facts))
    return text
