"""A panel of real cities from a user's table: roles of its columns, checks, and evaluation."""

from __future__ import annotations

import datetime
import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from agents.suggestions import shown_key
from experiments.evaluation.codebook import BANDS, CHANNELS, CODEBOOK, FIXED_CONTROLS, MODERATORS
from experiments.evaluation.estimators.panel_data import panel_data
from experiments.evaluation.evaluate import Evaluation, summarise_over_seeds
from experiments.evaluation.further_tables import FurtherRoles, further_rows, mediation_rows, policy_rows
from experiments.evaluation.identification import refuse_unidentified, remarks_on
from experiments.evaluation.paper_tables import PanelWithRoles, all_rows
from experiments.evaluation.simulated_panel import exposures
from experiments.storage.provenance import versions
from model.country.city_tables import distances_km
from model.country.country_columns import CODE_HEADINGS, NAME_HEADINGS, YEAR_HEADINGS
from model.files.table_columns import Remark, Row, TableColumn
from model.files.user_tables import InputError, headings, read_table

log = logging.getLogger(__name__)
"""Tells, at level INFO, what a reader should know of a panel."""


@dataclass(frozen=True)
class ColumnRoles:
    """Roles of the table's columns. ``controls`` etc.: None takes the columns of the codebook that exist.

    ``further``: columns of further designs; None: these are not estimated.
    """

    outcome: str = "log_innovations"
    treatment: str = "centre"
    city: str = "city_id"
    year: str = "year"
    controls: tuple[str, ...] | None = None
    channels: tuple[str, ...] | None = None
    moderators: tuple[str, ...] | None = None
    further: FurtherRoles | None = None


CITY_HEADINGS = {**CODE_HEADINGS, **NAME_HEADINGS}
COUNTS = {entry.name for entry in CODEBOOK if entry.unit in ("innovations/year", "cities")}


def _least(name: str) -> float | None:
    """Return 0 for a column that the codebook calls a count; None: any number is allowed."""
    return 0.0 if name in COUNTS else None


def _columns(roles: ColumnRoles) -> tuple[TableColumn, ...]:
    return (
        TableColumn(
            roles.city,
            "text",
            "city: a name or a number",
            required=True,
            blank=False,
            high=200,
            headings=CITY_HEADINGS if roles.city == ColumnRoles.city else {},
        ),
        TableColumn(
            roles.year,
            "year",
            "year",
            "year",
            1900,
            2100,
            required=True,
            blank=False,
            headings=YEAR_HEADINGS if roles.year == ColumnRoles.year else {},
        ),
        TableColumn(
            roles.outcome, "number", "outcome", low=_least(roles.outcome), required=True, blank=False
        ),
        TableColumn(
            roles.treatment, "flag", "1 in years in which a centre operates", required=True, blank=False
        ),
    )


PLACE = (
    TableColumn(
        "lon", "number", "longitude; with lat: centres by distance", "degrees east", -180, 180, blank=False
    ),
    TableColumn("lat", "number", "latitude", "degrees north", -90, 90, blank=False),
)
KNOWN = {entry.name: entry.meaning for entry in CODEBOOK}


def _numbers(names: Iterable[str], required: bool) -> tuple[TableColumn, ...]:
    return tuple(
        TableColumn(name, "number", KNOWN.get(name, name), low=_least(name), required=required, blank=False)
        for name in dict.fromkeys(names)
    )


PANEL_COLUMNS = (*_columns(ColumnRoles()), *PLACE, *_numbers((*CHANNELS, *FIXED_CONTROLS), required=False))
"""Columns of a table that uses the names of the codebook."""


def columns_of(roles: ColumnRoles, there: Sequence[str]) -> tuple[TableColumn, ...]:
    """Return the columns to read from a table that has the columns ``there``."""
    place = PLACE if "lon" in there and "lat" in there else ()
    own = roles.further or FurtherRoles()
    groups = (*_chosen(roles, there), own.numbers)
    chosen = _numbers((name for group in groups for name in group), required=True)
    labels = [name for name in own.labels if name not in (roles.city, roles.year)]
    if roles.further is not None and not own.effects and "province" in there and "province" not in labels:
        labels.append("province")
    texts = tuple(TableColumn(name, "text", name, required=True, blank=False, high=200) for name in labels)
    return (*_columns(roles), *place, *chosen, *texts)


def _chosen(roles: ColumnRoles, there: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return controls, channels and moderators."""

    def of(given: tuple[str, ...] | None, usual: Sequence[str]) -> tuple[str, ...]:
        return given if given is not None else tuple(name for name in usual if name in there)

    return (
        of(roles.controls, FIXED_CONTROLS),
        of(roles.channels, tuple(CHANNELS)),
        of(roles.moderators, tuple(MODERATORS)),
    )


def read_observed(
    path: Path, roles: ColumnRoles | None = None, sheet: str | None = None
) -> tuple[pd.DataFrame, ColumnRoles]:
    """Read the panel of a table; return it under the codebook's names, with complete roles.

    ``attrs["remarks"]`` of the panel holds what a reader should know of it.

    Raises InputError with file, row and column of each mistake: a column that is missing, a cell that is
    blank or no number, a city that has a year twice.
    """
    roles = roles or ColumnRoles()
    usual = (*_columns(roles), *PLACE, *_numbers(KNOWN, required=False))
    header = headings(path, usual, sheet)
    controls, channels, moderators = _chosen(roles, header)
    seen: dict[tuple[object, object], bool] = {}

    def review(cells: Row, remarks: list[Remark]) -> list[Remark]:
        if isinstance(cells[roles.city], str):  # 1.0 is city 1: a float in another program
            cells[roles.city] = re.sub(r"^(\d+)\.0+$", r"\1", str(cells[roles.city]))
        key = (cells[roles.city], cells[roles.year])
        if None not in key and key in seen:
            what = f"city {shown_key(str(key[0]))} already has the year {key[1]} in an earlier row"
            return [*remarks, Remark(roles.year, what, "each year once")]
        seen[key] = True
        return remarks

    parts = {roles.city, roles.year, roles.treatment}
    clash = (parts | {"city_id", "year", "centre"}) & {roles.outcome, *controls, *channels, *moderators}
    clash |= {roles.outcome} & {*controls, *channels, *moderators}
    clash |= {name for group in (controls, channels, moderators) for name in group if group.count(name) > 1}
    if clash:
        raise InputError([f"{path.name}: column {shown_key(sorted(clash)[0])} cannot have two roles"])
    table = read_table(path, columns_of(roles, header), review=review, sheet=sheet)
    table = table.rename(columns={roles.city: "city_id", roles.year: "year", roles.treatment: "centre"})
    table["centre"] = table["centre"].astype(float)
    table = table.sort_values(["city_id", "year"], kind="stable", ignore_index=True)
    names = list(table["city_id"].unique())
    table["city_name"] = table["city_id"]
    table["city_id"] = pd.Categorical(table["city_id"], names).codes.astype("int64") + 1
    complete = ColumnRoles(
        roles.outcome, "centre", "city_id", "year", controls, channels, moderators, _renamed(roles)
    )
    # The estimators' own checks, before any long computation.
    try:
        data = panel_data(table, roles.outcome, "centre", controls)
        refuse_unidentified(data, roles.treatment)
        _check_traits(table, channels, moderators)
    except InputError as error:
        raise InputError([f"{path.name}: {line}" for line in str(error).split("\n")]) from None
    table.attrs["remarks"] = remarks_on(data, roles.treatment)
    for remark in table.attrs["remarks"]:
        log.info("%s: %s", path.name, remark)
    return table, complete


def _renamed(roles: ColumnRoles) -> FurtherRoles | None:
    """Return the columns of further designs under the codebook's names of city and year."""
    if roles.further is None:
        return None
    names = {roles.city: "city_id", roles.year: "year"}

    def of(text: str, mark: str) -> str:
        return mark.join(names.get(part, part) for part in text.split(mark))

    own = roles.further
    cluster = None if own.cluster is None else of(own.cluster, "+")
    return replace(own, cluster=cluster, effects=tuple(of(one, "^") for one in own.effects))


def _check_traits(table: pd.DataFrame, channels: Sequence[str], moderators: Sequence[str]) -> None:
    """Raise InputError for a channel that never changes and a moderator that does."""
    problems = [
        f"column {shown_key(name)} is the same in every row: it cannot be a channel"
        for name in channels
        if table[name].nunique() < 2
    ]
    for name in moderators:
        if (table.groupby("city_id")[name].nunique() > 1).any():
            what = "changes within a city: a split needs a trait from before treatment"
            problems.append(f"column {shown_key(name)} {what}")
        elif table[name].nunique() < 2:
            problems.append(f"column {shown_key(name)} is the same in all cities: they cannot be split by it")
    if problems:
        raise InputError(problems)


def evaluate_observed(
    path: Path,
    roles: ColumnRoles | None = None,
    learner: str = "lasso+boosting",
    seed: int = 1,
    doubleml: bool = False,
    sheet: str | None = None,
    policy: bool = False,
    mediation: bool = False,
) -> Evaluation:
    """Reproduce the tables of a paper on a panel of real cities, whose true effects are unknown.

    policy: add total, own and spillover effects by indirect inference; mediation: add moderated mediation of
    every channel by every moderator.

    Raises InputError for a table with mistakes.
    """
    table, roles = read_observed(path, roles, sheet)
    remarks = table.attrs["remarks"]
    bands: tuple[str, ...] = ()
    if "lon" in table and len(table) == table["city_id"].nunique() * table["year"].nunique():
        table = with_bands(table)
        bands = tuple(BANDS.values())
    labels = {entry.name: entry.meaning for entry in CODEBOOK}
    subject = PanelWithRoles(
        table,
        roles.outcome,
        roles.controls or (),
        {name: CHANNELS.get(name, labels.get(name, name)) for name in roles.channels or ()},
        {name: MODERATORS[name][0] if name in MODERATORS else name for name in roles.moderators or ()},
        bands,
        None,
        learner,
        seed=seed,
        doubleml=doubleml,
    )
    more = [] if roles.further is None else further_rows(subject, roles.further)
    more += policy_rows(subject) if policy else []
    more += mediation_rows(subject) if mediation else []
    rows = pd.DataFrame([{"seed": 0, **row} for row in [*all_rows(subject), *more]])
    facts = {
        "scenario": "observed",
        "meaning": "a panel of real cities",
        "folder": path.name,
        "cities": int(table["city_id"].nunique()),
        "first_year": int(table["year"].min()),
        "last_year": int(table["year"].max()),
        "seeds": [],
        "outcome": roles.outcome,
        "learner": learner,
        "controls": list(roles.controls or ()),
        "remarks": remarks,
        "date": datetime.date.today().isoformat(),
        "versions": versions(),
    }
    return Evaluation(rows, summarise_over_seeds(rows), facts)


def with_bands(table: pd.DataFrame) -> pd.DataFrame:
    """Add counts of other cities' centres by distance to a table with lon, lat and a row for every year."""
    place = table.drop_duplicates("city_id")
    distance = distances_km(place["lon"].to_numpy(), place["lat"].to_numpy())
    treated = table["centre"].to_numpy().reshape(len(place), -1).T > 0.5
    found = {name: values.T.ravel() for name, values in exposures(treated, distance).items()}
    return table.assign(**found)
