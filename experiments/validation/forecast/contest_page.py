"""The page of the forecast contest, made from its numbers."""

from __future__ import annotations

from typing import Any

from experiments.measures.number_text import estimate
from experiments.validation.forecast.contest import MODEL, RAW

Plain = dict[str, Any]  # of a file: plain values by name

WON, LOST, DRAWN = "won", "lost", "no difference"
INTRO = """# A forecast that can be lost

A model is believed when it could have failed in public. Here it forecasts shares of provinces and large
cities that are observed, next to simple benchmarks, with what was known at the time. Errors are of
logarithms of shares: 0.1 is about 10 %.

- **ComputeLeap** adds the change of a unit's share in the model to its last observed share. The point
  forecast is the mean over members of the [posterior ensemble](uncertainty.md), each with a seed of its
  own; the 90 % interval is over members, so it holds parameters and chance of the model, and nothing that
  the model leaves out.
- **Why intervals over members are too narrow**: what moves a province and is in no rule (a policy, an
  industry) has no variance there. For grants that variance can be known at the origin: the model's own error
  in the known period, from the stock before it, grows with the square root of time. The wider interval adds
  it. It uses nothing of the outcome, but it was added after the narrow one had been seen to fail. For GDP and
  people one known year gives no past error, so the narrow interval stays as it is: too narrow.
- **Not blind.** The model was built after 2016 by people who know what happened, and its base year splits
  provincial GDP over cities by their shares of 2015. A benchmark knows nothing of that.
- **RMSE**: root mean square error over units. **Difference**: mean of the model's squared error less the
  benchmark's, below 0 where the model is better; its standard error is robust to correlation between
  neighbours up to 800 km (Diebold & Mariano 1995; Conley 1999), *p* is two-sided. *Won* and *lost* mean p <
  0.05.
- **Left out**: establishments opened by city (2005-15), because the business environment of the model is
  taken from them; city GDP of 2022 and city population, because no table that the project may ship has
  them.
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
        best.append(
            f"{one['name']}: {first['forecast']} ({first['rmse']:.3f}; the model {own['rmse']:.3f}, its 90 % "
            f"interval holds {100 * own['covered']:.0f} % of the units{_wider(own)})"
        )
    return f"**{len(results)} comparisons with benchmarks: {counts}.** Smallest error: {'; '.join(best)}."


def _wider(own: Plain) -> str:
    wide = own.get("covered_with_discrepancy")
    return "" if wide is None else f", with its past error {100 * wide:.0f} %"


def _table(one: Plain) -> list[str]:
    lines = ["| forecast | RMSE | model less this | t | p | the model |", "|---|---|---|---|---|---|"]
    for row in sorted(one["scores"], key=lambda row: row["rmse"]):
        if row["forecast"] == MODEL:
            cells = [f"**{MODEL}**", f"{row['rmse']:.3f}", "", "", "", ""]
        else:
            difference = estimate(row["difference"], row["se"], decimals=4)
            t = f"{row['t']:.1f}".replace("-", "−")
            cells = [row["forecast"], f"{row['rmse']:.3f}", difference, t, f"{row['p']:.3f}", outcome(row)]
        lines.append("| " + " | ".join(cells) + " |")
    return lines
