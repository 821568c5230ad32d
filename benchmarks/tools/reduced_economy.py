"""The reduced economy: parameters, first state, order of events and measures, stated once.

Firms i live in cities c. State of a firm: its city (32-bit integer), productivity A, capital K and absorption
a; of a city: price q, availability v, talent T and data D. One step, numbered t = 0, 1, ...:

1. The firm reads its city's q, v, T, D and uses compute ``x = min(COMPUTE_SHARE K / q, v)``.
2. Its chance to innovate is ``p = 1 - exp(-rate T**TALENT_POWER D**DATA_POWER (1 + x)**COMPUTE_POWER a)``.
3. It draws u, uniform on [0, 1); if u < p, ``A = A GAIN``.
4. It produces ``y = A K**CAPITAL_POWER`` (with the new A) and invests: ``K = KEPT K + SAVED y``.
5. Cities add up output Y and innovations I of their firms.
6. ``T = (1 - RENEWAL) T + RENEWAL G (Y / mean Y)`` and
   ``D = (1 - RENEWAL) D + RENEWAL G (CITIES I / max(1, sum I))``: a product with the gravity matrix G each.
7. If (t + 1) is a multiple of MOVE_EVERY, each firm moves with chance MOVE_CHANCE, to a city drawn uniformly
   from all others: ``city = (city + 1 + floor(w (CITIES - 1))) mod CITIES``.

What depends on the city alone, ``rate T**TALENT_POWER D**DATA_POWER``, may be computed once for each city.
Nothing but the state may be carried from one step to the next; capital changes in each step so that no
compiler can take ``K**CAPITAL_POWER`` out of the loop. About 3 % of firms innovate in a step.

The first state is a function of the number of firms alone, made of the same hash for every tool; the seed
names the draws of steps 3 and 7, for which each tool uses the generator that its users would use.
"""

from __future__ import annotations

import ast
import copy
import io
import tokenize
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.engine.draws import stream_key, uniforms

CITIES = 300
STEPS = 60
RATE = 0.03
COMPUTE_SHARE = 0.1
TALENT_POWER = 0.3
DATA_POWER = 0.2
COMPUTE_POWER = 0.35
GAIN = 1.01
CAPITAL_POWER = 0.33
KEPT = 0.98
SAVED = 0.05
RENEWAL = 0.05
MOVE_EVERY = 10
MOVE_CHANCE = 0.01

MEASURES = (
    "total_output",  # of all firms and steps
    "total_innovations",
    "mean_ln_productivity",  # of firms, at the end
    "sd_ln_productivity",
    "top_decile_share",  # share in the last step's output of the tenth of cities with most output
    "largest_city",  # firms in the city with most firms, at the end
)


@dataclass
class Start:
    """First state: columns of firms, shape (firms,), of cities, (CITIES,), and the gravity matrix."""

    city: NDArray[np.int32]
    productivity: NDArray[np.float64]
    capital: NDArray[np.float64]
    absorption: NDArray[np.float64]
    price: NDArray[np.float64]
    availability: NDArray[np.float64]
    talent: NDArray[np.float64]
    data: NDArray[np.float64]
    gravity: NDArray[np.float64]


def _hash(column: str, rows: int) -> NDArray[np.float64]:
    return uniforms(stream_key(0, f"reduced.{column}", 0), np.arange(rows))


@lru_cache(maxsize=1)
def gravity() -> NDArray[np.float64]:
    """Gravity matrix, shape (CITIES, CITIES), rows of sum 1: mass over 1 + squared distance in tenths."""
    x, y, mass = _hash("x", CITIES), _hash("y", CITIES), 0.5 + _hash("mass", CITIES)
    squared = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2
    pull = mass / (1.0 + 100.0 * squared)
    matrix: NDArray[np.float64] = pull / pull.sum(axis=1, keepdims=True)
    matrix.flags.writeable = False
    return matrix


def start(firms: int) -> Start:
    """The first state, a new copy but for the gravity matrix, which is shared and cannot be written to."""
    return copy.deepcopy(_start(firms), {id(gravity()): gravity()})


@lru_cache(maxsize=2)
def _start(firms: int) -> Start:
    # Cities of low number have more firms: the number is CITIES times a squared draw.
    where = _hash("city", firms)
    return Start(
        city=(CITIES * where * where).astype(np.int32),
        productivity=0.8 + 0.4 * _hash("productivity", firms),
        capital=1.0 + 9.0 * _hash("capital", firms),
        absorption=0.5 + _hash("absorption", firms),
        price=0.5 + _hash("price", CITIES),
        availability=0.2 + 0.8 * _hash("availability", CITIES),
        talent=0.5 + _hash("talent", CITIES),
        data=0.5 + _hash("data", CITIES),
        gravity=gravity(),
    )


def measured(
    total_output: float,
    total_innovations: float,
    productivity: NDArray[np.floating],
    city: NDArray[np.integer],
    city_output: NDArray[np.floating],
) -> dict[str, float]:
    """The six MEASURES, from totals over all steps, firms' columns and the last step's output by city."""
    logs = np.log(np.asarray(productivity, dtype=np.float64))
    sorted_output = np.sort(np.asarray(city_output, dtype=np.float64))
    values = (
        total_output,
        total_innovations,
        logs.mean(),
        logs.std(),
        sorted_output[-(CITIES // 10) :].sum() / sorted_output.sum(),
        np.bincount(np.asarray(city), minlength=CITIES).max(),
    )
    return {name: float(value) for name, value in zip(MEASURES, values, strict=True)}


BEGIN, END = "--- model ---", "--- benchmark ---"


def model_text(path: Path) -> str:
    """Return the lines between the two marks of a file: those that the modeller writes."""
    text = path.read_text(encoding="utf-8")
    return text.split(BEGIN, 1)[1].split(END, 1)[0].split("\n", 1)[1].rpartition("\n")[0]


def source_lines(path: str | Path) -> int:
    """Lines of code a modeller writes: between the marks, without blanks, comments and docstrings."""
    path = Path(path)
    text = model_text(path)
    if path.suffix == ".c":
        lines = (line.strip() for line in text.splitlines())
        return sum(bool(line) and not line.startswith(("//", "/*", "*")) for line in lines)
    code = {
        row
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type not in _SILENT
        for row in range(token.start[0], token.end[0] + 1)
    }
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            last = node.body[0].end_lineno or 0
            code -= set(range(node.body[0].lineno, last + 1))
    return len(code)


_SILENT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
