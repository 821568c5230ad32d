"""The results folder of a server, and its list."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from viz.app.results.shelf import Shelf, scan_shelf


@pytest.fixture(scope="session")
def folder(small_shelf: Path) -> Path:
    return small_shelf


@pytest.fixture(scope="session")
def shelf(folder: Path) -> Shelf:
    return scan_shelf(folder)
