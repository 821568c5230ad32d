"""Run the seeds of the page's first screen and write them: ``python release/page_seeds.py``, a minute."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from model.country.country import load_country
from viz.app.explore.run_options import ALL, LAST_STORY_YEAR, RunOptions
from viz.app.explore.seed_sample import SeedSample
from viz.app.explore.shipped_seeds import FOLDER, SCENARIOS, write_seeds
from viz.app.explore.snapshot import YEAR


def main() -> None:
    """Run the seeds of every shipped scenario and write its file."""
    FOLDER.mkdir(exist_ok=True)
    for scenario in SCENARIOS:
        sample = SeedSample(load_country(None), RunOptions(scenario))
        while sample.run_one(lambda: True):
            print(".", end="", flush=True)
        quarter = YEAR * (LAST_STORY_YEAR - sample.parameters.start_year + 1)
        path = FOLDER / f"{scenario}.npz"
        write_seeds(path, scenario, sample.seed_pairs(quarter, ALL), quarter)
        print(f"\n{path.name}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
