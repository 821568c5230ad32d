"""Hashes of runs: for a fixed set of scenarios and seeds, what the model of this version gives, to the bit.

``python -m tests.properties.result_hashes --write`` renews result_hashes.json after VERSION of
model/version.py was raised. ``--same`` is for rules, parameters and scenarios that are new and change no
result: if every hash is as it was, it adds those of new scenarios, and the text of the rules to the list.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from experiments.study import same_rules
from experiments.study.run_key import rules_fingerprint
from model import Parameters, RegionalModel
from model.country.synthetic import synthetic_country
from model.scenarios.scenario_catalogue import SCENARIOS
from model.version import VERSION

PLACE = Path(__file__).with_name("result_hashes.json")
SEEDS = (1, 2**31 + 7)
LAST = 2012  # random hosts open in 2010, the new technique comes in 2012
SMALL = {"firms": 150, "burn_in": 4}


def run(scenario: str, seed: int, **how: Any) -> RegionalModel:
    """A run of the set; ``how`` is the engine, or threads."""
    if scenario == "closed_economy":
        model = RegionalModel(Parameters(firms=60, burn_in=4), scenario, seed, **how)
    elif scenario == "shipped":
        model = RegionalModel(Parameters(firms=1_000, burn_in=8), "actual", seed, **how)
    else:
        model = RegionalModel(Parameters(**SMALL), scenario, seed, cities=synthetic_country(12, 3), **how)
    model.run_until(LAST)
    return model


def digest(model: RegionalModel) -> str:
    """Hash of every column of every table at the end of a run. Not-a-number is one value."""
    known = hashlib.blake2b(digest_size=12)
    for name, table in sorted(model.state.tables.items()):
        for column in sorted(table):
            values = np.ascontiguousarray(table[column])
            if values.dtype.kind == "f":
                values = np.where(np.isnan(values), np.float64(np.nan), values + 0.0)  # one zero, one NaN
            known.update(f"{name}.{column}".encode() + values.tobytes())
    return known.hexdigest()


def entries() -> list[tuple[str, int]]:
    """Scenario and seed of every run of the set."""
    return [(name, seed) for name in [*SCENARIOS, "shipped"] for seed in SEEDS]


def read() -> Mapping[str, Any]:
    """The manifest: version, hashes by ``scenario/seed``."""
    return json.loads(PLACE.read_text(encoding="utf-8"))


def write(same: bool = False) -> None:
    """Run the set and write the manifest and the list of rules, which starts with the present ones.

    Args:
        same: Extend both instead, and refuse results that differ.
    """
    hashes = {f"{name}/{seed}": digest(run(name, seed)) for name, seed in entries()}
    before = read()["hashes"]
    differ = [key for key, one in before.items() if hashes.get(key) != one]
    if same and (differ or read()["version"] != VERSION):
        sys.exit(f"these results are not those of the manifest: {', '.join(differ) or VERSION}")
    now = rules_fingerprint()
    known = [one for one in same_rules.known_fingerprints() if same and one != now]
    same_rules.PLACE.write_text("\n".join([*known, now, ""]), encoding="utf-8")
    PLACE.write_text(json.dumps({"version": VERSION, "hashes": hashes}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] not in (["--write"], ["--same"]):
        sys.exit("usage: python -m tests.properties.result_hashes --write | --same")
    write(same=sys.argv[1:] == ["--same"])
