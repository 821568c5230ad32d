"""Bars of the page against the range of twenty seeds: ``python -m benchmarks.page_bars [--seeds 20]``.

Of the page's first run, at every quarter to 2030: the mean that a bar shows over the first 3 to 9 seeds must
lie in the 95 % range of single seeds, unless the bar is pale (fewer than 10 cities, fewer than 3 seeds).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np

from experiments.measures.effect_tables import CHANNELS, band_labels
from model.country.country import load_country
from viz.app.explore import seed_sample
from viz.app.explore.run_options import ALL, LAST_STORY_YEAR, RunOptions
from viz.app.explore.seed_spread import FEWEST_CITIES, FEWEST_SEEDS
from viz.app.explore.snapshot import SeedPair

PAGE_SEEDS = 9  # the visitor's and eight more
NAMES = ("hosts", *band_labels(), *(measure for _, measure, _, _ in CHANNELS))


def bars(one: SeedPair, distances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a seed's values of all bars, NAMES, and the number of cities of each."""
    from experiments.measures.effect_tables import cities_by_band

    pair = one.pair
    if not len(pair.hosts):
        return np.full(len(NAMES), np.nan), np.zeros(len(NAMES))
    groups = [pair.host_flags(), *cities_by_band(pair, distances).values()]
    values = [pair.group_effect(here) for here in groups]
    values += [pair.group_effect(pair.hosts, measure, how) for _, measure, how, _ in CHANNELS]
    # Bars of hosts are not pale on the page: each seed's hosts are the same cities.
    counts = [FEWEST_CITIES, *(int(here.sum()) for here in groups[1:]), *[FEWEST_CITIES] * len(CHANNELS)]
    return np.array(values), np.array(counts)


def outside(values: np.ndarray, counts: np.ndarray, shown: int) -> Iterator[tuple[str, float, float, float]]:
    """Yield unmarked bars over the first seeds beyond the range of all, (S, bars): name, bar, ends."""
    for k, name in enumerate(NAMES):
        known = values[:, k][np.isfinite(values[:, k])]
        first = values[:shown, k][np.isfinite(values[:shown, k])]
        if len(first) < FEWEST_SEEDS or counts[:shown, k].mean() < FEWEST_CITIES:
            continue
        low, high = np.quantile(known, (0.025, 0.975))
        spread = 1e-9 + 1e-6 * np.abs(known).max()
        if not low - spread <= first.mean() <= high + spread:
            yield name, float(first.mean()), float(low), float(high)


def main() -> None:
    """Run the seeds and print how many bars were looked at and which lie outside."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seeds", type=int, default=20)
    given = parser.parse_args()
    country = load_country(None)
    seed_sample.OTHERS = given.seeds
    sample = seed_sample.SeedSample(country, RunOptions(seed="0"))  # seeds 1 to 20
    while sample.run_one(lambda: True):
        print(".", end="", flush=True)
    quarters = 4 * (LAST_STORY_YEAR - sample.parameters.start_year + 1)
    looked, found = 0, 0
    for quarter in range(1, quarters + 1):
        both = [bars(one, country.distances) for one in sample.seed_pairs(quarter, ALL)]
        values, counts = (np.array(part) for part in zip(*both, strict=True))
        for shown in range(FEWEST_SEEDS, PAGE_SEEDS + 1):
            looked += int(np.isfinite(values[:shown].sum(axis=0)).sum())
            for name, bar, low, high in outside(values, counts, shown):
                found += 1
                date = f"{sample.parameters.start_year + (quarter - 1) // 4}Q{(quarter - 1) % 4 + 1}"
                print(f"\n{date}, {shown} seeds, {name}: {bar:.3f}, range {low:.3f} to {high:.3f}", end="")
    print(f"\n{looked:,} bars of {given.seeds} seeds looked at: {found} unmarked ones outside the 95 % range")


if __name__ == "__main__":
    main()
