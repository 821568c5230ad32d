"""Options that the commands of a sweep share are refused alike."""

from __future__ import annotations

import pytest

from tests.support.cli import call


@pytest.mark.parametrize("command", ["run", "calibrate"])
def test_a_command_without_its_file_names_it(command: str) -> None:
    answer = call("sweep", command)
    assert answer.exit_code == 2
    assert "FILE" in answer.stderr or "STORE" in answer.stderr


def test_workers_cannot_be_below_zero() -> None:
    answer = call("sweep", "run", "fear.toml", "--workers", "-1")
    assert answer.exit_code == 2
    assert "--workers" in answer.stderr
