"""Stores that the tests of several commands read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.sweep_commands import call, write


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweep")
    answer = call("run", str(write(folder)), "--workers", "0", "--store", str(folder / "store"))
    assert answer.exit_code == 0, answer.stderr
    assert "8 of 8 runs are stored" in answer.stdout
    return folder / "store"
