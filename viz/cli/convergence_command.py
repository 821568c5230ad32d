"""``computeleap convergence``: convergence and the observed decade, from a results folder."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from agents.suggestions import did_you_mean
from agents.user_error import UserError
from experiments.measures.number_text import estimate, number
from viz.cli.completion import folders
from viz.cli.options import argument, flag, option
from viz.terminal import echo, show_table

if TYPE_CHECKING:
    import pandas as pd

    from experiments.results.read_results import StoredResults

SHIPPED_SHARE = 0.5  # of the cities, for the country to be the one that the targets are about


def convergence(
    results: Annotated[
        Path, argument("A results folder of computeleap run.", metavar="RESULTS", autocompletion=folders)
    ],
    measure: Annotated[str, option("Column of panel.parquet.", metavar="NAME")] = "real_gdp",
    totals: Annotated[bool, flag("Totals of cities, not figures per head.", "--totals")] = False,
) -> None:
    """Show convergence, catch-up and leapfrogging of a results folder, and the observed decade."""
    from experiments.measures.leapfrogging import HOLD
    from experiments.results.read_results import read_results

    stored = read_results(results)
    known = list(stored.pairs[0].without)
    if measure not in known:
        hint = did_you_mean(measure, known, f"; choose one of {', '.join(known)}")
        raise UserError(f"--measure {measure!r} is not a column of the panel{hint}")
    years = stored.last_year - stored.first_year + 1
    if years <= HOLD:
        raise UserError(f"{results} covers {years} years: lasting changes need at least {HOLD + 1}")
    unit = "total of the city" if totals else "per head"
    echo(
        f"{stored.scenario}, {stored.first_year} to {stored.last_year}, {len(stored.pairs)} seeds; "
        f"{measure}, {unit}.\n"
    )
    try:
        _show_convergence(stored, measure, not totals)
        _show_episodes(stored, measure, not totals)
    except ValueError as error:
        raise UserError(f"{measure} in {results}: {error}") from None
    _show_sign_changes(stored)
    _show_observed(stored)


def _show_convergence(results: StoredResults, measure: str, per_head: bool) -> None:
    from experiments.measures.convergence_tables import ConvergenceOptions, convergence_over_seeds
    from model.country.city_tables import distances_km

    cities = results.cities
    apart = distances_km(cities["lon"].to_numpy(), cities["lat"].to_numpy())
    table = convergence_over_seeds(
        results.pairs, cities, measure, per_head, ConvergenceOptions(distances=apart)
    )
    rows = [
        [
            f"{row['name']}, {row['unit']}",
            figure(row["start"]),
            figure(row["without"]),
            figure(row["with"]),
            estimate(row["difference"], row["se"]),
            str(row["seeds"]),
        ]
        for row in table.to_dict("records")
    ]
    columns = ["metric", "start", "without", "with", "with − without", "seeds"]
    title = "Convergence (without, with: at the end, or over the whole period)"
    show_table(title, columns, rows, (), table)


def _show_episodes(results: StoredResults, measure: str, per_head: bool) -> None:
    from experiments.measures.convergence_tables import episodes_over_seeds

    table = episodes_over_seeds(results.pairs, results.cities, measure, per_head)
    rows = [
        [
            arm,
            kind,
            str(len(some)),
            figure(some["order"].mean()),
            figure(some["excess_leaps"].mean(), signed=True),
            *(
                figure(100 * some[f"fall of {name}"].mean(), signed=True)
                for name in ("sigma", "Theil between", "P90/P10")
            ),
            figure(100 * some["catching"].mean()),
        ]
        for (arm, kind), some in table.groupby(["arm", "kind"])
    ]
    columns = [
        "centres",
        "kind of episode",
        "seeds",
        "tau-b",
        "excess leaps",
        "fall of sigma",
        "of Theil between",
        "of P90/P10",
        "people catching up",
    ]
    show_table("Country: kind of episode (falls and people in %)", columns, rows, ["kind of episode"])


def _show_sign_changes(results: StoredResults) -> None:
    from experiments.measures.convergence_tables import sign_changes
    from experiments.measures.twin_pairs import mean_and_se

    table = sign_changes(results.pairs, results.cities)
    if not len(table):
        return
    found = mean_and_se(table["km"])
    if not found["seeds"]:
        echo(
            "The effect on cities without a centre has the same sign in all distance bands, in every seed.\n"
        )
        return
    where = estimate(found["mean"], found["se"], signed=False)
    echo(
        f"The effect on cities without a centre first changes sign at {where} km "
        f"from the nearest, in {found['seeds']} of {len(table)} seeds.\n"
    )


def _show_observed(results: StoredResults) -> None:
    from experiments.measures.observed_decade import ObservedError, observed_decade
    from model.country.city_tables import load_cities

    shipped = set(load_cities()["city_id"])
    if results.cities["city_id"].isin(shipped).mean() < SHIPPED_SHARE:
        echo("The observed decade is left out: most of these cities are not those of the shipped table.")
        return
    try:
        table = observed_decade(results.pairs, results.cities)
    except ObservedError as error:
        echo(f"The observed decade is left out: {error}.")
        return
    rows = [
        [
            row["id"],
            row["quantity"],
            row["kind"],
            figure(row["value"]) + _bounds(row),
            estimate(row["measured"], row["se"], signed=False),
            estimate(row["mean_country"], row["mean_country_se"], signed=False),
            figure(row["distance"], signed=True),
            row["met"],
        ]
        for row in table.to_dict("records")
    ]
    columns = ["id", "quantity", "use", "published (bounds)", "measured", "mean country", "distance", "met"]
    show_table(
        f"The observed decade and {results.scenario}, with centres",
        columns,
        rows,
        ["quantity", "use", "met"],
        table,
    )
    for note, ids in _by_note(table).items():
        echo(f"{', '.join(ids)}: {note}.")
    echo("Mean country: of means of cities over seeds, free of the chance of few firms in a city.")
    dropped = table["left_out"].max()
    if dropped > 0:
        echo(
            f"Cities without GDP have no logarithm and are left out: up to {number(dropped, 1)} of "
            f"{len(results.cities):,}, mean over seeds."
        )


def _by_note(table: pd.DataFrame) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in table.to_dict("records"):
        ids = found.setdefault(row["note"], [])
        if row["id"] not in ids:
            ids.append(row["id"])
    return found


def _bounds(row: Mapping[str, float]) -> str:
    return "" if math.isnan(row["low"]) else f" ({figure(row['low'])} to {figure(row['high'])})"


def figure(value: float, signed: bool = False) -> str:
    """Format a number with at least three significant figures: 0.00191, 12.3, 4,321."""
    if not math.isfinite(value):
        return number(value) if math.isnan(value) else ("−" if value < 0 else "") + "∞"
    places = 0 if value == 0 else min(6, max(0, 2 - math.floor(math.log10(abs(value)))))
    return number(value, places, signed)
