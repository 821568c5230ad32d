"""Emergence of signs: each with the rules switched off that could build it in directly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from experiments.measures.findings import FINDINGS, HOLDS, findings
from experiments.measures.published_targets import target
from experiments.study.results import Results
from experiments.study.study import WITH, WITHOUT, changed
from experiments.validation.rows import Row, ValidationRuns, estimate_row
from model.scenarios.scenario import Scenario
from model.scenarios.scenario_catalogue import find_scenario

SCENARIO = "random_hosts"
EMERGENT, BUILT_IN, ABSENT, UNCLEAR = "emergent", "built in", "absent", "undecided"
KEPT_PART = 0.5  # of its size, below which a sign counts as built in


@dataclass(frozen=True)
class Switch:
    """Parameters that switch off what could build in a sign.

    Attributes:
        signs: First parts of the ids, such as C13 for C13, C13-near and C13-far.
        of_centres: Whether they matter only where there are centres, so that the twin stays as it is.
    """

    id: str
    words: str
    off: Mapping[str, float]
    signs: tuple[str, ...]
    of_centres: bool = False


SWITCHES = (
    Switch(
        "hosted",
        "hosts keep no data of visiting tasks",
        {"hosted_data_share": 0.0},
        ("C0", "C2", "C3", "C6", "C8", "C9", "C14"),
        of_centres=True,
    ),
    Switch(
        "friction",
        "compute bought at a distance loses nothing to interfaces",
        {"interoperability_friction": 0.0},
        ("C0", "C13", "C14"),
        of_centres=True,
    ),
    Switch(
        "government",
        "governments do not answer: no attention, protection, compute or vouchers of theirs",
        {"attention_speed": 0.0, "ip_speed": 0.0, "government_compute": 0.0, "voucher_effort": 0.0},
        ("C0", "C4", "C5", "C11", "C12", "C14"),
    ),
    Switch(
        "entry",
        "permits cost no time, and entry does not answer to expected sales",
        {"permit_friction": 0.0, "entry_elasticity": 0.0},
        ("C1", "C11"),
    ),
    Switch(
        "pull",
        "cheap compute does not attract talent, cheap labour does not ease conversion",
        {"compute_pull": 0.0, "conversion_wage": 0.0},
        ("C2", "C13", "C14"),
    ),
    Switch(
        "adoption",
        "adoption does not answer to the environment or to neighbours",
        {"adoption_environment_cost": 0.0, "adoption_peer_effect": 0.0},
        ("C3", "C7"),
    ),
    Switch("crowding", "data are divided by the firms that use them", {"data_crowding": 1.0}, ("C8", "C9")),
    Switch("open data", "public data are not open", {"open_data_weight": 0.0}, ("C10",)),
)


def switch_arms(scenario: Scenario) -> dict[str, Scenario]:
    """Return the arms: the scenario and its twin, then those of each switch; a twin that is the same once."""
    arms = {WITH: scenario, WITHOUT: scenario.twin()}
    for switch in SWITCHES:
        off = changed(scenario, switch.off)
        arms[f"{switch.id} {WITH}"] = off
        if not switch.of_centres:
            arms[f"{switch.id} {WITHOUT}"] = off.twin()
    return arms


def switched_findings(results: Results) -> dict[str, pd.DataFrame]:
    """Return the findings by id for each switch, and under an empty name with nothing switched off."""
    tables = {"": results.pair(WITH, WITHOUT)}
    for switch in SWITCHES:
        control = WITHOUT if switch.of_centres else f"{switch.id} {WITHOUT}"
        tables[switch.id] = results.pair(f"{switch.id} {WITH}", control)
    return {name: findings(twins).set_index("id") for name, twins in tables.items()}


def of_runs(runs: ValidationRuns) -> dict[str, pd.DataFrame]:
    """Return ``switched_findings`` of a validation's runs."""
    return switched_findings(runs.kept(f"{SCENARIO} switches", switch_arms(find_scenario(SCENARIO))))


def emergence_rows(runs: ValidationRuns) -> list[Row]:
    """Return a row for each switch and each sign that it could build in; none in a quick validation."""
    if runs.quick:
        return []
    tables = of_runs(runs)
    return [
        _row(switch, identity, tables[switch.id].loc[identity], tables[""].loc[identity])
        for switch in SWITCHES
        for identity in tables[switch.id].index
        if identity.split("-")[0] in switch.signs
    ]


def _row(switch: Switch, identity: str, off: pd.Series, on: pd.Series) -> Row:
    expected = {1: "above 0", -1: "below 0"}[int(off["expected"])]
    published = (expected, target(identity.split("-")[0]).source)
    estimate = {"mean": off["size"], "se": off["se"], "seeds": off["seeds"]}
    values = ", ".join(f"{name} = {value:g}" for name, value in switch.off.items())
    quantity = f"{off['finding']}; {switch.words} ({values})"
    why = "" if off["verdict"] == HOLDS else f"{on['size']:.3g} with all on; off: {switch.words}"
    name, unit = f"{identity} {switch.id}", str(off["unit"])
    return estimate_row(name, "switch", quantity, unit, published, estimate, off["verdict"], SCENARIO, why)


def tags(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Return id → tag.

    ``absent``: the sign does not hold with all on. ``emergent``: it holds with each switch off that could
    build it in. ``built in``: with one of them off it does not hold, at less than half its size.
    ``undecided``: neither, as noise allows no verdict.
    """
    return {one.id: tag(one.id, tables) for one in FINDINGS if one.id in tables[""].index}


def tag(identity: str, tables: Mapping[str, pd.DataFrame]) -> str:
    """Return the tag of one sign, with the switches that build it in."""
    on = tables[""].loc[identity]
    if on["verdict"] != HOLDS:
        return ABSENT
    lost, unclear = [], False
    for switch in SWITCHES:
        if identity.split("-")[0] not in switch.signs:
            continue
        off = tables[switch.id].loc[identity]
        if off["verdict"] != HOLDS:
            gone = off["size"] * on["expected"] < KEPT_PART * on["size"] * on["expected"]
            lost += [switch.id] if gone else []
            unclear = unclear or not gone
    return f"{BUILT_IN}: {', '.join(lost)}" if lost else UNCLEAR if unclear else EMERGENT
