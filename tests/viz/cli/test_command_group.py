"""Errors of all commands are one sentence and an exit code."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from model.country.synthetic import synthetic_country
from model.extensions import extended_model
from tests import ROOT
from tests.support.cli import call


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
        ("run --out full", "holds files that are not results"),
        ("run --out full --force", "holds files that are not results"),
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


def test_without_a_word_there_are_three_ways_in() -> None:
    answer = call()
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert all(way in answer.stdout for way in ("computeleap app", "computeleap run", "from model import"))
    assert "Usage:" in answer.stdout
    assert max(map(len, answer.stdout.splitlines())) <= 80
    for line in re.findall(r"computeleap run (.+)", answer.stdout):
        assert call("run", *line.split(), "--help").exit_code == 0


@pytest.mark.parametrize("words", [("sweep",), ("study",)])
def test_without_a_command_there_is_help_and_no_sentence(words: tuple[str, ...]) -> None:
    answer = call(*words)
    assert answer.exit_code == 2
    assert "Usage:" in answer.output
    assert "computeleap: " not in answer.stderr


def test_brackets_of_a_help_text_are_no_markup() -> None:
    assert "[targets.NAME]" in call("sweep", "calibrate", "--help").stdout


@pytest.mark.parametrize("words", [("parameters",), ("--help",), ("cities",)])
def test_a_pipe_that_closes_ends_quietly(words: tuple[str, ...]) -> None:
    """As `computeleap parameters | head -1`: 141, the code of a closed pipe, and no word of a bug."""
    process = subprocess.Popen(
        [sys.executable, "-m", "viz", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    process.stdout.close()
    _, said = process.communicate(timeout=120)
    assert (process.returncode, said) == (141, b"")


def test_tables_are_data_or_wide_anywhere_on_the_line(desk: Path) -> None:
    narrow = {"COLUMNS": "60"}
    wide = call("--wide", "cities", "--cities", "ten.csv", env=narrow).stdout
    assert max(map(len, wide.splitlines())) > 60
    assert max(map(len, call("cities", "--cities", "ten.csv", env=narrow).stdout.splitlines()[-20:])) <= 60
    answer = call("cities", "--json", "--cities", "ten.csv")
    figures, largest = json.loads(answer.stdout)
    assert figures["title"].startswith("Figures")
    assert len(largest["rows"]) == 10
    assert all(row["city_id"] > 0 and row["population 2020"] > 0 for row in largest["rows"])
    assert "10 cities in" in answer.stderr
    first, *_ = call("cities", "--csv", "--cities", "ten.csv").stdout.split("\n\n")
    assert first.splitlines()[1] == 'figure,unit,total,"ten largest, %",Gini,rank-size slope'
    both = call("scenarios", "--csv", "--json")
    assert (both.exit_code, both.stderr) == (2, "computeleap: choose one of --csv and --json\n")


def test_quiet_leaves_out_remarks_and_not_errors(desk: Path) -> None:
    assert "10 cities" in call("cities", "--csv", "--cities", "ten.csv").stderr
    assert call("cities", "--csv", "--quiet", "--cities", "ten.csv").stderr == ""
    assert "there is no such file" in call("cities", "--quiet", "--cities", "absent.csv").stderr


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("computeleap ru", "run"),
        ("computeleap run random", "random_hosts"),
        ("computeleap run --set substit", "substitution="),
        ("computeleap parameters compute_w", "compute_weight"),
        ("computeleap sweep plan cap", "capacity"),
        ("computeleap schema c", "cities"),
        ("computeleap convergence fu", "full"),
    ],
)
def test_the_shell_completes_commands_and_values(desk: Path, typed: str, offered: str) -> None:
    words = {"_COMPUTELEAP_COMPLETE": "complete_bash", "COMP_WORDS": typed}
    answer = call(env={**words, "COMP_CWORD": str(len(typed.split()) - 1)})
    assert offered in answer.stdout.splitlines()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_gets_its_script(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("typer.completion._get_shell_name", lambda: shell)  # whatever started the tests
    assert f"_COMPUTELEAP_COMPLETE=complete_{shell}" in call("--show-completion").stdout
