"""The project's notebooks: run from top to bottom, kept with what they show.

``python -m experiments.pages.notebooks`` runs them all in place, in the project's folder.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

FOLDER = Path("notebooks")
SECONDS = 120


def run_notebook(path: Path, seconds: int = SECONDS) -> Any:
    """The notebook at ``path`` with the outputs of a fresh run, as ``nbformat`` holds it.

    Each cell may take that many seconds. Raises ``nbclient.exceptions.CellExecutionError`` if a cell fails.
    """
    import nbformat
    from nbclient import NotebookClient

    root = path.resolve().parent.parent
    os.environ["PYTHONPATH"] = os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")]).rstrip(
        os.pathsep
    )
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


def plain(notebook: Any) -> Any:
    """The notebook without what differs from one machine to the next."""
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    for cell in notebook.cells:
        cell.metadata = {}
    return notebook


def main() -> None:
    """Run every notebook and write it with its outputs."""
    import nbformat

    for path in sorted(FOLDER.glob("*.ipynb")):
        nbformat.write(plain(run_notebook(path)), path)
        print(f"notebooks: {path} is run", file=sys.stderr)


if __name__ == "__main__":
    main()
