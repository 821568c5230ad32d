"""A finished sweep that tests of several programs read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.sweeps import tiny


@pytest.fixture(scope="session")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished sweep of four runs."""
    folder = tmp_path_factory.mktemp("done") / "store"
    tiny(folder).run(workers=0)
    return folder
