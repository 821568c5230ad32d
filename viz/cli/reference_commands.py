"""The commands ``computeleap parameters``, ``scenarios`` and ``schema``: lists of the possible choices."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from agents.user_error import UserError
from viz.cli.options import Extensions, argument, option
from viz.terminal import plain_table, show

if TYPE_CHECKING:
    from model.files.table_columns import TableColumn
    from model.parameters import ParameterRow

FIELDS = ("name", "group", "default", "low", "high", "type", "unit", "meaning", "source")


def parameters(
    names: Annotated[list[str] | None, argument("Show only these.", metavar="NAME")] = None,
    json_schema: Annotated[bool, option("Print a JSON schema.", "--json-schema")] = False,
    as_csv: Annotated[bool, option("Print CSV.", "--csv")] = False,
    extension: Extensions = None,
) -> None:
    """Show the parameters: default, range, unit, meaning and source."""
    from model.extensions.extended_model import extended
    from model.parameters import ParameterError, parameter_rows, unknown_parameter

    model_class = extended(tuple(extension or ())).parameters
    unknown = [
        unknown_parameter(name, model_class) for name in names or () if name not in model_class.model_fields
    ]
    if unknown:
        raise ParameterError("; ".join(unknown))
    if json_schema:
        if names or as_csv:
            raise UserError("--json-schema prints all parameters and takes no names and no --csv")
        typer.echo(json.dumps(model_class.model_json_schema(), indent=2, ensure_ascii=False))
        return
    rows = parameter_rows(model_class, names or None)
    if as_csv:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        typer.echo(text.getvalue(), nl=False)
        return
    for group in dict.fromkeys(row["group"] for row in rows):
        _show_group(group, [row for row in rows if row["group"] == group])


def _show_group(group: str, rows: Sequence[ParameterRow]) -> None:
    table = plain_table()
    table.add_column("parameter", no_wrap=True)
    table.add_column("default", justify="right", no_wrap=True)
    table.add_column("range", no_wrap=True)
    table.add_column("unit", max_width=16)
    table.add_column("meaning (source)", ratio=1)
    for row in rows:
        limits = f"{_as_typed(row['low'])} to {_as_typed(row['high'])}"
        meaning = f"{row['meaning']} ({row['source']})"
        table.add_row(row["name"], _as_typed(row["default"]), limits, row["unit"], meaning)
    show(group, table)


def _as_typed(value: float) -> str:
    """Return a number as a user may type it: 0.125, 10000, 1e6."""
    return str(value) if isinstance(value, int) and abs(value) < 1e6 else f"{value:g}".replace("e+0", "e")


def scenarios(extension: Extensions = None) -> None:
    """List the scenarios."""
    from model.extensions.extended_model import extended

    known = extended(tuple(extension or ())).scenarios
    width = max(len(name) for name in known)
    for scenario in known.values():
        typer.echo(f"{scenario.name:<{width}}  {scenario.meaning}")


def schema(
    table: Annotated[
        Literal["cities", "centres", "links", "panel"],
        argument("cities, centres, links or panel.", metavar="TABLE"),
    ],
) -> None:
    """Show the columns that your table may have."""
    from model.country.country_columns import CENTRE_COLUMNS, CITY_COLUMNS
    from model.country.user_links import LINK_COLUMNS

    if table == "panel":
        from experiments.evaluation.observed_panel import PANEL_COLUMNS

        columns: Sequence[TableColumn] = PANEL_COLUMNS
        title = "Columns of a panel for evaluate; options give them other names"
    else:
        columns = {"cities": CITY_COLUMNS, "centres": CENTRE_COLUMNS, "links": LINK_COLUMNS}[table]
        title = f"Columns of --{table} FILE; other columns are ignored"
    shown = plain_table()
    shown.add_column("column", no_wrap=True)
    shown.add_column("required")
    shown.add_column("allowed values", ratio=1)
    shown.add_column("meaning", ratio=1)
    for column in columns:
        required = "no" if not column.required else "yes; may be blank" if column.blank else "yes"
        shown.add_row(column.name, required, column.allowed(), column.meaning.replace("`", ""))
    show(title, shown)
