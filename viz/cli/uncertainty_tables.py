"""The uncertainty of a study in the terminal: over seeds, over parameters, and what it hangs on."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from experiments.ensemble.decomposition import shipped_parts
from experiments.ensemble.headline_ranges import MEMBERS, headline_ranges, study_ensemble
from experiments.ensemble.members import Ensemble, shipped_ensemble
from experiments.ensemble.parameter_range import strongest
from experiments.measures.findings import HOLDS, UNDECIDED
from experiments.measures.number_text import NOT_AVAILABLE, decimals, number
from experiments.questions.question_catalogue import Tables
from experiments.questions.run_question import PreparedQuestion
from experiments.questions.study_ranges import members_to_run, study_ranges
from experiments.study.results import Results
from viz.cli.progress import progress
from viz.terminal import echo, echo_err, show_table

RANGES, DRIVERS, PARTS = "uncertainty", "drivers", "mechanisms"
MOST_ROWS = 40  # of a study, shown; all are in the table
NAMED = ("effect_hosts", "effect_others", "effect_national", "effect_gdp", "change_theil")


def range_tables(
    workers: int, members: int | None, results: Results, tables: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Return the tables ``uncertainty`` and ``drivers`` of a study, and ``mechanisms`` of the default one.

    The shipped effects are used where they are those of the study and no number of members was named.
    """
    shipped, parts = shipped_ensemble(), {}
    if members is None and shipped.applies_to(results.study):
        found, parts = shipped, {PARTS: shipped_parts()}
        echo_err(f"range over parameters: {told(shipped)}")
    else:
        count = min(members or MEMBERS, len(shipped.members))
        echo_err(f"range over parameters: {count} members of the ensemble, each with and without the centres")
        with progress(count, workers) as finished:
            found = study_ensemble(results, shipped, count, workers, finished)
    ranges = headline_ranges(tables, found)
    drivers = [strongest(found, name).assign(effect=name) for name in ranges["effect"]]
    return {RANGES: ranges, DRIVERS: pd.concat(drivers, ignore_index=True), **parts}


def told(found: Ensemble) -> str:
    """Return a sentence on how the shipped ensemble was made."""
    about = found.about
    return (
        f"{len(found.members)} members of the shipped ensemble ({about['cities']} cities, "
        f"{about['firms']:,} firms, {about['scenario']}, {about['date']})"
    )


def show_ranges(tables: Mapping[str, pd.DataFrame]) -> None:
    """Show ranges and the parameters behind them, if the study has them."""
    if RANGES not in tables:
        return
    frame = tables[RANGES]
    rows = []
    for row in frame.to_dict("records"):
        places = decimals(row["se"])
        sign = row["above_zero"] if row["mean"] > 0 else 1.0 - row["above_zero"]
        rows.append(
            [
                _name(row),
                number(row["mean"], places, True),
                number(row["se"], places),
                _span(row),
                percent(sign),
                percent(row["seeds_share"]),
                row["verdict"],
            ]
        )
    span = "90 % over parameters"
    columns = ["effect, %", "mean", "s.e.", span, "same sign", "seeds' share", "verdict"]
    show_table(
        "Uncertainty over seeds and over parameters",
        columns,
        rows,
        [span, "verdict"],
        frame,
    )
    drivers = tables[DRIVERS]
    told = drivers["beyond_chance"].astype(bool) & drivers["effect"].isin(NAMED)
    named, names = drivers[told], {row["effect"]: _name(row) for row in frame.to_dict("records")}
    rows = [
        [
            names[row["effect"]],
            row["factor"],
            percent(row["share"]),
            number(row["slope"], 2, True),
        ]
        for row in named.to_dict("records")
    ]
    if rows:
        show_table(
            "Parameters that explain more than chance of the spread between members",
            ["effect", "parameter", "share of variance", "low to high end"],
            rows,
            ["parameter"],
            drivers,
        )
    echo("A sign holds if it is beyond two standard errors and 90 % of the members have it.")


def ranges_of_study(
    prepared: PreparedQuestion, members: int | None, results: Results, tables: Tables
) -> Tables:
    """Return the table ``uncertainty`` of a question: its arms are run with members of the ensemble."""
    shipped = shipped_ensemble()
    count, arms = members_to_run(members, shipped), len(prepared.study.arms)
    echo_err(f"range over parameters: {count} members of the ensemble, each with {arms} arms and one seed")
    with progress(count, prepared.workers) as finished:
        return study_ranges(prepared, shipped, count, results, tables, finished)


def show_study_ranges(tables: Mapping[str, pd.DataFrame]) -> None:
    """Show the ranges of the estimates of a study beyond two standard errors, if it has ranges."""
    if RANGES not in tables:
        return
    frame = tables[RANGES]
    clear = frame[frame["verdict"] != UNDECIDED]
    rows = [
        [
            row["label"],
            number(row["mean"], decimals(row["se"]), True),
            number(row["se"], decimals(row["se"])),
            _span(row),
            percent(row["above_zero"] if row["mean"] > 0 else 1.0 - row["above_zero"]),
            row["verdict"],
        ]
        for row in clear.head(MOST_ROWS).to_dict("records")
    ]
    columns = ["estimate", "mean", "s.e.", "90 % over parameters", "same sign", "verdict"]
    show_table("Uncertainty over seeds and over parameters", columns, rows, columns[3::2], frame)
    holds = int((clear["verdict"] == HOLDS).sum())
    echo(
        f"{len(clear)} of {len(frame)} estimates are beyond two standard errors; of these {holds} have their "
        f"sign in 90 % of {int(frame['members'].max())} members: they hold, the others are fragile."
    )


def _name(row: Mapping[Hashable, Any]) -> str:
    """Return the name of a headline, which tables do not share, with a unit that is not per cent."""
    name = {"gdp": f"{row['label']}, real GDP", "distance": f"other cities, {row['label']} km"}
    unit = "" if row["unit"] == "%" else f", {row['unit']}"
    return f"{name.get(row['table'], row['label'])}{unit}"


def _span(row: Mapping[Hashable, float]) -> str:
    low, high = (number(row[end], 2, True) for end in ("low", "high"))
    return f"{low} to {high}" if row["low"] == row["low"] else NOT_AVAILABLE


def percent(share: float) -> str:
    """Return a share as per cent."""
    return f"{100 * share:.0f} %" if share == share else NOT_AVAILABLE
