"""The project's notebooks, run from top to bottom and stored with their outputs.

``python -m experiments.pages.notebooks`` runs them all in place, in the project's folder.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

FOLDER = Path("notebooks")
SECONDS = 120


def run_notebook(path: Path, seconds: int = SECONDS) -> NotebookNode:
    """Return the notebook at ``path`` with the outputs of a fresh run, as ``nbformat`` holds it.

    Each cell may take ``seconds``. Raises ``nbclient.exceptions.CellExecutionError`` if a cell fails.
    """
    import nbformat
    from nbclient import NotebookClient

    root = path.resolve().parent.parent
    places = [str(root), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(places).rstrip(os.pathsep)
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=seconds,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(root)}},
    )
    client.execute()
    return notebook


def without_machine(notebook: NotebookNode) -> NotebookNode:
    """Remove the metadata that differ between machines."""
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    for cell in notebook.cells:
        cell.metadata = {}
    return notebook


def main() -> None:
    """Run every notebook and store it with its outputs."""
    import nbformat

    for path in sorted(FOLDER.glob("*.ipynb")):
        nbformat.write(without_machine(run_notebook(path)), path)
        print(f"notebooks: ran {path}", file=sys.stderr)


if __name__ == "__main__":
    main()
