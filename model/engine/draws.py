"""Random numbers by key: each a pure function of (seed, stream, step, identity).

No generator has a state, and the order of calls does not matter. The same seed therefore gives the same run
on any number of threads, workers or machines; a new agent or a new rule leaves all other draws unchanged;
and two runs that differ in one decision share all their other draws.

A draw is made in three stages::

    base  = BLAKE2b, 8 bytes, of "seed:stream"       (a hash of text: the same in every process and version)
    key   = mix(base + step · GOLDEN)                (one for each stream and step)
    draw  = mix(key + (identity + 1) · GOLDEN)       (its first 53 bits, as a fraction)

all modulo 2**64, where ``mix`` is the finaliser of SplitMix64 and GOLDEN its increment: for one key the draws
are the SplitMix64 sequence, read at an arbitrary position. Two uses of one (stream, step, identity) see the
same number, so a stream serves one purpose. Steps may be negative (quarters before the start).
``model.engine.compile.numba_intrinsics`` has the compiled forms, with the same bits.

References:
    Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators, OOPSLA 2014.
"""

from __future__ import annotations

import hashlib
import operator

import numpy as np
from numpy.typing import ArrayLike, NDArray

GOLDEN = 0x9E3779B97F4A7C15
MULTIPLIERS = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
UNIT = 2.0**-53
_MASK = 0xFFFFFFFFFFFFFFFF


def mix(bits: int) -> int:
    """Apply the finaliser of SplitMix64: one-to-one; each bit of the input flips half the output."""
    bits = ((bits ^ (bits >> 30)) * MULTIPLIERS[0]) & _MASK
    bits = ((bits ^ (bits >> 27)) * MULTIPLIERS[1]) & _MASK
    return bits ^ (bits >> 31)


def stream_base(seed: int, stream: str) -> int:
    """Return 64 bits that identify a seed and the name of a stream, at every step."""
    text = f"{operator.index(seed)}:{stream}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")


def step_key(base: int, step: int) -> int:
    """Return the key of one step of a stream, from ``stream_base``."""
    return mix((base + operator.index(step) * GOLDEN) & _MASK)


def stream_key(seed: int, stream: str, step: int) -> int:
    """Return the key of the draws of one stream at one step, an unsigned integer of 64 bits.

    Args:
        seed: Any integer; identifies the run.
        stream: Name of the draw, such as ``"firms.draw_success"``.
        step: Number of the step; negative before the start.
    """
    return step_key(stream_base(seed, stream), step)


def uniform(key: int, identity: int) -> float:
    """Return the draw of one agent, a multiple of 2**-53 in [0, 1).

    Args:
        key: From ``stream_key``.
        identity: Number of the agent, from 0.
    """
    bits = mix((operator.index(key) + (operator.index(identity) + 1) * GOLDEN) & _MASK)
    return (bits >> 11) * UNIT


def uniforms(key: int, identities: ArrayLike) -> NDArray[np.float64]:
    """Return ``uniform`` for many agents at once, with the same bits.

    Args:
        key: From ``stream_key``.
        identities: Numbers of the agents, integers of any shape.

    Returns:
        Draws in [0, 1), in the shape of ``identities``.

    Raises:
        TypeError: The identities are not integers.
    """
    numbers = np.asarray(identities)
    if not np.issubdtype(numbers.dtype, np.integer) and numbers.size:
        raise TypeError(f"identities are integers, not {numbers.dtype}")
    bits = numbers.astype(np.uint64).reshape(-1)
    bits += np.uint64(1)
    bits *= np.uint64(GOLDEN)
    bits += np.uint64(operator.index(key) & _MASK)
    for shift, multiplier in zip((30, 27), MULTIPLIERS, strict=True):
        bits ^= bits >> np.uint64(shift)
        bits *= np.uint64(multiplier)
    bits ^= bits >> np.uint64(31)
    bits >>= np.uint64(11)
    draws = bits.astype(np.float64).reshape(numbers.shape)
    draws *= UNIT
    return draws


def normals(key: int, identities: ArrayLike) -> NDArray[np.float64]:
    """Return standard normal draws for many agents at once (Box-Muller), for setting up a model.

    Like all draws they have the same bits on every machine, which NumPy's logarithm and cosine would not
    ensure: only + - * /, the square root and exact operations are used. They are independent of the
    ``uniforms`` with the same key.

    Args:
        key: From ``stream_key``.
        identities: Numbers of the agents, integers of any shape.

    Returns:
        Draws of mean 0 and variance 1, at most 8.6 in absolute value, in the shape of ``identities``.

    Raises:
        TypeError: The identities are not integers.
    """
    # 1 - u is in (0, 1], so the logarithm is finite.
    radius = np.sqrt(-2.0 * _log(1.0 - uniforms(step_key(key, 1), identities)))
    product: NDArray[np.float64] = radius * _cos_of_turns(uniforms(step_key(key, 2), identities))
    return product


def _log(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Natural logarithm of x = 2**e m in (0, 1], to about 1e-15: e ln 2 + 2 artanh((m - 1)/(m + 1))."""
    m, e = np.frexp(x)
    low = m < np.sqrt(0.5)
    m = np.where(low, 2.0 * m, m)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    series = np.zeros_like(z)
    for n in range(23, 0, -2):
        series = series * z + 1.0 / n
    value: NDArray[np.float64] = (e - low) * 0.6931471805599453 + 2.0 * s * series
    return value


def _cos_of_turns(turns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cosine of 2π · turns, for turns in [0, 1), to about 1e-16: Taylor series within an eighth of a turn."""
    quarters = np.rint(4.0 * turns)
    angle = (4.0 * turns - quarters) * 1.5707963267948966
    square = angle * angle
    cosine = np.ones_like(square)
    sine = np.ones_like(square)
    for n in range(18, 0, -2):
        cosine = 1.0 - square / (n * (n - 1)) * cosine
        sine = 1.0 - square / (n * (n + 1)) * sine
    side = np.where(quarters % 2.0 == 0.0, cosine, -angle * sine)
    value: NDArray[np.float64] = np.where((quarters == 2.0) | (quarters == 3.0), -side, side)
    return value
