"""The notebooks run from top to bottom, and are kept with what they show."""

from __future__ import annotations

import pytest

from experiments.pages.notebooks import run_notebook
from tests import ROOT
from tests.support.long_version import LONG

nbformat = pytest.importorskip("nbformat")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def shown(cell):
    """What a code cell shows: kinds of output, and texts."""
    found = []
    for output in cell.outputs:
        kinds = sorted(output.get("data", {})) or [output.output_type]
        found.append((tuple(kinds), output.get("text", "")))
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_kept_with_its_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not [output for cell in cells for output in cell.outputs if output.output_type == "error"]
    assert sum("image/png" in output.get("data", {}) for cell in cells for output in cell.outputs) >= 2
    assert path.stat().st_size < 500_000


@LONG
@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_and_shows_the_same(path, monkeypatch):
    """The stored outputs are those of today's model. If not: python -m experiments.pages.notebooks."""
    pytest.importorskip("nbclient")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    fresh = run_notebook(path)
    kept = nbformat.read(path, as_version=4)
    for then, now in zip(kept.cells, fresh.cells, strict=True):
        if then.cell_type == "code":
            assert shown(then) == shown(now), then.source


def test_there_is_one():
    assert NOTEBOOKS
