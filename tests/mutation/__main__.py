"""Mutation testing: changes rules, markets and measures in thousands of places and sees what tests notice.

    python tests/mutation/__main__.py                    all of it, some hours
    python tests/mutation/__main__.py --share 0.1        a part, drawn by --seed
    python tests/mutation/__main__.py --resume           what was not killed by the last call, again

Writes docs/bench/mutants.json (counts, survivors with reasons), docs/bench/mutants.csv (every mutant) and
docs/mutants.md (what a person reads). What comes of each mutant is kept in build/mutants-GROUP.jsonl at once,
so a call that was stopped goes on with --resume.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[threads] = "1"  # a process with threads cannot be forked
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from tests import ROOT
from tests.mutation import (
    mutant_list,
    mutant_runs,
)
from tests.mutation.mutants import GROUPS, Mutant, mutants_of, original


def drawn(group: str, share: float, seed: int) -> list[Mutant]:
    """A share of each module's mutants, modules in turn; the same ones, and more, at a larger share."""
    found = []
    for module in GROUPS[group]:
        mutants = list(mutants_of(module))
        random.Random(f"{seed} {module}").shuffle(mutants)
        found += [(k / len(mutants), one) for k, one in enumerate(mutants[: round(share * len(mutants))])]
    return [one for _, one in sorted(found, key=lambda place: place[0])]


def key(mutant: Mutant | dict[str, Any]) -> tuple[Any, ...]:
    """What tells mutants of one text apart."""
    one = mutant if isinstance(mutant, dict) else vars(mutant)
    return one["module"], one["operator"], one["occurrence"], one["line"], one["column"]


def known(path: Path) -> dict[tuple[Any, ...], dict[str, Any]]:
    """What earlier calls found of mutants of texts that are the same today."""
    if not path.exists():
        return {}
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {key(row): row for row in rows if row["text"] == text_of(row["module"])}


def text_of(module: str) -> str:
    """Hash of a module's text."""
    return mutant_runs.mark(original(module).encode())


def tried(group: str, given: argparse.Namespace) -> list[dict[str, Any]]:
    """Rows of a group's mutants, those that are not known yet after running them."""
    path = ROOT / "build" / f"mutants-{group}.jsonl"
    path.parent.mkdir(exist_ok=True)
    mutants = drawn(group, given.share, given.seed)
    before = known(path) if given.resume else {}
    if not given.resume:
        path.unlink(missing_ok=True)
    ended = ("killed", "hang", "no mutant")
    todo = [one for one in mutants if key(one) not in before]
    todo += [one for one in mutants if before.get(key(one), {}).get("outcome", "killed") not in ended]
    if given.survivors:
        todo = [one for one in todo if key(one) in before]
    texts = {module: text_of(module) for module in GROUPS[group]}
    log(f"{group}: {len(mutants)} mutants, {len(todo)} to try")
    with path.open("a", encoding="utf-8") as file:

        def done(mutant: Mutant, found: dict[str, Any]) -> None:
            row = {**vars(mutant), "text": texts[mutant.module], **found}
            before[key(mutant)] = row
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            file.flush()

        if todo and not given.count:
            mutant_runs.run(group, todo, given.workers, given.budget, done, log)
    wanted = {key(one) for one in mutants}
    return [row for place, row in sorted(before.items()) if place in wanted and row["outcome"] != "no mutant"]


def log(said: str) -> None:
    """A line with the time of day."""
    print(time.strftime("%H:%M:%S"), said, file=sys.stderr, flush=True)


def main() -> None:
    """Try the mutants of all groups, or of some, and write the lists."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--group", action="append", choices=list(GROUPS), help="rules, markets or metrics")
    parser.add_argument("--share", type=float, default=1.0, help="share of mutants to try (default: all)")
    parser.add_argument("--seed", type=int, default=1, help="draws the share (default 1)")
    parser.add_argument("--workers", type=int, default=2, help="mutants at a time (default 2)")
    parser.add_argument("--budget", type=float, default=20.0, help="seconds of tests a mutant (default 20)")
    parser.add_argument("--resume", action="store_true", help="keep what was killed, try the rest")
    parser.add_argument(
        "--survivors", action="store_true", help="with --resume: try those that survived only"
    )
    parser.add_argument("--count", action="store_true", help="run nothing, write the lists of what is known")
    given = parser.parse_args()
    if not 0.0 < given.share <= 1.0:
        parser.error(f"--share cannot be {given.share}: it must be above 0 and at most 1")
    for group in given.group or GROUPS:
        began = time.monotonic()
        rows = tried(group, given)
        counts = mutant_list.write(group, rows, given.seed)
        log(f"{group}: {counts}")
        ledger = os.environ.get("RELIABILITY_LEDGER")
        if ledger:
            row = {
                "test": "mutants", "what": f"mutants of {group}, killed",
                "seconds": round(time.monotonic() - began),
                "count": counts["tried"], "places": counts["mutants"], "faults": 0 if counts["enough"] else 1,
                "tracebacks": 0, "hangs": 0, "killed": counts["killed"],
                "share": round(100.0 * counts["killed_share"], 1),
            }  # fmt: skip
            with open(ledger, "a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
