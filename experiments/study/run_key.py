"""What determines a run: hashes of code and rules, the key of a run, and the seeds of a sweep."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from agents.rules import Rules
from experiments.study.one_run import AT_START
from experiments.study.study import Run, Study
from model.country.country import Country
from model.engine.rule_source import fingerprint
from model.extensions.extended_model import Extended, extended
from model.parameters import Parameters
from model.scenarios.scenario import Scenario

ROOT = Path(__file__).resolve().parents[2]
FOLDERS, SUFFIXES = ("agents", "model"), (".py", ".csv", ".toml", ".json")
# In addition to the model itself, the modules that turn a run into its stored record.
MEASURING = (
    "experiments/measures/effect_tables.py",
    "experiments/measures/inequality.py",
    "experiments/measures/twin_pairs.py",
    "experiments/study/one_run.py",
    "experiments/sweep/factors.py",
    "experiments/sweep/measures.py",
    "experiments/sweep/simulate.py",
)
SEED_RANGE = 2**53  # seeds are exact in any tool that reads numbers as floats


@functools.cache
def model_fingerprint() -> str:
    """Return a hash of all files that decide a stored record: agents, model, data, measuring modules."""
    files = [file for room in FOLDERS for file in (ROOT / room).rglob("*") if file.is_file()]
    files = [file for file in files if file.suffix in SUFFIXES]
    known = hashlib.blake2b(digest_size=16)
    for file in sorted([*files, *(ROOT / name for name in MEASURING)]):
        known.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return known.hexdigest()


def rules_fingerprint(rules: Mapping[str, Callable[..., object]] | Rules | None = None) -> str:
    """Return a hash of the text of a set of rules, by default the model's, and of all that they call."""
    return _rules_hash(tuple(sorted((Rules() if rules is None else rules).items())))


@functools.lru_cache(maxsize=64)
def _rules_hash(rules: tuple[tuple[str, Callable[..., object]], ...]) -> str:
    texts = [(name, fingerprint(rule)) for name, rule in rules]
    return hashlib.blake2b(repr(texts).encode(), digest_size=16).hexdigest()


def run_key(
    scenario: Scenario,
    parameters: Parameters,
    seed: int,
    until: int,
    country: Country,
    whole: Extended,
    recorded: Iterable[str],
    rules: Rules | None = None,
) -> str:
    """Return the key of a run: two runs of one key have the same record.

    It covers the code and data (``model_fingerprint``), scenario, parameters, seed, last year, country,
    rules, extensions and what is recorded. Names of scenarios, threads and processes are not part of it.

    Args:
        scenario: Its name and meaning do not count; its changes count as parameters.
        parameters: Parameters before the scenario's own changes.
        seed: Seed of the run.
        until: Last year.
        country: Cities, centres and network.
        whole: The model with its extensions.
        recorded: Names of what is recorded.
        rules: Rules that replace those of ``whole``.
    """
    facts = {
        name: value
        for name, value in asdict(scenario).items()
        if name not in ("name", "meaning", "parameters")
    }
    facts |= {
        "parameters": scenario.applied_to(parameters).model_dump(),
        "seed": seed,
        "until": until,
        "country": country.fingerprint,
        "rules": rules_fingerprint(whole.rules if rules is None else rules),
        "extension": whole.fingerprint,
        "recorded": list(recorded),
        "model": model_fingerprint(),
    }
    return hashlib.blake2b(json.dumps(facts, sort_keys=True).encode(), digest_size=16).hexdigest()


def study_run_keys(study: Study) -> dict[Run, str]:
    """Return the key of every run of a study."""
    whole, recorded = extended(study.extension), (*study.measures, *AT_START)
    return {
        run: run_key(
            study.arms[run.arm], study.parameters, run.seed, study.until, study.country, whole, recorded
        )
        for run in study.runs
    }


def seed_of(root: int, common: bool, point: int, replication: int) -> int:
    """Return the seed of a run: with common random numbers root + replication for any point, else a hash."""
    if common:
        return root + replication
    digest = hashlib.blake2b(f"{root}:{point}:{replication}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") % SEED_RANGE
