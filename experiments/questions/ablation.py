"""Ablation: findings with each mechanism switched off in turn by parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from experiments.measures.findings import FAILS, HOLDS, by_seed, findings
from experiments.measures.twin_pairs import mean_and_se, pairs
from experiments.study.results import Results
from experiments.study.study import changed, twin_arms
from model.scenarios.scenario import Scenario

ON = "on"
KEPT, LOST, REVERSED, GAINED, ABSENT = "kept", "lost", "reversed", "gained", "absent"


@dataclass(frozen=True)
class Mechanism:
    """A mechanism, and the values of parameters that switch it off."""

    id: str
    short: str
    words: str
    off: Mapping[str, float] = field(default_factory=dict)


MECHANISMS = (
    Mechanism(ON, "all on", "all mechanisms on"),
    Mechanism("M1", "no compute", "compute is no input of research", {"compute_weight": 0.001}),
    Mechanism("M1-spill", "no spillover", "innovations do not spill over", {"knowledge_spillover": 0.0}),
    Mechanism("M1-ideas", "ideas as easy", "ideas do not get harder to find", {"harder_ideas": 0.0}),
    Mechanism("M1-lasting", "patents last", "research conditions do not fade", {"advantage_fading": 0.0}),
    Mechanism("M1-size", "size alike", "volatility does not fall with size", {"size_volatility": 0.0}),
    Mechanism("M1-shock", "no shocks", "quality has no shocks", {"quality_shock": 0.0}),
    Mechanism(
        "M2-flat",
        "adoption flat",
        "adoption hardly answers: no cost terms and the flattest choice; its level stays about the same",
        {
            "choice_scale": 1.0,
            "adoption_base_cost": 0.0,
            "adoption_environment_cost": 0.0,
            "adoption_peer_effect": 0.0,
            "adoption_size_cost": 0.0,
        },
    ),
    Mechanism(
        "M2-all",
        "all adopt",
        "adoption cannot answer: nearly every firm adopts in its first quarters, for good",
        {"adoption_hazard": 1.0, "abandonment_hazard": 0.0, "choice_scale": 1.0},
    ),
    Mechanism("M3", "talent stays", "talent does not move", {"talent_mobility": 0.0}),
    Mechanism("M3-pull", "no compute pull", "cheap compute draws no talent", {"compute_pull": 0.0}),
    Mechanism("M4", "trade fixed", "trade does not answer to adoption", {"digital_trade": 0.0}),
    Mechanism(
        "M5", "no conversion", "partners' innovations are not converted", {"conversion_probability": 0.0}
    ),
    Mechanism(
        "M5-wage", "wages alike", "conversion is no easier where labour is cheap", {"conversion_wage": 0.0}
    ),
    Mechanism("M6-local", "no remote sale", "no compute is sold to other cities", {"remote_access": 0.0}),
    Mechanism("M6-free", "no friction", "no friction at a distance", {"interoperability_friction": 0.0}),
    Mechanism("M6-elastic", "cloud elastic", "the cloud is never scarce", {"cloud_supply": 1000.0}),
    Mechanism(
        "M6-dear",
        "no progress",
        "compute does not get cheaper, and new techniques raise no demand for it",
        {
            "progress_basic": 0.0,
            "progress_intelligent": 0.0,
            "progress_super": 0.0,
            "deep_learning_pull": 0.0,
            "language_model_pull": 0.0,
        },
    ),
    Mechanism(
        "M7",
        "passive government",
        "government does not answer",
        {
            "attention_speed": 0.0,
            "ip_speed": 0.0,
            "digital_governance_speed": 0.0,
            "voucher_effort": 0.0,
            "government_data_effort": 0.0,
        },
    ),
    Mechanism("M7-work", "no public use", "governments buy no compute", {"government_compute": 0.0}),
    Mechanism("M8", "no use of data", "data does not help research", {"data_elasticity": 0.0}),
    Mechanism("M8-host", "no visiting data", "hosts keep no data of visitors", {"hosted_data_share": 0.0}),
    Mechanism("M8-rival", "rival data", "firms of a city divide its data", {"data_crowding": 1.0}),
    Mechanism(
        "M8-dense",
        "no agglomeration",
        "density of talent does not help research",
        {"talent_externality": 0.0},
    ),
    Mechanism("M9", "no rungs", "firms do not climb rungs of value added", {"chain_leap": 0.0}),
    Mechanism("M11", "people stay", "people do not move", {"people_mobility": 0.0}),
    Mechanism("M11-rent", "no rents", "rents do not rise with people", {"rent_elasticity": 0.0}),
)


def arms(scenario: Scenario, mechanisms: tuple[Mechanism, ...] = MECHANISMS) -> dict[str, Scenario]:
    """Return the arms: the scenario and its twin with each mechanism off."""
    return twin_arms({one.id: changed(scenario, one.off) for one in mechanisms})


def ablation(results: Results, mechanisms: tuple[Mechanism, ...] = MECHANISMS) -> pd.DataFrame:
    """Return one row for each mechanism that is off and each finding.

    mechanism, id, finding, unit, expected, size, se, t, seeds, verdict (all with the mechanism off);
    on_size, on_verdict; change, change_se (off less on, paired by seed; NaN for splits, which pool seeds);
    outcome: ``kept`` (holds on and off), ``lost`` (holds on, undecided off), ``reversed`` (holds on, the
    other sign off), ``gained`` (holds only off), ``absent`` (holds in neither).
    """
    tables: list[pd.DataFrame] = []
    base: pd.DataFrame | None = None
    base_values = pd.DataFrame()
    for one in mechanisms:
        twins = results.point(one.id)
        if not twins.records:
            continue
        table = findings(twins).set_index("id", drop=False)
        values = by_seed(pairs(twins), twins.study.country.cities)
        if one.id == ON:
            base, base_values = table, values
        assert base is not None, "the first mechanism is the one in which all is on"
        changes = {name: mean_and_se((values[name] - base_values[name]).dropna()) for name in values}
        table.insert(0, "mechanism", one.id)
        table["on_size"], table["on_verdict"] = base["size"], base["verdict"]
        table["change"] = [changes.get(name, {}).get("mean", np.nan) for name in table["id"]]
        table["change_se"] = [changes.get(name, {}).get("se", np.nan) for name in table["id"]]
        table["outcome"] = [
            outcome(on, off) for on, off in zip(table["on_verdict"], table["verdict"], strict=True)
        ]
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def outcome(on: str, off: str) -> str:
    """Return the outcome of a finding when a mechanism is switched off, from its verdicts on and off."""
    if on == HOLDS:
        return {HOLDS: KEPT, FAILS: REVERSED}.get(off, LOST)
    return GAINED if off == HOLDS else ABSENT
