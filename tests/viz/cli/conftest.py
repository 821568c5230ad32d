"""Cities, a folder and a store for the tests of several commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import cli
from tests.support.sweep_commands import call, write


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweep")
    answer = call("run", str(write(folder)), "--workers", "0", "--store", str(folder / "store"))
    assert answer.exit_code == 0, answer.stderr
    assert "8 of 8 runs are stored" in answer.stdout
    return folder / "store"


@pytest.fixture(scope="session")
def cities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("country") / "cities.csv"
    assert cli.call("synthetic", 12, "--out", path).exit_code == 0
    return path


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path
