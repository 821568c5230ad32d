"""Notebooks are run and stored without what differs between machines."""

from __future__ import annotations

from experiments.pages import notebooks


def test_every_notebook_is_run_and_kept_without_what_differs(tmp_path, monkeypatch, capsys):
    import nbformat

    folder = tmp_path / "notebooks"
    folder.mkdir()
    cell = nbformat.v4.new_code_cell("1 + 1", metadata={"when": "now"})
    made = nbformat.v4.new_notebook(cells=[cell], metadata={"machine": "mine"})
    nbformat.write(made, folder / "a.ipynb")
    monkeypatch.setattr(notebooks, "FOLDER", folder)
    monkeypatch.setattr(notebooks, "run_notebook", lambda path: nbformat.read(path, as_version=4))
    notebooks.main()
    kept = nbformat.read(folder / "a.ipynb", as_version=4)
    assert kept.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
    }
    assert kept.cells[0].metadata == {}
    assert "a.ipynb" in capsys.readouterr().err
