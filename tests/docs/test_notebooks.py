"""The notebooks run from top to bottom, and are kept with what they show."""

from __future__ import annotations

import re

import pytest

from experiments.pages.notebooks import run_notebook
from tests import ROOT
from tests.support.long_version import FULL

nbformat = pytest.importorskip("nbformat")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SEEDS = "range(1, 9)"


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


def with_few_seeds(path, folder):
    """A copy of a notebook whose cells use two seeds instead of eight."""
    text = path.read_text(encoding="utf-8")
    assert SEEDS in text
    (folder / "notebooks").mkdir()
    copy = folder / "notebooks" / path.name
    copy.write_text(text.replace(SEEDS, "range(1, 3)").replace("sqrt(8)", "sqrt(2)"), encoding="utf-8")
    return copy


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_and_shows_the_same(path, tmp_path, monkeypatch):
    """The stored outputs are those of today's model. If not: python -m experiments.pages.notebooks.

    With all seeds in the long version; here cells that compare seeds have two, and give as many outputs of
    the same kinds.
    """
    pytest.importorskip("nbclient")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    fresh = run_notebook(path if FULL else with_few_seeds(path, tmp_path))
    kept = nbformat.read(path, as_version=4)
    exact = 0
    for then, now in zip(kept.cells, fresh.cells, strict=True):
        if then.cell_type == "code":
            same = FULL or not re.search(r"effects\(|found", then.source)
            assert [item[: 1 + same] for item in shown(then)] == [item[: 1 + same] for item in shown(now)], (
                then.source
            )
            exact += same
    assert exact >= 4


def test_there_is_one():
    assert NOTEBOOKS
