"""The page of the forecast contest, made from its numbers."""

from __future__ import annotations

from typing import Any

from experiments.measures.number_text import estimate
from experiments.validation.forecast.contest import MODEL, RAW

Plain = dict[str, Any]  # of a file: plain values by name

LEVEL = 0.9  # of the intervals
WON, LOST, DRAWN = "won", "lost", "no difference"
INTRO = """# A forecast that can be lost

A model is believed when it could have failed in public. Here it forecasts shares of provinces and cities
that are observed, next to simple benchmarks, with what was known at the time. Errors are of logarithms of
shares: 0.1 is about 10 %.

- **ComputeLeap** adds the change of a unit's share in the model to its last observed share. The point
  forecast is the mean over members of the [posterior ensemble](uncertainty.md), each with a seed of its own.
- **RMSE**: root mean square error over units. **Difference**: mean of the model's squared error less the
  benchmark's, below 0 where the model is better; its standard error is robust to correlation between
  neighbours up to 800 km (Diebold & Mariano 1995; Conley 1999), *p* is two-sided. *Won* and *lost* mean p <
  0.05. No correction is made for the number of comparisons.
- **The 90 % interval is predictive**: it has the variance over members (parameters and seeds) and that of
  the model's own error in the known period, which grows in proportion to time. That error holds what moves a
  province and is in no rule, and errors of the data. It uses nothing of the outcome, but it was added after
  the range over members alone had been seen to fail. Without a known period no interval is given.
- **Not blind.** The model was built after 2016 by people who know what happened, and its base year splits
  provincial GDP over cities by their shares of 2015; members are matched with national figures of the whole
  period. A benchmark knows nothing of that. The observed institutions of cities, which are of 2015, are left
  blank in these runs: one of them is a target.
- **Left out**: city GDP of 2022 and city population, because no table that the project may ship has them.
"""

INTERVALS = """## Intervals

A right 90 % interval holds 90 % of the units. *By chance* is the 95 % range of that share if units were
independent; neighbours are not, so that it is wider. The *range over members* holds parameters and seeds
alone. It is no forecast interval: it says how much of the error the model can explain by what is uncertain
within it, and that is little. An interval that holds all units is wide, not right: the known period of the
grants compares a stock of decades with fifteen months.
"""


def page(contents: Plain) -> str:
    """Return the page in Markdown from the contents of the JSON file."""
    lines = [
        INTRO,
        f"Made by `{contents['command']}` on {contents['date']}: version {contents['version']}, rules "
        f"`{contents['rules']}`, {contents['members']} members, {contents['firms']:,} firms, 338 cities. "
        "Every digit is in `bench/forecast.json`.",
        "",
        _verdict(contents["contests"]),
        "",
        INTERVALS,
        *_intervals(contents["contests"]),
        "",
    ]
    for one in contents["contests"]:
        lines += [
            f"## {one['name'][0].upper()}{one['name'][1:]}",
            "",
            f"{_sentence(one['told'])}",
            "",
            *_table(one),
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def outcome(row: Plain) -> str:
    """Return how the model did against the benchmark of a row."""
    if row.get("p") is None or row["p"] >= 0.05:
        return DRAWN
    return WON if row["difference"] < 0 else LOST


def _verdict(found: list[Plain]) -> str:
    """Return a paragraph: wins and losses, and which forecast was the best in each contest."""
    benchmarks = [row for one in found for row in one["scores"] if row["forecast"] not in (MODEL, RAW)]
    results = [outcome(row) for row in benchmarks]
    counts = ", ".join(f"{results.count(name)} {name}" for name in (WON, LOST, DRAWN))
    best = []
    for one in found:
        rows = [
            row for row in one["scores"] if row["forecast"].split(",")[0] != MODEL or row["forecast"] == MODEL
        ]
        first = min(rows, key=lambda row: row["rmse"])
        own = next(row for row in rows if row["forecast"] == MODEL)
        best.append(f"{one['name']}: {first['forecast']} ({first['rmse']:.3f}; the model {own['rmse']:.3f})")
    return f"**{len(results)} comparisons with benchmarks: {counts}.** Smallest error: {'; '.join(best)}."


def _intervals(found: list[Plain]) -> list[str]:
    """Return a table: what the interval of each contest is made of, and what share of the units it holds."""
    from scipy.stats import binom

    heads = ("units", "RMSE", "s.d. over members", "past error, scaled", "90 % interval holds")
    lines = [f"| contest | {' | '.join(heads)} | by chance | range over members holds |", f"|{8 * '---|'}"]
    for one in found:
        own = next(row for row in one["scores"] if row["forecast"] == MODEL)
        units = len(one["units"])
        sizes = [f"{own[name]:.3f}" for name in ("rmse", "spread")]
        given = ["none known", "none given", ""]
        if own["covered"] is not None:
            low, high = (100.0 * binom.ppf(level, units, LEVEL) / units for level in (0.025, 0.975))
            given = [
                f"{own['discrepancy']:.3f}",
                f"**{100 * own['covered']:.0f} %**",
                f"{low:.0f} to {high:.0f} %",
            ]
        cells = [one["name"], str(units), *sizes, *given, f"{100 * own['covered_by_members']:.0f} %"]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _table(one: Plain) -> list[str]:
    lines = ["| forecast | RMSE | model less this | t | p | the model |", "|---|---|---|---|---|---|"]
    for row in sorted(one["scores"], key=lambda row: row["rmse"]):
        if row["forecast"] == MODEL:
            cells = [f"**{MODEL}**", f"{row['rmse']:.3f}", "", "", "", ""]
        else:
            difference = estimate(row["difference"], row["se"], decimals=4)
            t = f"{row['t']:.1f}".replace("-", "−")
            chance = f"{row['p']:.3f}" if row["p"] >= 0.0005 else "below 0.001"
            told = "" if row["forecast"] == RAW else outcome(row)
            cells = [row["forecast"], f"{row['rmse']:.3f}", difference, t, chance, told]
        lines.append("| " + " | ".join(cells) + " |")
    return lines
