"""Mutation testing: change rules, markets and measures in thousands of places and see what tests notice.

    python -m tests.mutation                    all of it, some hours
    python -m tests.mutation --share 0.1        a part, drawn by --seed
    python -m tests.mutation --resume           what the last call did not kill, again

Prints one line of score for each group and writes build/mutants.json (counts, survivors). The outcome of
each mutant is appended to build/mutants-GROUP.jsonl at once, so --resume continues a call that was stopped.
The exit code is 1 if a group stays below its least score.
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

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
os.environ.update(dict.fromkeys(THREADS, "1"))  # before NumPy: a process with threads cannot be forked

from tests import ROOT  # noqa: E402
from tests.mutation import runner, score  # noqa: E402
from tests.mutation.mutants import GROUPS, Mutant, mutants_of, original  # noqa: E402


def drawn(group: str, share: float, seed: int) -> list[Mutant]:
    """Draw a share of each module's mutants, modules in turn; a larger share holds the smaller one."""
    found = []
    for module in GROUPS[group]:
        mutants = list(mutants_of(module))
        random.Random(f"{seed} {module}").shuffle(mutants)
        found += [(k / len(mutants), one) for k, one in enumerate(mutants[: round(share * len(mutants))])]
    return [one for _, one in sorted(found, key=lambda place: place[0])]


def key(mutant: Mutant | dict[str, Any]) -> tuple[Any, ...]:
    """Return what identifies a mutant of one text."""
    one = mutant if isinstance(mutant, dict) else vars(mutant)
    return one["module"], one["operator"], one["occurrence"], one["line"], one["column"]


def known(path: Path) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Read what earlier calls found for mutants of texts that have not changed since."""
    if not path.exists():
        return {}
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {key(row): row for row in rows if row["text"] == text_of(row["module"])}


def text_of(module: str) -> str:
    """Return the hash of a module's text."""
    return runner.mark(original(module).encode())


def tried(group: str, given: argparse.Namespace) -> list[dict[str, Any]]:
    """Run the mutants of a group that are not known yet; return the rows of all."""
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
            runner.run(group, todo, given.workers, given.budget, done, log)
    wanted = {key(one) for one in mutants}
    return [row for place, row in sorted(before.items()) if place in wanted and row["outcome"] != "no mutant"]


def log(text: str) -> None:
    """Print a line with the time of day on standard error."""
    print(time.strftime("%H:%M:%S"), text, file=sys.stderr, flush=True)


def note(group: str, found: dict[str, Any], seconds: float) -> None:
    """Tell the ledger of ``make reliability``."""
    ledger = os.environ.get("RELIABILITY_LEDGER")
    if not ledger:
        return
    row = {"test": "mutants", "what": f"mutants of {group}, killed", "seconds": round(seconds)}
    row |= {"count": found["tried"], "places": found["mutants"], "faults": int(found["score"] < score.ENOUGH)}
    row["share"] = round(100.0 * found["score"], 1)
    with open(ledger, "a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


def main() -> int:
    """Try the mutants of all groups, or of some; print and write the scores."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--group", action="append", choices=list(GROUPS), help="one of the groups; repeatable"
    )
    parser.add_argument("--share", type=float, default=1.0, help="share of mutants to try (default: all)")
    parser.add_argument("--seed", type=int, default=1, help="draws the share (default 1)")
    parser.add_argument("--workers", type=int, default=2, help="mutants at a time (default 2)")
    parser.add_argument("--budget", type=float, default=20.0, help="seconds of tests a mutant (default 20)")
    parser.add_argument("--resume", action="store_true", help="keep what was killed, try the rest")
    parser.add_argument(
        "--survivors", action="store_true", help="with --resume: try only those that survived"
    )
    parser.add_argument("--count", action="store_true", help="run nothing; score what is known")
    given = parser.parse_args()
    if not 0.0 < given.share <= 1.0:
        parser.error(f"--share cannot be {given.share}: it must be above 0 and at most 1")
    enough = True
    for group in given.group or GROUPS:
        began = time.monotonic()
        rows = tried(group, given)
        places = {module: len(list(mutants_of(module))) for module in GROUPS[group]}
        found = score.summary(rows, {module: size for module, size in places.items() if size}, given.seed)
        score.write(group, found)
        note(group, found, time.monotonic() - began)
        print(score.line(group, found), flush=True)
        enough &= found["score"] >= score.ENOUGH
    return int(not enough)


if __name__ == "__main__":
    sys.exit(main())
