"""Signs that the source study reports (C0-C14), for hosts drawn at random and for the actual hosts."""

from __future__ import annotations

from typing import Any

from experiments.measures.findings import HOLDS, findings
from experiments.measures.published_targets import target
from experiments.measures.robust_effects import FRAGILE
from experiments.validation import emergence
from experiments.validation.rows import Row, ValidationRuns, estimate_row

SCENARIOS = ("random_hosts", "actual")


def sign_rows(runs: ValidationRuns) -> list[Row]:
    """Return C0-C14 in both scenarios, each with its sign, beyond two standard errors of 0.

    Those of hosts drawn at random are tagged emergent or built in, unless the validation is quick.
    """
    tags = {} if runs.quick else emergence.tags(emergence.of_runs(runs))
    return [
        _row(row, scenario, tags.get(row["id"], "") if scenario == emergence.SCENARIO else "")
        for scenario in SCENARIOS
        for row in findings(runs.twins(scenario)).to_dict("records")
    ]


def _row(found: dict[str, Any], scenario: str, tag: str) -> Row:
    identity, verdict = found["id"], found["verdict"]
    fragile = verdict == HOLDS and found["robust"] == FRAGILE
    expected = {1: "above 0", -1: "below 0"}[found["expected"]]
    published = (expected, target(identity.split("-")[0]).source)
    estimate = {"mean": found["size"], "se": found["se"], "seeds": found["seeds"]}
    why = FRAGILE_WHY if fragile else "" if verdict == HOLDS else reason(identity, scenario)
    verdict = FRAGILE if fragile else verdict
    return estimate_row(
        identity, "sign", found["finding"], found["unit"], published, estimate, verdict, scenario, why, tag
    )


# What a sign that is not found would need, by the id's first part, with or without a scenario.
REASONS = {
    "C7": "a poor environment delays adoption but does not make compute worth more; the sign would need that",
    "C8": "a city with little talent per head gains no more from cheap compute than others",
    "C9": "a small market gains no more: access to customers does not change with a centre",
    "C10": "public and platform data are substitutes, but data weigh little in research (data_elasticity)",
    "C11": "digital administration speeds permits, but governments buy little compute (government_compute)",
    "C12": "a larger budget pays more vouchers, which are small next to the price advantage of a centre",
    "C13": (
        "neighbours of hosts gain more from cheap compute than talent that leaves costs them; the "
        "sign would need a stronger pull of compute on talent (compute_pull) and conversion that goes where "
        "labour is cheap (conversion_wage)"
    ),
    "C14 actual": (
        "the actual hosts are among the strong cities and gain most, which works against a narrower gap"
    ),
}


def reason(identity: str, scenario: str) -> str:
    """Return why a finding does not hold, as far as the studies show, and what it would need."""
    base = identity.split("-")[0]
    for key in (f"{base} {scenario}", base):
        if key in REASONS:
            return REASONS[key]
    return NO_REASON


FRAGILE_WHY = (
    "by the ratio of sums alone: the median or the trimmed mean of the cities, or another index of the gap, "
    "is not beyond two standard errors on the same side"
)
NO_REASON = "not beyond two standard errors with these seeds and parameters; more seeds may decide it"
