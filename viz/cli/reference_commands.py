"""The commands ``computeleap parameters``, ``scenarios`` and ``schema``: lists of the possible choices."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from agents.user_error import UserError
from viz.cli.completion import parameter_names, table_names
from viz.cli.options import Extensions, argument, flag
from viz.terminal import OUTPUT, echo, echo_err, show_table

if TYPE_CHECKING:
    from model.files.table_columns import TableColumn
    from model.parameters import ParameterRow

FIELDS = ("name", "group", "default", "low", "high", "type", "unit", "meaning", "source")


def parameters(
    names: Annotated[
        list[str] | None, argument("Show only these.", metavar="NAME", autocompletion=parameter_names)
    ] = None,
    json_schema: Annotated[bool, flag("Print a JSON schema.", "--json-schema")] = False,
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
        if names or OUTPUT.is_data:
            raise UserError("--json-schema prints all parameters and takes no names, --csv or --json")
        echo(json.dumps(model_class.model_json_schema(), indent=2, ensure_ascii=False))
        return
    rows = parameter_rows(model_class, names or None)
    if OUTPUT.is_data:
        show_table("Parameters", FIELDS, [[dict(row)[name] for name in FIELDS] for row in rows])
        return
    for group in dict.fromkeys(row["group"] for row in rows):
        _show_group(group, [row for row in rows if row["group"] == group])
    echo_err("How sources are named: docs/glossary.md")


def _show_group(group: str, rows: Sequence[ParameterRow]) -> None:
    shown = [
        [
            row["name"],
            _as_typed(row["default"]),
            f"{_as_typed(row['low'])} to {_as_typed(row['high'])}",
            row["unit"],
            f"{row['meaning']} ({row['source']})",
        ]
        for row in rows
    ]
    columns = ["parameter", "default", "range", "unit", "meaning (source)"]
    show_table(group, columns, shown, columns[2:])


def _as_typed(value: float) -> str:
    """Return a number as a user may type it: 0.125, 10000, 1e6."""
    return str(value) if isinstance(value, int) and abs(value) < 1e6 else f"{value:g}".replace("e+0", "e")


def scenarios(extension: Extensions = None) -> None:
    """List the scenarios."""
    from model.extensions.extended_model import extended

    known = extended(tuple(extension or ())).scenarios
    rows = [(scenario.name, scenario.meaning) for scenario in known.values()]
    show_table("Scenarios", ["name", "meaning"], rows, ["meaning"])


def schema(
    table: Annotated[
        Literal["cities", "centres", "links", "panel"],
        argument("cities, centres, links or panel.", metavar="TABLE", autocompletion=table_names),
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
    rows = []
    for column in columns:
        required = "no" if not column.required else "yes; may be blank" if column.blank else "yes"
        rows.append((column.name, required, column.allowed(), column.meaning.replace("`", "")))
    heads = ["column", "required", "allowed values", "meaning"]
    show_table(title, heads, rows, heads)
