"""`computeleap parameters`, `scenarios` and `schema` show what there is to choose from."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from model.parameters import Parameters
from model.scenarios.scenario_catalogue import SCENARIOS
from tests.support.cli import call


def test_parameters_fit_a_page_and_leave_none_out() -> None:
    answer = call("parameters")
    assert answer.exit_code == 0
    assert max(map(len, answer.stdout.splitlines())) <= 100
    first = re.findall(r"^ (\w+)  ", answer.stdout, re.MULTILINE)
    assert [name for name in first if name != "parameter"] == list(Parameters.model_fields)
    assert "[general knowledge, check]" in re.sub(r"\s+", " ", answer.stdout)  # no markup


def test_parameters_by_name() -> None:
    answer = call("parameters", "substitution", "firms")
    found = [line.split()[0] for line in answer.stdout.splitlines() if line.strip()]
    assert "substitution" in found
    assert "firms" in found
    assert "quality_step" not in found


def test_parameters_as_csv_and_json_schema() -> None:
    rows = list(csv.DictReader(io.StringIO(call("parameters", "--csv").stdout)))
    assert [row["name"] for row in rows] == list(Parameters.model_fields)
    assert all(row["unit"] and row["meaning"] and row["source"] and row["group"] for row in rows)
    assert float(rows[0]["default"]) == Parameters().firms
    assert [row["name"] for row in json.loads(call("--json", "parameters").stdout)[0]["rows"]] == list(
        Parameters.model_fields
    )
    schema = json.loads(call("parameters", "--json-schema").stdout)
    assert list(schema["properties"]) == list(Parameters.model_fields)
    assert schema["properties"]["firms"]["maximum"] == 20_000_000


def test_scenarios_have_a_line_each() -> None:
    lines = call("scenarios", "--wide").stdout.splitlines()[4:-1]
    assert [line.split()[0] for line in lines] == list(SCENARIOS)
    assert all(SCENARIOS[line.split()[0]].meaning in line for line in lines)


@pytest.mark.parametrize(
    ("which", "column", "takes"),
    [("cities", "lon", "73 and 136"), ("centres", "kind", "super"), ("links", "capacity_tbps", "Tbit/s")],
)
def test_schema(which: str, column: str, takes: str) -> None:
    answer = call("schema", which)
    assert answer.exit_code == 0
    row = answer.stdout.partition(f" {column} ")[2].partition("\n\n")[0]
    assert takes in row
    assert max(map(len, answer.stdout.splitlines())) <= 100
