"""Layouts of compute: local demand must widen the gap, centres across regions must narrow it."""

from __future__ import annotations

from experiments.measures.effect_tables import effects, gap
from experiments.measures.findings import HOLDS, sign_verdict
from experiments.measures.twin_pairs import Pair, mean_and_se, pairs
from experiments.questions.layouts import host_location_share
from experiments.validation.rows import NOT_CLAIMED, Row, ValidationRuns, estimate_row
from model.scenarios.scenario_catalogue import SCENARIOS

# Scenario → the sign that the gap's change must have beyond three standard errors; 0 where none is published.
EXPECTED = {"local_demand": 1, "cross_region": -1, "cross_region_trading": -1, "trading": 0}
ERRORS = 3.0
SEEDS = 12  # a run in which centres are built takes several times as long
SOURCE = {
    "local_demand": "documents 001 and 003",
    "cross_region": "documents 000 and 001",
    "cross_region_trading": "documents 000 and 001",
    "trading": "document 001",
}
GAPS = (("", "Theil", "between cities"), ("-regions", "Theil between regions", "between regions, per head"))
REASONS = {
    "local_demand": (
        "the gap does not widen: hosts would have to be the strong cities, and serve themselves alone "
        "(remote_access)"
    ),
    "cross_region": (
        "some hubs are strong cities (Shanghai, Chongqing, Chengdu) and gain, while cities without one, the "
        "weak most, lose talent; hubs in weak cities alone, as hosts drawn at random are, would narrow it, "
        "and so would firms at a distance that gain from cheap compute (interoperability_friction)"
    ),
    "cross_region_trading": "firms at a distance would have to gain more from trade than strong hubs do",
}


def layout_rows(runs: ValidationRuns) -> list[Row]:
    """Return the change of the gap under each layout, effects on hosts and others, a decomposition."""
    rows: list[Row] = []
    for name, expected in EXPECTED.items():
        if name in SCENARIOS:
            rows += _of_layout(runs, name, expected)
    return rows


def _of_layout(runs: ValidationRuns, name: str, expected: int) -> list[Row]:
    twins = runs.twins(name, SEEDS)
    found = pairs(twins)
    changes = gap(found, twins.study.country.cities).set_index("index")
    sign = {1: "above 0", -1: "below 0", 0: "no sign"}[expected]
    reason = REASONS[name] if expected else "published for use and cost of compute, not for the gap"
    rows = []
    for suffix, index, words in GAPS:
        change = changes.loc[index]
        verdict = sign_verdict(change["mean"], change["se"], expected, ERRORS) if expected else NOT_CLAIMED
        quantity = f"change of the Theil index {words}, beyond 3 s.e."
        why = "" if verdict == HOLDS else reason
        published = (sign, SOURCE[name])
        rows.append(
            estimate_row(f"L-{name}{suffix}", "sign", quantity, "%", published, change, verdict, name, why)
        )
    groups = effects(found).set_index("group")
    for identity, group in (("hosts", "host cities"), ("others", "other cities")):
        effect = groups.loc[group]
        verdict = sign_verdict(effect["mean"], effect["se"], 1)
        quantity, published = f"effect on innovation of {group}", ("above 0", SOURCE[name])
        why = "" if verdict == HOLDS else "these cities do not gain beyond two standard errors"
        rows.append(
            estimate_row(f"L-{name}-{identity}", "sign", quantity, "%", published, effect, verdict, name, why)
        )
    clear = abs(changes.loc["Theil", "mean"]) > 2.0 * changes.loc["Theil", "se"]
    rows.append(_location_row(found, name, bool(clear)))
    return rows


def _location_row(found: list[Pair], name: str, clear: bool) -> Row:
    shares = [host_location_share(pair) for pair in found] if clear else [float("nan")]
    quantity = "share of the change of Theil owed to the location of hosts"
    why = (
        "a decomposition of the change, not a target"
        if clear
        else "the gap does not change beyond two standard errors, so there is nothing to decompose"
    )
    published = ("no figure", "decomposition")
    share, verdict = mean_and_se(shares), NOT_CLAIMED
    return estimate_row(
        f"L-{name}-location", "validation", quantity, "fraction", published, share, verdict, name, why
    )
