"""The command line: help, errors in one sentence, and every command but `run`."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import typer.main
from typer.testing import CliRunner, Result

from experiments.study.settings import Settings
from model.country.geography import load_cities
from model.country.synthetic import synthetic_country
from model.extensions import extended_model
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import SCENARIOS
from tests import ROOT
from viz.cli.commands import app

COMMANDS = [
    "run", "validate", "convergence", "parameters", "scenarios", "cities", "synthetic", "network", "schema",
    "panel", "evaluate", "audit", "app", "study", "extension", "sweep",
]  # fmt: skip


def call(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def python(*words: str, where: Path = ROOT) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    return subprocess.run(
        [sys.executable, *words], env=env, cwd=where, capture_output=True, text=True, timeout=120
    )


# ── Help and start ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], []])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    code = (
        "import sys\nfrom viz.__main__ import main\n"
        f"sys.argv = ['computeleap', *{words}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    code = end.code\n"
        "heavy = {'mesa', 'pandas', 'numba', 'numpy', 'networkx', 'matplotlib', 'model'} & set(sys.modules)\n"
        "print('HEAVY', sorted(heavy), code, file=sys.stderr)\n"
    )
    answer = python("-c", code)
    assert re.search(r"HEAVY \[\] [02]\n", answer.stderr), answer.stderr
    assert "Usage: computeleap" in answer.stdout


def test_help_lists_the_commands() -> None:
    answer = call("--help")
    assert answer.exit_code == 0
    assert re.findall(r"^│ (\w+)  ", answer.stdout, re.MULTILINE) == COMMANDS


def test_help_states_the_defaults() -> None:
    told = {
        option.name: option.show_default
        for option in typer.main.get_command(app).commands["run"].params  # type: ignore[attr-defined]
    }
    fields = Settings.model_fields
    for name in ("scenario", "seeds", "first_seed", "until", "threads"):
        assert told[name] == str(fields[name].default)
    assert told["firms"] == str(Parameters().firms)
    assert told["out"] == str(Settings(scenario="SCENARIO").folder)


def test_the_page_of_the_command_line_names_every_option() -> None:
    page = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    commands: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert list(commands) == COMMANDS
    for name, command in commands.items():
        section = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        options = [word for option in command.params for word in option.opts if word.startswith("--")]
        assert [word for word in options if word not in section and word != "--help"] == []


def test_version() -> None:
    answer = call("--version")
    assert answer.exit_code == 0
    assert answer.stdout.startswith("computeleap")


def test_a_package_that_hides_ours_is_named(tmp_path: Path) -> None:
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "__init__.py").write_text("raise RuntimeError('imported')\n")
    answer = python("-m", "viz", "scenarios", where=tmp_path)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    assert f"another package called agents, in {tmp_path / 'agents'}, hides" in answer.stderr


# ── Errors ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with files that something is wrong with."""
    country = synthetic_country(10, 1)
    call("synthetic", "10", "--out", str(tmp_path / "ten.csv"))
    (tmp_path / "none.csv").write_text("city_id,lon,lat,population_10k,gdp_100m_cny\n")
    (tmp_path / "bad.csv").write_text(
        "city_id,lon,lat,population_10k,gdp_100m_cny\n1,231,30,5,5\n2,110,30,x,5\n"
    )
    (tmp_path / "apart.csv").write_text(
        f"from_city,to_city\n{country['city_id'][0]},{country['city_id'][1]}\n"
    )
    (tmp_path / "bad.toml").write_text("seeds = 3\nuntil = \n")
    (tmp_path / "key.toml").write_text("seed = 3\n")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.docx").write_text("years of work")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("rum", "No such command 'rum'. Did you mean 'run'?"),
        ("--nonsense", "No such option: --nonsense"),
        ("run --seeds x", "Invalid value for '--seeds'"),
        ("run --seeds 0", "seeds cannot be 0: it must be a whole number from 1"),
        ("run --until 2004", "until cannot be 2004: the first year that is reported is 2005"),
        ("run --until 2101", "until cannot be 2101"),
        ("run --firms 0", "parameter firms cannot be 0"),
        ("run actuall", "there is no scenario 'actuall'; did you mean actual?"),
        ("run --set substitution", "--set 'substitution' is not name=value"),
        ("run --set substitutoin=1", "there is no parameter 'substitutoin'; did you mean substitution?"),
        ("run --set substitution=9", "parameter substitution cannot be 9: it must be a number from 1 to 3"),
        ("run --config absent.toml", "absent.toml: there is no such file"),
        ("run --config bad.toml", "bad.toml: it is not valid TOML: Invalid value (at line 2, column 9)"),
        ("run --config key.toml", "key.toml: there is no setting 'seed'; did you mean seeds"),
        ("run --cities absent.csv", "absent.csv: there is no such file"),
        ("run --cities none.csv", "none.csv: has a header and no rows"),
        ("run --cities ten.csv --links apart.csv", "to the largest connected component"),
        ("run --centres ten.csv", "column centre_id: is missing"),
        ("run --out ten.csv", "is a file: name a folder for the results with --out"),
        ("run --out ten.csv/out", "ten.csv is a file, not a folder"),
        ("run --out full", "holds files that are no results"),
        ("run --out full --force", "holds files that are no results"),
        ("run --out /proc/out", "nothing can be written to /proc/out"),
        ("parameters substitutoin", "there is no parameter 'substitutoin'; did you mean substitution?"),
        ("parameters firms --json-schema", "--json-schema prints all parameters and takes no names"),
        ("synthetic 5 --out new.csv", "a synthetic country has 10 to 10,000 cities, not 5"),
        ("synthetic 10 --out new.txt", "new.txt must have a name that ends in .csv or .parquet"),
        ("synthetic 10 --out ten.csv", "ten.csv already exists; --force replaces it"),
        ("synthetic 10 --out ten.csv/new.csv", "ten.csv is a file, not a folder"),
        ("cities --compare absent.csv --out new.csv", "absent.csv: there is no such file"),
        ("network --cities ten.csv --out new.png", "new.png must have a name that ends in .graphml"),
        ("schema nonsense", "'nonsense' is not one of 'cities', 'centres', 'links', 'panel'"),
        ("app --port 99999", "Invalid value for '--port'"),
    ],
)
def test_a_mistake_is_one_sentence_and_nothing_is_written(desk: Path, line: str, said: str) -> None:
    before = {path: path.stat().st_mtime_ns for path in desk.rglob("*")}
    answer = call(*line.split())
    assert said in answer.stderr
    assert answer.stderr.startswith("computeleap: ")
    assert "Traceback" not in answer.stderr
    assert answer.stdout == ""
    assert answer.exit_code == 2
    if "mistakes:\n" not in answer.stderr:
        assert answer.stderr.count("\n") == 1
    assert {path: path.stat().st_mtime_ns for path in desk.rglob("*")} == before


def test_every_mistake_of_a_table_is_listed(desk: Path) -> None:
    answer = call("run", "--cities", "bad.csv")
    assert answer.exit_code == 2
    assert answer.stderr.splitlines() == [
        "computeleap: 2 mistakes:",
        "  bad.csv, row 2, column lon: 231 is not between 73 and 136 degrees east",
        '  bad.csv, row 3, column population_10k: "x" is not a number',
    ]


def test_a_bug_is_called_one_and_debug_shows_where(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(extension: object) -> None:
        raise KeyError("a\nb")

    monkeypatch.setattr(extended_model, "extended", broken)
    answer = call("scenarios")
    assert answer.exit_code == 1
    assert answer.stderr.count("\n") == 1
    assert "this is a bug; run again with --debug for the traceback (KeyError:" in answer.stderr
    for words in (["--debug", "scenarios"], ["scenarios", "--debug"]):
        answer = call(*words)
        assert answer.exit_code == 1
        assert "in broken" in answer.stderr
        assert "run again" not in answer.stderr


def test_ctrl_c_in_any_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(extension: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(extended_model, "extended", interrupted)
    answer = call("scenarios")
    assert (answer.exit_code, answer.stderr) == (130, "computeleap: interrupted\n")


def test_the_page_in_the_browser_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "solara" else find(name, *rest)
    )
    answer = call("app")
    assert answer.exit_code == 2
    assert "pip install 'computeleap[app]'" in answer.stderr


# ── Parameters, scenarios, schema ────────────────────────────────────────────────────────────────


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
    schema = json.loads(call("parameters", "--json-schema").stdout)
    assert list(schema["properties"]) == list(Parameters.model_fields)
    assert schema["properties"]["firms"]["maximum"] == 20_000_000


def test_scenarios_have_a_line_each() -> None:
    lines = call("scenarios").stdout.splitlines()
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


# ── Cities, synthetic, network ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_synthetic_country_can_be_read_back(tmp_path: Path, ending: str) -> None:
    out = tmp_path / "new" / f"country.{ending}"
    answer = call("synthetic", "30", "--seed", "7", "--out", str(out))
    assert answer.exit_code == 0
    assert str(out) in answer.stdout
    made, read = synthetic_country(30, 7), load_cities(out)
    assert list(made.columns) == list(read.columns)
    figures = made.select_dtypes("number").columns
    np.testing.assert_allclose(read[figures], made[figures], rtol=1e-14)
    same = [name for name in made if name not in figures and name != "estimated"]
    pd.testing.assert_frame_equal(read[same], made[same], check_dtype=False)
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_cities_shows_writes_and_compares(tmp_path: Path) -> None:
    own, copy = tmp_path / "own.csv", tmp_path / "copy.csv"
    call("synthetic", "12", "--out", str(own))
    table = pd.read_csv(own)
    table.loc[0, "pop_2010"] = np.nan
    table.to_csv(own, index=False)
    answer = call("cities", "--cities", str(own), "--compare", str(own), "--out", str(copy))
    assert answer.exit_code == 0, answer.stderr
    assert "12 cities in 3 provinces, 3 provincial capitals." in answer.stdout
    assert "population_2010 was blank for 1 cities" in answer.stdout
    fit = re.findall(r"^ (\w+_20\d\d) +(\d+) +1\.000 +1\.000 +0\.0 $", answer.stdout, re.MULTILINE)
    assert dict(fit) == {"population_2010": "11", "population_2020": "12", "gdp_2010": "12", "gdp_2022": "12"}
    np.testing.assert_allclose(load_cities(copy)["gdp_2022"], load_cities(own)["gdp_2022"])
    assert call("cities", "--cities", str(own), "--out", str(copy)).exit_code == 2
    assert call("cities", "--cities", str(own), "--out", str(copy), "--force").exit_code == 0


def test_the_shipped_cities_are_shown_as_estimates() -> None:
    answer = call("cities")
    assert "338 cities in 31 provinces" in answer.stdout
    assert "Population and GDP of 338 of them are estimates" in answer.stdout
    assert "Shanghai" in answer.stdout


def test_network_counts_links_and_writes_graphml(tmp_path: Path) -> None:
    out = tmp_path / "network.graphml"
    answer = call("network", "--out", str(out))
    assert answer.exit_code == 0
    graph = nx.read_graphml(out, node_type=int)
    kinds = pd.Series([kind for *_, kind in graph.edges(data="kind")]).value_counts()
    for kind, count in kinds.items():
        assert re.search(rf"^ {kind} +{count} ", answer.stdout, re.MULTILINE)
    assert re.search(rf"^ all +{graph.number_of_edges()} ", answer.stdout, re.MULTILINE)
    assert "One-way latency between two hubs: mean 10.1 ms" in answer.stdout  # G7: 9.7 ms


def test_network_of_own_links(desk: Path) -> None:
    ids = load_cities("ten.csv")["city_id"]
    chain = pd.DataFrame({"from_city": ids[:-1].to_numpy(), "to_city": ids[1:].to_numpy()})
    chain.to_csv("chain.csv", index=False)
    answer = call("network", "--cities", "ten.csv", "--links", "chain.csv")
    assert answer.exit_code == 0, answer.stderr
    assert re.search(r"^ local +9 ", answer.stdout, re.MULTILINE)
    assert re.search(r"^ backbone +0 ", answer.stdout, re.MULTILINE)
