"""The results folder of a server."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")


@pytest.fixture(scope="session")
def folder(small_shelf: Path) -> Path:
    return small_shelf
