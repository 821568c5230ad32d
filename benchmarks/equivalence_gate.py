"""Equivalence gate: does every tool run the same economy?

The six measures of each tool over SEEDS runs are compared with those of the NumPy reference, whose runs have
other seeds. A tool passes if, for every measure,

- the means differ by at most ERRORS = 4 standard errors, sqrt(s1²/n1 + s2²/n2): chance alone breaks this
  about three times in 10,000, so once or twice in a hundred tables of ten tools;
- the standard deviations differ by at most a factor of SPREAD = 3: chance alone, about once in 100,000. It
  catches a tool that ignores its seed, or draws too little.

A tool that fails is reported and not timed.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks import REFERENCE, TOOLS, Tool
from benchmarks.tools.reduced_economy import MEASURES, STEPS

ERRORS = 4.0
SPREAD = 3.0
FIRMS = 2_000
REFERENCE_SEEDS = tuple(range(1, 21))
SEEDS = tuple(range(101, 121))

Sample = Mapping[str, Sequence[float] | NDArray[np.float64]]


@dataclass(frozen=True)
class Verdict:
    """Comparison of one measure of a tool. errors: distance of the means, in standard errors."""

    measure: str
    reference: float
    mean: float
    errors: float
    spread: float
    passed: bool

    def __str__(self) -> str:
        return (
            f"{self.measure}: {self.mean:.6g} against {self.reference:.6g}, "
            f"{self.errors:.1f} standard errors apart, spread {self.spread:.2f} times"
        )


def sample(
    tool: Tool, seeds: Sequence[int], firms: int = FIRMS, steps: int = STEPS
) -> dict[str, list[float]]:
    """Measures of one run for each seed."""
    runs = [tool.run(firms, steps, seed) for seed in seeds]
    return {name: [run[name] for run in runs] for name in MEASURES}


def judge(reference: Sample, candidate: Sample) -> list[Verdict]:
    """One verdict for each measure."""
    return [_judge(name, np.asarray(reference[name]), np.asarray(candidate[name])) for name in MEASURES]


def _judge(name: str, first: NDArray[np.float64], second: NDArray[np.float64]) -> Verdict:
    sd_first, sd_second = first.std(ddof=1), second.std(ddof=1)
    distance = abs(second.mean() - first.mean())
    error = math.sqrt(sd_first**2 / len(first) + sd_second**2 / len(second))
    # Written so that what is not a number fails.
    errors = distance / error if error > 0.0 else (0.0 if distance == 0.0 else math.inf)
    spread = sd_second / sd_first if sd_first > 0.0 else (1.0 if sd_second == 0.0 else math.inf)
    passed = bool(errors <= ERRORS and 1.0 / SPREAD <= spread <= SPREAD)
    return Verdict(name, float(first.mean()), float(second.mean()), float(errors), float(spread), passed)


def failures(verdicts: Sequence[Verdict]) -> str:
    """The failures in one line; empty if there are none."""
    return "; ".join(str(verdict) for verdict in verdicts if not verdict.passed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge every tool that is installed; 1 if one fails."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--tools", nargs="+", choices=list(TOOLS), default=list(TOOLS))
    parser.add_argument("--firms", type=int, default=FIRMS)
    given = parser.parse_args(arguments)
    reference = sample(TOOLS[REFERENCE], REFERENCE_SEEDS, given.firms)
    failed = False
    for name in given.tools:
        reason = TOOLS[name].missing()
        if reason:
            print(f"{name:12} skipped: {reason}")
            continue
        try:
            verdicts = judge(reference, sample(TOOLS[name], SEEDS, given.firms))
        except Exception as error:
            failed = True
            print(f"{name:12} FAILED with {type(error).__name__}: {error}")
            continue
        wrong = failures(verdicts)
        failed |= bool(wrong)
        worst = max(verdicts, key=lambda verdict: verdict.errors)
        print(f"{name:12} " + (f"FAILED: {wrong}" if wrong else f"passed; furthest: {worst}"), flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
