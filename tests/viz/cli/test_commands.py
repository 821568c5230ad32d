"""The command line answers at once, lists its commands and states their defaults."""

from __future__ import annotations

import re
from typing import Any

import pytest
import typer.main

from experiments.study.settings import Settings
from model.parameters import Parameters
from tests import ROOT
from tests.support.cli import call, python
from tests.support.programs import PROGRAMS
from viz.cli.commands import app

COMMANDS = """run page validate decide convergence parameters scenarios cities synthetic network schema
panel evaluate audit app new-extension study extension sweep"""


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], []])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    heavy = "mesa pandas numba numpy networkx matplotlib model"
    answer = python(str(PROGRAMS / "loaded_modules.py"), heavy, "computeleap", *words)
    assert re.search(r"LOADED \[\] [02]\n", answer.stderr), answer.stderr
    assert "Usage: computeleap" in answer.stdout


def test_help_lists_the_commands() -> None:
    answer = call("--help")
    assert answer.exit_code == 0
    assert re.findall(r"^│ (\w[\w-]*)  ", answer.stdout, re.MULTILINE) == COMMANDS.split()


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
    assert list(commands) == COMMANDS.split()
    for name, command in commands.items():
        section = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        options = [word for option in command.params for word in option.opts if word.startswith("--")]
        assert [word for word in options if word not in section and word != "--help"] == []


def test_version() -> None:
    answer = call("--version")
    assert answer.exit_code == 0
    assert answer.stdout.startswith("computeleap")
