"""The reduced economy in C: ``yardstick.c``, compiled with gcc when first needed, called with ctypes."""

from __future__ import annotations

import atexit
import ctypes
import platform
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.tools import reduced_economy
from benchmarks.tools.reduced_economy import CITIES, RATE, gravity, measured, source_lines, start
from model.engine.draws import stream_base

SOURCE = Path(__file__).with_name("yardstick.c")
NUMBERS = (
    "CITIES",
    "COMPUTE_SHARE",
    "TALENT_POWER",
    "DATA_POWER",
    "COMPUTE_POWER",
    "GAIN",
    "CAPITAL_POWER",
    "KEPT",
    "SAVED",
    "RENEWAL",
    "MOVE_EVERY",
    "MOVE_CHANCE",
)
# errno and traps are switched off because they would forbid the vector forms; neither changes a value.
FLAGS = ("-O3", "-march=native", "-std=gnu11", "-fopenmp-simd", "-fno-math-errno", "-fno-trapping-math")
STREAMS = ("success", "moves", "where")


def missing() -> str | None:
    """Why it cannot be compiled here, or None."""
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        return "the yardstick needs glibc's libmvec on Linux x86-64"
    return None if shutil.which("gcc") else "gcc is not installed"


def flags(strict: bool = False) -> tuple[str, ...]:
    """Options for gcc. strict: no multiply-add is contracted."""
    return (*FLAGS, f"-ffp-contract={'off' if strict else 'fast'}")


def gcc_version() -> str:
    """First line of ``gcc --version``."""
    done = subprocess.run(["gcc", "--version"], check=True, capture_output=True, text=True)
    return done.stdout.splitlines()[0]


@lru_cache(maxsize=2)
def library(strict: bool) -> ctypes.CDLL:
    """The compiled yardstick."""
    folder = tempfile.mkdtemp(prefix="yardstick-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    target = Path(folder) / "yardstick.so"
    numbers = [f"-D{name}={getattr(reduced_economy, name)!r}" for name in NUMBERS]
    command = ["gcc", *flags(strict), *numbers, "-shared", "-fPIC", str(SOURCE), "-o", str(target)]
    subprocess.run([*command, "-lmvec", "-lm"], check=True, capture_output=True, text=True)
    return ctypes.CDLL(str(target))


# --- model ---


@lru_cache(maxsize=1)
def by_column() -> NDArray[np.float64]:
    """The gravity matrix, column by column."""
    return np.ascontiguousarray(gravity().T)


class Economy:
    """Columns, and the keys of the draws."""

    def __init__(self, firms: int, seed: int, rate: float, strict: bool) -> None:
        self.first = start(firms)
        self.gravity = by_column()
        self.output, self.totals = np.zeros(CITIES), np.zeros(2)
        self.bases = np.array([stream_base(seed, stream) for stream in STREAMS], dtype=np.uint64)
        self.rate, self.time, self.compiled = rate, 0, library(strict).advance

    def advance(self, steps: int) -> None:
        """Run ``steps`` steps."""
        f = self.first
        firm = (f.city, f.productivity, f.capital, f.absorption)
        city = (f.price, f.availability, f.talent, f.data, self.gravity, self.output, self.totals)
        numbers = (ctypes.c_int64(value) for value in (len(f.city), self.time, steps))
        pointers = (ctypes.c_void_p(column.ctypes.data) for column in (self.bases, *firm, *city))
        self.compiled(*numbers, ctypes.c_double(self.rate), *pointers)
        self.time += steps


# --- benchmark ---

SOURCE_LINES = source_lines(__file__) + source_lines(SOURCE)


def prepare(firms: int, seed: int, rate: float = RATE, strict: bool = False) -> Economy:
    """Return an economy before its first step."""
    return Economy(firms, seed, rate, strict)


def advance(state: Economy, steps: int) -> None:
    """Run ``steps`` steps."""
    state.advance(steps)


def measures(state: Economy) -> dict[str, float]:
    """Return the six measures."""
    return measured(
        state.totals[0], state.totals[1], state.first.productivity, state.first.city, state.output
    )


def run(firms: int, steps: int, seed: int, strict: bool = False) -> dict[str, float]:
    """Return the six measures after ``steps`` steps."""
    state = prepare(firms, seed, strict=strict)
    advance(state, steps)
    return measures(state)
