"""Effects of the worked extensions of ``examples/extensions``, each against itself switched off, same draws.

``python -m benchmarks.worked_extensions`` prints a table for each, writes
docs/bench/worked_extensions.json, and puts table and text of the extension into its page of docs/extensions;
``--pages`` does only that. Differences are taken within a seed; then mean and standard error over seeds.
"""

from __future__ import annotations

import argparse
import json
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.measures.inequality import theil
from experiments.storage.json_file import json_text
from experiments.study.run_arms import run_arms
from experiments.study.study import Study, changed
from model.country.city_tables import load_cities
from model.country.country import build_country
from model.extensions.extended_model import extended
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import SCENARIOS

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "extensions"
PLACE = Path("docs/bench/worked_extensions.json")
PAGES = Path("docs/extensions")
FIRMS, UNTIL, SEEDS, LAST_YEARS = 2_000, 2025, 8, 5
# Next to the default values of the extension's parameters: name → other values, to be looked at too.
VARIANTS: Mapping[str, Mapping[str, Mapping[str, float]]] = {
    "carbon": {"500 CNY/t": {"carbon_price": 500.0}, "centres alone": {"carbon_on_cloud": 0.0}},
    "herding": {"herding alone": {"electoral_swing": 0.0}, "terms alone": {"herding": 0.0}},
}
Numbers = Mapping[str, float]


def percent(column: str) -> Callable[[pd.DataFrame], float]:
    """Return the sum over cities, whose difference is reported in %."""
    return lambda cities: float(cities[column].sum())


def theil_of(cities: pd.DataFrame) -> float:
    """Theil index of innovation over cities."""
    return theil(cities["innovation"].to_numpy())


def western_part(cities: pd.DataFrame) -> float:
    """Part of the tasks of other cities that centres of the west compute."""
    return float(cities.loc[cities["region"] == "west", "hosted_tasks"].sum() / cities["hosted_tasks"].sum())


# Of a run: name, unit of the difference (% or points of 100), and what is measured of its last years' means.
COMMON: tuple[tuple[str, str, Callable[[pd.DataFrame], float]], ...] = (
    ("innovation", "%", percent("innovation")),
    ("Theil index of innovation", "%", theil_of),
)
OWN: Mapping[str, tuple[tuple[str, str, Callable[[pd.DataFrame], float]], ...]] = {
    "complements": (
        ("own innovation", "%", percent("own_innovation")),
        ("converted innovation", "%", percent("conversion_innovation")),
    ),
    "absorption": (
        ("own innovation", "%", percent("own_innovation")),
        ("converted innovation", "%", percent("conversion_innovation")),
    ),
    "carbon": (
        ("use of compute", "%", percent("compute_use")),
        ("tasks computed in other cities", "%", percent("hosted_tasks")),
        ("part of them in the west", "points of 100", western_part),
        ("CO2 of centres", "%", percent("emissions")),
        ("CO2 of the cloud", "%", percent("cloud_emissions")),
        ("CO2 of both", "%", lambda cities: float((cities["emissions"] + cities["cloud_emissions"]).sum())),
    ),
    "training": (
        ("talent", "%", percent("talent")),
        ("mean wage", "%", percent("wage")),
        (
            "innovation where there is a university",
            "%",
            lambda cities: float(cities.loc[cities["provincial_capital"].astype(bool), "innovation"].sum()),
        ),
        (
            "innovation elsewhere",
            "%",
            lambda cities: float(cities.loc[~cities["provincial_capital"].astype(bool), "innovation"].sum()),
        ),
    ),
    "herding": (
        ("attention, mean of cities", "points of 100", lambda cities: float(cities["attention"].mean())),
        ("attention, s.d. over cities", "points of 100", lambda cities: float(cities["attention"].std())),
        ("protection of property", "points of 100", lambda cities: float(cities["ip_protection"].mean())),
    ),
    "learners": (
        (
            "firms that work with compute",
            "points of 100",
            lambda cities: float((cities["adoption_share"] * cities["firms"]).sum() / cities["firms"].sum()),
        ),
        ("use of compute", "%", percent("compute_use")),
    ),
}


def difference(unit: str, with_it: float, without: float) -> float:
    """Return the difference in % of the value without it, or in points of 100."""
    return 100.0 * (with_it / without - 1.0) if unit == "%" else 100.0 * (with_it - without)


def last_years(panel: pd.DataFrame, cities: pd.DataFrame) -> pd.DataFrame:
    """One row a city: means of the last years, and what the table of cities says of it."""
    last = panel[panel["year"] > panel["year"].max() - LAST_YEARS]
    means = last.groupby("city_id", sort=True).mean(numeric_only=True)
    return means.join(cities.set_index("city_id")[["region", "provincial_capital"]])


def worked(
    name: str, seeds: Sequence[int], firms: int, until: int, cities: pd.DataFrame, workers: int
) -> list[dict[str, Any]]:
    """Rows of an extension: arm, measure, unit, mean difference, standard error and seeds."""
    source = f"{EXAMPLES / name}.py"
    whole = extended(source)
    neutral = dict(whole.extensions[0].neutral)
    base = SCENARIOS["actual"]
    arms = {"off": changed(base, neutral), "default": base}
    arms |= {arm: changed(base, values) for arm, values in VARIANTS.get(name, {}).items()}
    country = build_country(cities)
    study = Study(arms, tuple(seeds), Parameters(firms=firms), until, country, extension=source)
    results = run_arms(study, workers)
    if results.failures:
        raise RuntimeError(f"{name}: {results.failures}")
    rows = []
    for arm in list(arms)[1:]:
        ends = [[last_years(results.record(s, one).panel, cities) for one in (arm, "off")] for s in seeds]
        for measure, unit, of in (*COMMON, *OWN[name]):
            values = np.array([difference(unit, of(on), of(off)) for on, off in ends])
            error = float(values.std(ddof=1) / np.sqrt(len(values)))
            rows.append(
                {
                    "extension": name,
                    "arm": arm,
                    "measure": measure,
                    "unit": unit,
                    "mean": float(values.mean()),
                    "se": error,
                    "seeds": len(values),
                }
            )
    return rows


# ── Pages ────────────────────────────────────────────────────────────────────────────────────────


def table(name: str, values: Mapping[str, Any]) -> str:
    """What came out, in Markdown: a line a measure, a column an arm, mean ± standard error."""
    frame = pd.DataFrame([row for row in values["rows"] if row["extension"] == name])
    arms = list(dict.fromkeys(frame["arm"]))
    lines = [
        f"| difference to the same, switched off | unit | {' | '.join(arms)} |",
        "|---" * (len(arms) + 2) + "|",
    ]
    for (measure, unit), rows in frame.groupby(["measure", "unit"], sort=False):
        cells = [
            f"{row.mean:+.2f} ± {row.se:.2f}".replace("-", "−")
            for row in rows.set_index("arm").loc[arms].itertuples()
        ]
        lines.append(f"| {measure} | {unit} | {' | '.join(cells)} |")
    seeds, last = int(frame["seeds"].iloc[0]), values["until"]
    said = (
        f"Mean ± standard error over seeds 1 to {seeds}; {values['firms']:,} firms in the shipped "
        f"cities, scenario `actual`, means of {last - values['years'] + 1} to {last}. "
        f"Measured on {values['date']} with "
        "`python -m benchmarks.worked_extensions`."
    )
    return "\n".join([*lines, "", *textwrap.wrap(said, 110), ""])


def renewed(page: str, name: str, values: Mapping[str, Any]) -> str:
    """The page with the extension's text and table as they are now, in their places."""
    source = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    parts = {
        rf"(<!-- file: {name}\.py -->\n```python\n).*?(```\n)": source,
        r"(<!-- differences -->\n\n).*?(\n<!-- end -->\n)": table(name, values),
    }
    for pattern, text in parts.items():
        pieces = re.split(pattern, page, flags=re.DOTALL)
        found = len(pieces) // 3
        if found != 1:
            raise ValueError(f"the page of {name} has {found} places for {pattern}")
        page = "".join([pieces[0], pieces[1], text, pieces[2], pieces[3]])
    return page


def write_pages(values: Mapping[str, Any]) -> None:
    """Bring all pages up to date."""
    for name in OWN:
        page = PAGES / f"{name}.md"
        page.write_text(renewed(page.read_text(encoding="utf-8"), name, values), encoding="utf-8")


def main(argv: Sequence[str] | None = None) -> None:
    """Run all of them, or those named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", default=list(OWN), help="extensions; all if none is named")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--pages", action="store_true", help="only rewrite the pages")
    given = parser.parse_args(argv)
    if given.pages:
        write_pages(json.loads(PLACE.read_text(encoding="utf-8")))
        return
    known = json.loads(PLACE.read_text(encoding="utf-8")) if PLACE.exists() else {"rows": []}
    rows = [row for row in known["rows"] if row["extension"] not in given.names]
    for name in given.names:
        made = worked(name, range(1, given.seeds + 1), FIRMS, UNTIL, load_cities(), given.workers)
        print(pd.DataFrame(made).drop(columns="extension").round(3).to_string(index=False), flush=True)
        rows += made
        order = {one: place for place, one in enumerate(OWN)}
        values = {"date": date.today().isoformat(), "firms": FIRMS, "until": UNTIL, "years": LAST_YEARS}
        values["rows"] = sorted(rows, key=lambda row: order[row["extension"]])
        PLACE.write_text(json_text(values), encoding="utf-8")
    write_pages(values)


if __name__ == "__main__":
    main()
