"""Data-generating processes of made-up panels whose effect is known: cells of the audit."""

from __future__ import annotations

import hashlib
import runpy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from experiments.evaluation.known_effect import CONTROLS, known_panel, lot_panel
from model.files.user_tables import InputError

NEEDED = ("city_id", "year", "outcome", "centre")


@dataclass(frozen=True)
class Process:
    """A process: ``draw`` returns the panel of a seed.

    A panel has the columns city_id, year, outcome and centre, ``attrs["effect"]``, the true effect of a
    city's own centre, and perhaps ``attrs["controls"]``, names of further columns. ``mark``: of the text that
    draws, where it is the user's.
    """

    meaning: str
    draw: Callable[[int], pd.DataFrame]
    mark: str = ""


def _known(seed: int) -> pd.DataFrame:
    panel = known_panel(seed)
    panel.attrs = {"effect": 0.10, "controls": CONTROLS}
    return panel


def _lot(seed: int, **changes: object) -> pd.DataFrame:
    panel = lot_panel(seed, **{"hosts": 31, "effect": 0.10, **changes})  # type: ignore[arg-type]
    panel.attrs["controls"] = ("size",)
    return panel


PROCESSES: dict[str, Process] = {
    "lot": Process("31 hosts by lot; errors autocorrelated, half of them shared by neighbours", _lot),
    "effects that grow": Process(
        "140 hosts by lot; the effect is 0.10 and grows by 0.02 a year",
        lambda seed: _lot(seed, hosts=140, growth=0.02),
    ),
    "confounders": Process(
        "twelve controls act on outcome and openings by squares, products, a sine and a threshold", _known
    ),
    "trends by trait": Process(
        "31 hosts, large cities more likely, whose outcome rises faster and faster without a centre too",
        lambda seed: _lot(seed, sites="trait", trend=0.08),
    ),
    "one region": Process(
        "31 hosts next to each other; errors shared by neighbours", lambda seed: _lot(seed, sites="region")
    ),
}


def processes_with(own: tuple[str, ...] = ()) -> dict[str, Process]:
    """Return all processes, with user-defined ones, each named ``file.py:function``.

    Raises InputError: there is no such file or function, or it cannot be run.
    """
    return {**PROCESSES, **{name: _own(name) for name in own}}


def _own(name: str) -> Process:
    file, _, function = name.rpartition(":")
    path = Path(file)
    if not file or path.suffix != ".py":
        raise InputError([f"{name!r} names no process: write file.py:function"])
    try:
        text = path.read_bytes()
        made = runpy.run_path(str(path)).get(function)
    except OSError as error:
        raise InputError([f"{path} cannot be read: {error.strerror}"]) from None
    except (Exception, SystemExit) as error:
        raise InputError([f"{path} cannot be run: {type(error).__name__}: {error}"]) from None
    if not callable(made):
        raise InputError([f"{path} has no function {function!r}"])
    return Process(f"of {name}", made, hashlib.blake2b(text, digest_size=8).hexdigest())


def draw_panel(name: str, process: Process, seed: int) -> pd.DataFrame:
    """Return the panel of a seed. Raises InputError if it is not what a process returns."""
    try:
        panel = process.draw(seed)
    except Exception as error:
        raise InputError([f"process {name}, seed {seed}: {type(error).__name__}: {error}"]) from error
    if not isinstance(panel, pd.DataFrame):
        raise InputError([f"process {name} returns no table but a {type(panel).__name__}"])
    missing = [column for column in NEEDED if column not in panel]
    if missing:
        raise InputError([f"process {name}: its table has no column {missing[0]!r}"])
    effect = panel.attrs.get("effect")
    if not isinstance(effect, int | float):
        raise InputError([f'process {name}: its table needs attrs["effect"], the true effect'])
    return panel


def marks(processes: Mapping[str, Process]) -> dict[str, str]:
    """Return the name of each process and the mark of its text, which is empty for those of this module."""
    return {name: process.mark for name, process in processes.items()}
