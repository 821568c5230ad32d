"""The seeds of the page's first run at its first date, run beforehand: intervals are there at first sight.

``python release/page_seeds.py`` runs them and writes ``viz/assets/seeds/NAME.npz``. A file holds
seeds, version, rules, parameters and a hash of the data that made it. One of other rules, data or parameters
is not used, and the seeds are run in the background as those of any other run. Rules and parameters that are
new since then do not count where they change no result (``same_rules``).
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

import model
from experiments.measures.twin_pairs import Pair
from experiments.study.run_key import rules_fingerprint
from experiments.study.same_rules import same_rules
from model import Parameters
from model.version import VERSION
from viz.app.explore.run_options import RunOptions
from viz.app.explore.snapshot import RECORDED, YEAR, SeedPair, Totals

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "seeds"
DATA = Path(model.__file__).parent / "data"
SCENARIOS = ("actual",)  # those that the page opens with
# Parts of ``Totals`` in the file, in order.
MEASURES = (
    "innovation",
    "gdp",
    "use",
    "theil",
    "sigma",
    "recent_theil",
    "spent",
    "income",
    "power",
    "green_power",
)


@functools.cache
def data_fingerprint() -> str:
    """Return a hash of the tables that decide a run."""
    known = hashlib.blake2b(digest_size=16)
    for path in sorted(DATA.glob("*.csv")):
        known.update(path.name.encode() + b"\0" + path.read_bytes())
    return known.hexdigest()


def is_current(about: Mapping[str, Any]) -> bool:
    """Return whether a file is of this version: its results, rules, data and the parameters it names."""
    defaults = Parameters().model_dump()
    return (
        about["version"] == VERSION
        and about["data"] == data_fingerprint()
        and about["parameters"].items() <= defaults.items()
        and same_rules(about["rules"])
    )


def as_array(totals: Totals, quarters: int) -> np.ndarray:
    """Return the national measures at the ends of quarters 0 to T, (T+1, K)."""
    columns = [np.array(getattr(totals, name)[: quarters + 1]) for name in MEASURES]
    return np.column_stack([column.reshape(quarters + 1, -1) for column in columns])


def as_totals(values: np.ndarray) -> Totals:
    """Return the national measures of an array of ``as_array``."""
    made, column = Totals(), 0
    for name in MEASURES:
        width = 3 if name == "use" else 1
        part = values[:, column : column + width]
        getattr(made, name).extend(list(part) if width > 1 else part[:, 0].tolist())
        column += width
    return made


def write_seeds(path: Path, scenario: str, pairs: tuple[SeedPair, ...], quarter: int) -> None:
    """Write the pairs of a scenario's run at the end of a quarter; columns with their exact means."""
    first = pairs[0].pair.with_centres
    columns = [name for name in RECORDED if name in first]
    arms = [(one.pair.with_centres, one.pair.without) for one in pairs]
    cities = len(first[columns[0]][0])
    about = {
        "scenario": scenario,
        "seeds": [one.pair.seed for one in pairs],
        "quarter": quarter,
        "firms": RunOptions().firms,
        "columns": columns,
        "version": VERSION,
        "rules": rules_fingerprint(),
        "data": data_fingerprint(),
        "parameters": Parameters().model_dump(),
    }
    np.savez_compressed(
        path,
        about=np.array(json.dumps(about)),
        means=np.array([[[arm[name][0] for name in columns] for arm in both] for both in arms]),
        hosts=np.array([np.isin(np.arange(cities), one.pair.hosts) for one in pairs]),
        totals=np.array([[as_array(arm, quarter) for arm in (one.run, one.twin)] for one in pairs]),
    )


@functools.lru_cache(maxsize=4)
def read_seeds(path: Path, start_year: int) -> tuple[Mapping[str, object], Mapping[int, SeedPair]]:
    """Return what a file says of itself, and its pairs by seed; none if other rules made it."""
    if not path.is_file():
        return {}, {}
    with np.load(path, allow_pickle=False) as file:
        about = json.loads(str(file["about"]))
        if not is_current(about):
            return about, {}
        means, hosts, totals = file["means"], file["hosts"], file["totals"]
    year = np.array([start_year + about["quarter"] // YEAR])
    found = {}
    for k, seed in enumerate(about["seeds"]):
        arms = [dict(zip(about["columns"], arm[:, None], strict=True)) for arm in means[k]]
        pair = Pair(seed, year, np.flatnonzero(hosts[k]), *arms)
        found[seed] = SeedPair(pair, *(as_totals(part) for part in totals[k]))
    return about, found


def shipped_seeds(options: RunOptions, start_year: int) -> tuple[int, Mapping[int, SeedPair]]:
    """Return the quarter and the pairs by seed that are shipped for these options; (0, {}) if none are."""
    if options.changes or options.centres or options.firms != RunOptions().firms:
        return 0, {}
    about, found = read_seeds(FOLDER / f"{options.scenario}.npz", start_year)
    return (int(str(about["quarter"])), found) if found else (0, {})
