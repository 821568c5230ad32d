"""``python -m experiments.ensemble``: what moves the headlines of the ensemble, and through which mechanisms.

Writes indices of ``group_sensitivity``, parts of ``decomposition``, coverage of ``held_out`` and the check of
``posterior`` to docs/bench; a member's parts take about 20 CPU-seconds, a run of coverage about one. Both
continue where they stood.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.ensemble.decomposition import PARTS, member_parts, parts_table
from experiments.ensemble.group_sensitivity import SAMPLES, largest_correlation, sensitivities
from experiments.ensemble.held_out import COLUMNS, HEADLINES, coverage, effects_with_seed, planned_runs
from experiments.ensemble.members import Ensemble, shipped_ensemble
from experiments.ensemble.posterior import factor_correlations, figures_check
from experiments.ensemble.reduced_country import reduced_country
from experiments.storage.atomic_write import write_whole
from experiments.storage.json_file import json_text, read_object
from experiments.storage.provenance import versions
from experiments.study.run_key import rules_fingerprint
from experiments.study.same_rules import same_rules
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
MEMBERS, SEEDS = 24, 10
AT_ONCE = 10  # runs of coverage, about a second each, between two writings of their file
DIGITS = 5


def made_by(found: Ensemble, command: str) -> Plain:
    """Return date, command, version and rules of a file, and of the ensemble that it is based on."""
    return {
        "date": datetime.date.today().isoformat(),
        "command": command,
        "version": versions()["computeleap"],
        "rules": rules_fingerprint(),
        "ensemble": {name: found.about[name] for name in ("rules", "date", "cities", "firms", "scenario")},
    }


def _finished(file: Path, key: str) -> list[Any]:
    """Return what a file holds under a key, none if its rules do not give the results of the present ones."""
    before: Plain = read_object(file) if file.is_file() else {"rules": ""}
    return list(before[key]) if same_rules(before["rules"]) else []


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
    write_whole(file, json_text(contents))


def write_decomposition(found: Ensemble, file: Path, members: int) -> None:
    """Write the parts of members, each as soon as it has been run, and their table."""
    study = ensemble_study(found)
    lines: list[Plain] = _finished(file, "members")
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
        write_whole(file, json_text(contents))
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
    write_whole(file, json_text(contents))


def write_coverage(found: Ensemble, file: Path, members: int, seeds: int) -> None:
    """Write how many runs of members with new seeds the range of the members outside their fold holds."""
    study, first = ensemble_study(found), found.about["seeds"] + 1
    runs: list[list[float]] = _finished(file, "runs")
    known = {(run[0], run[1]) for run in runs}
    missing = [one for one in planned_runs(found.evenly(members), first, seeds) if one not in known]
    for count, (member, seed) in enumerate(missing, 1):
        effects = effects_with_seed(study, found.values(member), seed)
        runs.append([member, seed, *(round(effects[name], DIGITS) for name in HEADLINES)])
        if count % AT_ONCE and count < len(missing):
            continue
        table = coverage(found, pd.DataFrame(runs, columns=list(COLUMNS))).round(4)
        contents = {
            **made_by(found, f"{COMMAND} coverage --members {members} --seeds {seeds}"),
            "rows": table.dropna(axis="columns").to_dict("records"),
            "columns": list(COLUMNS),
            "runs": sorted(runs),
        }
        write_whole(file, json_text(contents))
        print(f"{len(runs)} runs, {len(missing) - count} missing", file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Write the file of what was asked."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("what", choices=("sensitivity", "decomposition", "coverage", "posterior"))
    parser.add_argument("--members", type=int, default=MEMBERS, help=f"to run (default {MEMBERS})")
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"of coverage, new ones (default {SEEDS})")
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
        write_coverage(shipped_ensemble(), given.json or COVERAGE, given.members, given.seeds)


if __name__ == "__main__":
    main()
