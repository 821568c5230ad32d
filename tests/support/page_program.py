"""The program that serves the page in tests: with few seeds in the background, or in the long version all."""

from __future__ import annotations

from tests.support.long_version import FULL
from viz.app.explore import seed_sample

OTHERS = seed_sample.OTHERS if FULL else 1  # seeds next to the visitor's
FEW_SEEDS = f"""
from viz.__main__ import main
from viz.app.explore import seed_sample

seed_sample.OTHERS = {OTHERS}
main()
"""
PROGRAM = ["-m", "viz"] if FULL else ["-c", FEW_SEEDS]  # arguments of Python
