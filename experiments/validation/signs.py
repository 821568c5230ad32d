"""Signs that the source study reports (C0-C14), in hosts drawn by lot and in the real ones."""

from __future__ import annotations

from typing import Any

from experiments.findings import FINDINGS, HOLDS, findings
from experiments.targets import target
from experiments.validation.rows import Context, Row

SCENARIOS = ("random_hosts", "actual")


def sign_rows(context: Context) -> list[Row]:
    """C0-C14 in either scenario, each with its sign against 0 beyond two standard errors."""
    return [
        _row(row, scenario)
        for scenario in SCENARIOS
        for row in findings(context.twins(scenario)).to_dict("records")
    ]


def _row(found: dict[str, Any], scenario: str) -> Row:
    published = target(found["id"].split("-")[0])
    expected = {1: "above 0", -1: "below 0"}[found["expected"]]
    return Row(
        found["id"], "sign", found["finding"], found["unit"], expected, published.source,
        found["size"], found["se"], found["seeds"], found["verdict"], scenario,
        "" if found["verdict"] == HOLDS else reason(found["id"], scenario),
    )  # fmt: skip


REASONS: dict[str, str] = {}


def reason(identity: str, scenario: str) -> str:
    """Why a finding does not come out, as far as the studies tell, and what it would need."""
    general = f"{identity.removesuffix('-partial')}*"
    for key in (f"{identity} {scenario}", identity, general):
        if key in REASONS:
            return REASONS[key]
    return NO_REASON


NO_REASON = "with these seeds and parameters the effect is not there; the shipped ones give it"

assert all(f.expected in (1, -1) for f in FINDINGS)
