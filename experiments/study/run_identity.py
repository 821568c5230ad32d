"""What determines a result: hashes of model, rules and data, keys of runs, and where a store comes from."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agents.rules import Rules
from experiments.results.write_results import versions
from experiments.sweep.factors import Case
from model.country.country import Country
from model.engine.rule_source import fingerprint

ROOT = Path(__file__).resolve().parents[2]
# Beside the model itself, what turns its records into metrics.
MEASURING = (
    "experiments/measures/inequality.py", "experiments/measures/effects.py", "experiments/study/study.py",
    "experiments/sweep/measures.py", "experiments/sweep/simulate.py", "experiments/sweep/factors.py",
)  # fmt: skip
LONGEST_PATCH = 2_000_000  # bytes of uncommitted changes that are kept
SEED_RANGE = 2**53  # seeds are exact in any tool that reads numbers as floats


@functools.cache
def model_fingerprint() -> str:
    """Hash of every file that decides what a run gives: agents, model, its data, and the metrics."""
    files = [f for room in ("agents", "model") for f in (ROOT / room).rglob("*") if f.is_file()]
    files = [f for f in files if f.suffix in (".py", ".csv", ".toml", ".json")]
    known = hashlib.blake2b(digest_size=16)
    for file in sorted([*files, *(ROOT / name for name in MEASURING)]):
        known.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return known.hexdigest()


@functools.lru_cache(maxsize=64)
def rules_fingerprint(rules: Rules) -> str:
    """Hash of the text of a set of rules and of all that they call."""
    texts = [(name, fingerprint(rule)) for name, rule in sorted(rules.items())]
    return hashlib.blake2b(repr(texts).encode(), digest_size=16).hexdigest()


def run_key(case: Case, seed: int, country: Country, rules: Rules, twin: bool, model: str) -> str:
    """Hash of all that determines a run's result: two runs of one key give the same numbers.

    The scenario's name and meaning are no part of it.
    """
    scenario = {k: v for k, v in vars(case.scenario).items() if k not in ("name", "meaning")}
    facts = {
        "scenario": repr(scenario),
        "parameters": case.parameters.model_dump_json(),
        "seed": seed,
        "until": case.until,
        "twin": twin,
        "data": country.fingerprint,
        "rules": rules_fingerprint(rules),
        "model": model,
        **({"extension": case.extended.fingerprint} if case.extended.fingerprint else {}),
    }
    return hashlib.blake2b(json.dumps(facts, sort_keys=True).encode(), digest_size=16).hexdigest()


def seed_of(root: int, common: bool, point: int, replication: int) -> int:
    """Seed of a run. With common random numbers root + replication, whatever the point; else a hash."""
    if common:
        return root + replication
    digest = hashlib.blake2b(f"{root}:{point}:{replication}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") % SEED_RANGE


def provenance() -> dict[str, Any]:
    """Where and from what a store is made: git commit, patch if dirty, versions, machine, command."""
    commit, patch = _git("rev-parse", "HEAD"), _git("diff", "HEAD", "--binary")
    new = _git("ls-files", "--others", "--exclude-standard")
    return {
        "git_commit": commit,
        "git_patch": patch[:LONGEST_PATCH] if patch else None,
        "git_untracked": new.splitlines() if new else [],
        "versions": versions(),
        "machine": {"host": platform.node(), "system": platform.platform(), "cores": os.cpu_count()},
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]),
    }


def _git(*words: str) -> str | None:
    """What git says of the folder that the project lies in; None without git, or outside a clone of it."""
    if not (ROOT / ".git").exists():
        return None
    try:
        answer = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.decode("utf-8", errors="replace").strip()
