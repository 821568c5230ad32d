"""``python -m experiments.ensemble``: what moves the headlines of the ensemble, and through which mechanisms.

Writes indices of ``group_sensitivity``, parts of ``decomposition``, coverage of ``held_out`` and the check of
``posterior`` to docs/bench; parts and coverage take about 20 and 1 CPU-seconds a member and continue where
they stood.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from pathlib import Path
from typing import Any

from experiments.ensemble.decomposition import PARTS, member_parts, parts_table
from experiments.ensemble.group_sensitivity import SAMPLES, largest_correlation, sensitivities
from experiments.ensemble.held_out import coverage, effects_with_seed
from experiments.ensemble.members import Ensemble, shipped_ensemble
from experiments.ensemble.posterior import factor_correlations, figures_check
from experiments.ensemble.reduced_country import reduced_country
from experiments.storage.json_file import json_text
from experiments.storage.provenance import versions
from experiments.study.run_key import rules_fingerprint
from experiments.study.study import Study, twins
from model.country.country import shipped_country
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import find_scenario

Plain = dict[str, Any]  # of a file: plain values by name

COMMAND = "python -m experiments.ensemble"
SENSITIVITY, DECOMPOSITION = Path("docs/bench/sensitivity.json"), Path("experiments/ensemble/data") / PARTS
POSTERIOR = Path("docs/bench/posterior.json")
PAIRS = 10
COVERAGE = Path("docs/bench/coverage.json")
MEMBERS = 24


def made_by(found: Ensemble, command: str) -> Plain:
    """Return date, command, version and rules of a file, and of the ensemble that it is based on."""
    return {
        "date": datetime.date.today().isoformat(),
        "command": command,
        "version": versions()["computeleap"],
        "rules": rules_fingerprint(),
        "ensemble": {name: found.about[name] for name in ("rules", "date", "cities", "firms", "scenario")},
    }


def ensemble_study(found: Ensemble) -> Study:
    """Return the study whose effects the shipped ensemble holds."""
    about = found.about
    country = reduced_country(shipped_country(), about["cities"])
    arms = twins(find_scenario(about["scenario"]))
    return Study(arms, (1,), Parameters(firms=about["firms"]), about["last_year"], country)


def write_sensitivity(found: Ensemble, file: Path, samples: int) -> None:
    """Write the indices of all headlines."""
    rows = sensitivities(found, samples=samples).round(4).to_dict("records")
    contents = {
        **made_by(found, f"{COMMAND} sensitivity"),
        "samples": samples,
        "correlation": round(largest_correlation(found), 3),
        "rows": rows,
    }
    file.write_text(json_text(contents), encoding="utf-8")


def write_decomposition(found: Ensemble, file: Path, members: int) -> None:
    """Write the parts of members, each as soon as it has been run, and their table."""
    study = ensemble_study(found)
    lines: list[Plain] = []
    if file.is_file():
        before = json.loads(file.read_text(encoding="utf-8"))
        lines = before["members"] if before["rules"] == rules_fingerprint() else []
    for member in found.evenly(members):
        if any(line["member"] == member for line in lines):
            continue
        seed = int(found.members["seed"].iloc[member])
        lines.append(
            {"member": member, "seed": seed, "parts": member_parts(study, found.values(member), seed)}
        )
        lines.sort(key=lambda line: line["member"])
        contents = {
            **made_by(found, f"{COMMAND} decomposition --members {members}"),
            "rows": parts_table(lines).round(4).to_dict("records"),
            "members": lines,
        }
        file.write_text(json_text(contents), encoding="utf-8")
        print(f"{len(lines)} of {members} members", file=sys.stderr, flush=True)


def write_posterior(found: Ensemble, file: Path) -> None:
    """Write the predictive check of the published figures and the pairs of parameters that go together."""
    pairs = factor_correlations(found)
    contents = {
        **made_by(found, f"{COMMAND} posterior"),
        "beyond_chance": int(pairs["beyond_chance"].sum()),
        "pairs": len(pairs),
        "figures": figures_check(found).round(4).to_dict("records"),
        "correlations": pairs.head(PAIRS).round(3).to_dict("records"),
    }
    file.write_text(json_text(contents), encoding="utf-8")


def write_coverage(found: Ensemble, file: Path, members: int) -> None:
    """Write how many runs of members with new seeds the range of the other members holds."""
    study, new = ensemble_study(found), found.about["seeds"]
    lines: list[Plain] = []
    if file.is_file():
        before = json.loads(file.read_text(encoding="utf-8"))
        lines = before["runs"] if before["rules"] == rules_fingerprint() else []
    for place, member in enumerate(found.evenly(members)):
        if any(line["member"] == member for line in lines):
            continue
        seed = new + 1 + place % new
        effects = effects_with_seed(study, found.values(member), seed)
        lines.append({"member": member, "seed": seed, "effects": effects})
        contents = {
            **made_by(found, f"{COMMAND} coverage --members {members}"),
            "rows": coverage(found, lines).round(4).to_dict("records"),
            "runs": lines,
        }
        file.write_text(json_text(contents), encoding="utf-8")
        print(f"{len(lines)} of {members} members", file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Write the file of what was asked."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("what", choices=("sensitivity", "decomposition", "coverage", "posterior"))
    parser.add_argument("--members", type=int, default=MEMBERS, help=f"to run (default {MEMBERS})")
    parser.add_argument("--samples", type=int, default=SAMPLES, help=f"of the bootstrap (default {SAMPLES})")
    parser.add_argument("--json", type=Path, help="file (default: in docs/bench)")
    given = parser.parse_args(arguments)
    if given.what == "sensitivity":
        write_sensitivity(shipped_ensemble(), given.json or SENSITIVITY, given.samples)
    elif given.what == "posterior":
        write_posterior(shipped_ensemble(), given.json or POSTERIOR)
    elif given.what == "decomposition":
        write_decomposition(shipped_ensemble(), given.json or DECOMPOSITION, given.members)
    else:
        write_coverage(shipped_ensemble(), given.json or COVERAGE, given.members)


if __name__ == "__main__":
    main()
