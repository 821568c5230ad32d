"""``computeleap parameters``, ``scenarios`` and ``schema``: what there is to choose from."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import typer

from viz.terminal import UserError, plain_table, show

FIELDS = ("name", "group", "default", "low", "high", "type", "unit", "meaning", "source")


def show_parameters(
    names: Sequence[str], json_schema: bool, as_csv: bool, extension: Sequence[str] = ()
) -> None:
    """All parameters, or those named: a table by group, CSV, or the JSON schema of all.

    extension: names of extensions, whose parameters stand at the end. Raises ParameterError for an unknown
    name, ExtensionError.
    """
    from model.extensions.extended_model import extended
    from model.parameters import ParameterError, parameter_rows, unknown_parameter

    table = extended(tuple(extension)).parameters
    unknown = [unknown_parameter(name, table) for name in names if name not in table.model_fields]
    if unknown:
        raise ParameterError("; ".join(unknown))
    if json_schema and (names or as_csv):
        raise UserError("--json-schema is of all parameters and goes alone")
    if json_schema:
        typer.echo(json.dumps(table.model_json_schema(), indent=2, ensure_ascii=False))
        return
    rows = parameter_rows(table, names or None)
    if as_csv:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        typer.echo(text.getvalue(), nl=False)
        return
    for group in dict.fromkeys(row["group"] for row in rows):
        _show_group(group, [row for row in rows if row["group"] == group])


def _show_group(group: str, rows: Sequence[dict[str, Any]]) -> None:
    table = plain_table()
    table.add_column("parameter", no_wrap=True)
    table.add_column("default", justify="right", no_wrap=True)
    table.add_column("range", no_wrap=True)
    table.add_column("unit", max_width=16)
    table.add_column("meaning (source)", ratio=1)
    for row in rows:
        span = f"{plain(row['low'])} to {plain(row['high'])}"
        meaning = f"{row['meaning']} ({row['source']})"
        table.add_row(row["name"], plain(row["default"]), span, row["unit"], meaning)
    show(group, table)


def plain(value: float) -> str:
    """A number as it may be typed: 0.125, 10000, 1e6."""
    return str(value) if isinstance(value, int) and abs(value) < 1e6 else f"{value:g}".replace("e+0", "e")


def show_scenarios(extension: Sequence[str] = ()) -> None:
    """One line for each scenario, those of extensions at the end: its name and what it does."""
    from model.extensions.extended_model import extended

    known = extended(tuple(extension)).scenarios
    width = max(len(name) for name in known)
    for scenario in known.values():
        typer.echo(f"{scenario.name:<{width}}  {scenario.meaning}")


def show_schema(which: str) -> None:
    """The columns of a person's own table of cities, centres or links, or of an observed panel."""
    from model.country.geography import CENTRE_COLUMNS, CITY_COLUMNS
    from model.country.link_table import LINK_COLUMNS
    from model.files.table_columns import TableColumn

    if which == "panel":
        from experiments.evaluation.observed_panel import PANEL_COLUMNS

        columns: Sequence[TableColumn] = PANEL_COLUMNS
        title = "Columns of a panel for evaluate (CSV in UTF-8, or Parquet); options give them other names"
    else:
        columns = {"cities": CITY_COLUMNS, "centres": CENTRE_COLUMNS, "links": LINK_COLUMNS}[which]
        title = f"Columns of --{which} FILE (CSV in UTF-8, or Parquet); others are left aside"
    table = plain_table()
    table.add_column("column", no_wrap=True)
    table.add_column("needed")
    table.add_column("a cell takes", ratio=1)
    table.add_column("meaning", ratio=1)
    for column in columns:
        needed = "no" if not column.required else "yes; may be blank" if column.blank else "yes"
        table.add_row(column.name, needed, column.allowed(), column.meaning.replace("`", ""))
    show(title, table)
