"""Signs that the source study reports (C0-C14), for hosts drawn at random and for the actual hosts."""

from __future__ import annotations

from typing import Any

from experiments.measures.findings import HOLDS, findings
from experiments.measures.published_targets import target
from experiments.validation.rows import Row, ValidationRuns, estimate_row

SCENARIOS = ("random_hosts", "actual")


def sign_rows(runs: ValidationRuns) -> list[Row]:
    """Return C0-C14 in both scenarios, each with its sign, beyond two standard errors of 0."""
    return [
        _row(row, scenario)
        for scenario in SCENARIOS
        for row in findings(runs.twins(scenario)).to_dict("records")
    ]


def _row(found: dict[str, Any], scenario: str) -> Row:
    identity, verdict = found["id"], found["verdict"]
    expected = {1: "above 0", -1: "below 0"}[found["expected"]]
    published = (expected, target(identity.split("-")[0]).source)
    estimate = {"mean": found["size"], "se": found["se"], "seeds": found["seeds"]}
    why = "" if verdict == HOLDS else reason(identity, scenario)
    return estimate_row(
        identity, "sign", found["finding"], found["unit"], published, estimate, verdict, scenario, why
    )


# Explanations from the studies (docs/experiments.md), by the id's first part, with or without a scenario.
REASONS = {
    "C7": (
        "poor environments are mostly small cities, and size makes the difference: with market potential "
        "held fixed no effect is left, as the data of visiting tasks raise adoption at every level; a "
        "separate effect would need adoption to depend more on the environment than on data "
        "(adoption_environment_cost)"
    ),
    "C8": (
        "talent per head makes no difference beyond two standard errors here; it does with "
        "substitution above 1"
    ),
    "C9": (
        "market potential makes no difference beyond two standard errors here; it does with remote_access = 1"
    ),
    "C10": (
        "the data of visiting tasks swamp the public data of a host; with a smaller share of them kept, or "
        "if all firms used compute, little open data would make a difference (M8, M2)"
    ),
    "C11": (
        "digital administration does help redundant cities more, by 1.4 % per s.d. where compute is "
        "sold only locally, but talent and visiting data go to cities with fast permits; in the "
        "partial slope, talent at time 0, which redundancy has driven out before, is held fixed; this "
        "would need a stronger response of administration (government_compute) or fewer remote tasks"
    ),
    "C12": (
        "it holds with the other moderators held fixed; the raw halves differ more by market size, unless "
        "hosts keep no visiting data (M8-host) or sell locally only (M6-local)"
    ),
    "C13 actual": (
        "the actual centres are in and near strong cities, whose neighbours buy from them at low latency, "
        "and few cities are 500 km from any; with hosts drawn at random it is near two standard errors; this "
        "would need centres away from the core or dearer service at a distance"
    ),
    "C13": (
        "neighbours gain about as much from cheap compute as talent that leaves costs them; clearly "
        "below 0 where compute is not sold to other cities (remote_access = 0), above 0 without "
        "friction"
    ),
    "C14 actual": (
        "the actual hosts are among the strong cities and gain most, so the gap between cities widens while "
        "that between regions narrows; it narrows where weak cities host (random_hosts)"
    ),
}


def reason(identity: str, scenario: str) -> str:
    """Return why a finding does not hold, as far as the studies show, and what it would need."""
    base = identity.split("-")[0]
    for key in (f"{base} {scenario}", base):
        if key in REASONS:
            return REASONS[key]
    return NO_REASON


NO_REASON = "not beyond two standard errors with these seeds and parameters; more seeds may decide it"
