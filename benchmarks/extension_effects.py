"""Effects of the ten worked extensions on host cities, other cities and the gap, each against itself off.

``nice python -m benchmarks.extension_effects [NAME…]`` writes docs/bench/extension_effects.json and the table
in docs/extending.md. Runs are smaller than those of ``benchmarks.worked_extensions``: 1,000 firms until 2020,
four seeds. Differences are taken within a seed; then mean and standard error over seeds.
"""

from __future__ import annotations

import argparse
import json
import math
import textwrap
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.worked_extensions import EXAMPLES, difference, last_years, theil_of
from experiments.pages.marked_blocks import replace_block
from experiments.storage.json_file import json_text
from experiments.study.run_arms import run_arms
from experiments.study.study import Study, changed
from model.country.city_tables import load_cities
from model.country.country import build_country
from model.extensions.extended_model import extended
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import SCENARIOS
from model.version import VERSION

PLACE, PAGE = Path("docs/bench/extension_effects.json"), Path("docs/extending.md")
MARKS = "<!-- effects -->", "<!-- end of effects -->"
FIRMS, UNTIL, SEEDS = 1_000, 2020, (1, 2, 3, 4)
NAMES = tuple(sorted(path.stem for path in EXAMPLES.glob("*.py")))
MEASURES = ("innovation of hosts, %", "of other cities, %", "Theil index, %", "real GDP of the country, %")


def effects(name: str, seeds: Sequence[int], firms: int, until: int, cities: pd.DataFrame) -> dict[str, Any]:
    """Return the effects of an extension: measure → mean and standard error over seeds.

    Raises RuntimeError if a run fails.
    """
    source = f"{EXAMPLES / name}.py"
    base = SCENARIOS["actual"]
    arms = {"off": changed(base, dict(extended(source).extensions[0].neutral)), "on": base}
    country = build_country(cities)
    study = Study(arms, tuple(seeds), Parameters(firms=firms), until, country, extension=source)
    results = run_arms(study, 1)
    if results.failures:
        raise RuntimeError(f"{name}: {results.failures}")
    found: dict[str, list[float]] = {measure: [] for measure in MEASURES}
    for seed in seeds:
        on, off = (results.record(seed, arm) for arm in ("on", "off"))
        hosts = set(on.centres.loc[on.centres["opened"].str[:4].astype(int) <= until, "city_id"])
        ends = [last_years(one.panel, cities) for one in (on, off)]
        host = ends[0].index.isin(hosts)
        innovation = [(end.loc[host, "innovation"].sum(), end["innovation"].sum()) for end in ends]
        of_hosts, whole = np.array(innovation).T
        pairs = (
            of_hosts,
            whole - of_hosts,
            [theil_of(end) for end in ends],
            [end["real_gdp"].sum() for end in ends],
        )
        for measure, (with_it, without) in zip(MEASURES, pairs, strict=True):
            known = without > 0.0  # a small country may have no host
            found[measure].append(difference("%", float(with_it), float(without)) if known else math.nan)
    return {
        measure: {"mean": float(np.mean(each)), "se": float(np.std(each, ddof=1) / np.sqrt(len(each)))}
        for measure, each in found.items()
    }


def table(values: Mapping[str, Any]) -> str:
    """Return what came out in Markdown: a line an extension."""
    lines = [f"| extension | {' | '.join(MEASURES)} |", "|---" * (len(MEASURES) + 1) + "|"]
    for name, of in values["effects"].items():
        cells = [f"{of[m]['mean']:+.2f} ± {of[m]['se']:.2f}".replace("-", "−") for m in MEASURES]
        lines.append(f"| [{name}](extensions/{name}.md) | {' | '.join(cells)} |")
    seeds = values["seeds"]
    said = (
        f"Mean ± standard error over seeds {seeds[0]} to {seeds[-1]}; {values['firms']:,} firms in the "
        f"shipped cities, scenario `actual`, means of {values['until'] - 4} to {values['until']}, default "
        f"values against the neutral ones; hosts have a centre by {values['until']}. Model version "
        f"{values['version']}, measured on {values['date']} with `python -m benchmarks.extension_effects`."
    )
    return "\n".join([*lines, "", *textwrap.wrap(said, 135)])


def main(argv: Sequence[str] | None = None) -> None:
    """Measure all of them, or those named, and renew the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", help="extensions; all if none is named")
    parser.add_argument("--page", action="store_true", help="renew the table in docs/extending.md alone")
    given = parser.parse_args(argv)
    known = json.loads(PLACE.read_text(encoding="utf-8"))["effects"] if PLACE.exists() else {}
    for name in () if given.page else given.names or NAMES:
        known[name] = effects(name, SEEDS, FIRMS, UNTIL, load_cities())
        print(name, {m: f"{of['mean']:+.2f} ± {of['se']:.2f}" for m, of in known[name].items()}, flush=True)
        values = {
            "firms": FIRMS,
            "until": UNTIL,
            "seeds": SEEDS,
            "version": VERSION,
            "date": date.today().isoformat(),
            "effects": {one: known[one] for one in NAMES if one in known},
        }
        PLACE.write_text(json_text(values), encoding="utf-8")
    values = json.loads(PLACE.read_text(encoding="utf-8"))
    text = replace_block(PAGE.read_text(encoding="utf-8"), *MARKS, lambda: table(values))
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
