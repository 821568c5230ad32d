"""Old commands and options are answered with a sentence that names the new one."""

from __future__ import annotations

import pytest
import typer.main

from tests.support.cli import call
from viz.cli.commands import app
from viz.cli.old_names import COMMANDS, IN_USE, OPTIONS


@pytest.mark.parametrize("old", COMMANDS)
def test_an_old_command_names_the_new_one(old: str) -> None:
    answer = call(*old.split(), "results", "--csv")
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert answer.stderr == f"computeleap: computeleap {old} is now computeleap {COMMANDS[old]}\n"


@pytest.mark.parametrize(
    ("line", "old"),
    [
        ("run --check", "--check"),
        ("network --edges=e.csv", "--edges"),
        ("evaluate r --with doubleml", "--with"),
        ("sweep extend s --replications 9", "--replications"),
    ],
)
def test_an_old_option_names_the_new_one(line: str, old: str) -> None:
    answer = call(*line.split())
    assert answer.exit_code == 2
    assert answer.stderr == f"computeleap: {old} is now {OPTIONS[old]}\n"


def test_new_names_exist_and_old_ones_do_not() -> None:
    program = typer.main.get_command(app)
    options = set()
    commands = {}
    pending = [("", program)]
    while pending:
        path, command = pending.pop()
        commands[path.strip()] = command
        own = {option for parameter in command.params for option in parameter.opts}
        options |= {option for option in own if (path.strip(), option) not in IN_USE}
        for name, below in getattr(command, "commands", {}).items():
            pending.append((f"{path} {name}", below))
    for old, new in COMMANDS.items():
        if old != "schema edges":  # an argument
            assert old not in commands
            assert new in commands
    assert not set(OPTIONS) & options
    assert set(OPTIONS.values()) <= options
