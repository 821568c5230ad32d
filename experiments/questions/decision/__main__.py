"""``python -m experiments.questions.decision FOLDER``: whether halves of the ensemble give the same advice.

Asks for cities of all regions and sizes, in the country of the ensemble, keeps every finished city and world
in FOLDER, continues where it stood, and writes the choices to docs/bench/decisions.json.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from experiments.ensemble.__main__ import ensemble_study, made_by
from experiments.ensemble.members import shipped_ensemble
from experiments.questions.decision.halves import YEAR, agreements, asking_cities, run_cities
from experiments.storage.json_file import json_text
from experiments.storage.json_lines import read_lines

COMMAND = "python -m experiments.questions.decision"
CITIES, MEMBERS, AT_ONCE = 50, 20, 5
WORLDS, STORED = "worlds.jsonl", Path("docs/bench/decisions.json")


def main(arguments: list[str] | None = None) -> None:
    """Run what is missing and write the table."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("folder", type=Path, help="for the finished worlds")
    parser.add_argument("--cities", type=int, default=CITIES, help=f"that ask (default {CITIES})")
    parser.add_argument("--members", type=int, default=MEMBERS, help=f"of both halves (default {MEMBERS})")
    parser.add_argument("--json", type=Path, default=STORED, help=f"file of the choices (default {STORED})")
    given = parser.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    found = shipped_ensemble()
    study = ensemble_study(found)
    cities = asking_cities(study.country, given.cities)
    members = [(member, place + 1) for place, member in enumerate(found.evenly(given.members))]
    rounds = max(1, len(cities) // AT_ONCE)
    for some in range(rounds):  # some cities with all members say more than all cities with some
        run_cities(study, found, cities[some::rounds], members, given.folder / WORLDS)
        lines = read_lines(given.folder / WORLDS)
        contents = {
            **made_by(found, f"{COMMAND} FOLDER --cities {given.cities} --members {given.members}"),
            "firms": study.parameters.firms,
            "cities": len(study.country.cities),
            "members": given.members,
            "year": YEAR,
            "rows": agreements(lines, study.country, members),
        }
        given.json.write_text(json_text(contents), encoding="utf-8")


if __name__ == "__main__":
    main()
