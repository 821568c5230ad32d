"""``python -m experiments.matching FOLDER``: makes the posterior ensemble, or continues one that was begun.

With ``--ship`` what the folder holds becomes the ensemble of this version, ``experiments/ensemble/data``;
with ``--ranks`` nothing is run, and a file gets the check of ``rank_check``.
"""

from __future__ import annotations

import argparse
import datetime
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from experiments.matching.rank_check import check
from experiments.matching.ship import PLACE, write_ensemble
from experiments.matching.waves import Waves
from experiments.matching.whole_country import run_whole
from experiments.storage.json_file import json_text
from experiments.storage.provenance import versions
from experiments.study.run_key import rules_fingerprint

Plain = dict[str, Any]  # of a file: plain values by name


def made_by() -> Plain:
    """Return date, command, version and rules of a file."""
    return {
        "date": datetime.date.today().isoformat(),
        "command": "python -m experiments.matching FOLDER --ranks docs/bench/ranks.json",
        "version": versions()["computeleap"],
        "rules": rules_fingerprint(),
    }


def main(arguments: list[str] | None = None) -> None:
    """Run points until there are enough members or the time is up; say how many there are."""
    parser = argparse.ArgumentParser(prog="python -m experiments.matching")
    parser.add_argument("folder", type=Path, help="folder of what was run")
    parser.add_argument("--members", type=int, default=220, help="members wanted (default 220)")
    parser.add_argument("--hours", type=float, default=12.0, help="longest time (default 12)")
    parser.add_argument("--ship", action="store_true", help=f"write {PLACE}")
    parser.add_argument("--ranks", type=Path, metavar="FILE", help="check the ranks of known parameters")
    given = parser.parse_args(arguments)
    waves = Waves(given.folder)
    if given.ranks:
        given.ranks.write_text(json_text({**made_by(), **check(waves)}), encoding="utf-8")
        return
    report = partial(print, file=sys.stderr, flush=True)
    end = time.time() + 3600.0 * given.hours
    enough = waves.build(given.members, end, report)
    run_whole(waves, end, report)
    print(f"{waves.found} members of {len(waves.points)} points{'' if enough else ', fewer than wanted'}")
    if given.ship:
        write_ensemble(waves, PLACE)


if __name__ == "__main__":
    main()
