"""Signs over parameters: whether the members of the shipped ensemble have the sign of the source study."""

from __future__ import annotations

import math

from experiments.ensemble.members import Ensemble, shipped_ensemble
from experiments.ensemble.parameter_range import FEWEST, SIGN_SHARE
from experiments.measures.effect_tables import CHANNELS
from experiments.measures.findings import BY_ID, CHANNEL_IDS, FAILS, HOLDS, UNDECIDED
from experiments.measures.published_targets import target
from experiments.study.study import Study, twins
from experiments.validation.rows import Row, ValidationRuns, estimate_row
from model.scenarios.scenario_catalogue import find_scenario

KIND = "parameters"
EFFECTS = {
    "C0": "effect_hosts",
    **{name: f"channel_{measure}" for name, (_, measure, _, _) in zip(CHANNEL_IDS, CHANNELS, strict=True)},
    **{name: name for name in ("C13", "C13-near", "C13-far")},
    "C14": "change_theil",
    "C14-regions": "change_theil_between",
    "C14-sigma": "change_sigma",
}
"""Finding → column of the ensemble."""


def parameter_rows(runs: ValidationRuns) -> list[Row]:
    """Return a row for each sign with the real centres; none if quick or if the study is another."""
    found = shipped_ensemble()
    scenario = find_scenario(found.about["scenario"])
    study = Study(
        twins(scenario), runs.seeds, runs.parameters, runs.until, runs.country, extension=runs.extension
    )
    return [] if runs.quick or not found.applies_to(study) else sign_shares(found)


def sign_shares(found: Ensemble) -> list[Row]:
    """Return the share of the members, each with one seed, that has each sign."""
    rows = []
    for identity, column in EFFECTS.items():
        one, values = BY_ID[identity], found.members[column].dropna()
        share = float((values * one.expected > 0).mean()) if len(values) >= FEWEST else math.nan
        count = {"mean": share, "se": math.nan, "seeds": 0}
        verdict = HOLDS if share >= SIGN_SHARE else FAILS if share <= 1.0 - SIGN_SHARE else UNDECIDED
        why = "" if verdict == HOLDS else f"of {len(values)} members {100 * share:.0f} % have the sign"
        published = (f"at least {SIGN_SHARE:g} of the members", target(identity.split("-")[0]).source)
        words = f"{one.words}: share of members with the sign"
        scenario = str(found.about["scenario"])
        rows.append(
            estimate_row(
                f"{identity} members", KIND, words, "fraction", published, count, verdict, scenario, why
            )
        )
    return rows
