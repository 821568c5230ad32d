"""MkDocs hook: every notebook of ``notebooks/`` becomes a page of the site, with what its cells show."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import nbformat
from mkdocs.structure.files import File

HEAD = "*This page is made from [the notebook]({name}), which the tests run from top to bottom.*\n"


def on_files(files: Any, config: Any) -> Any:
    """Add a Markdown page, its pictures and the notebook itself for each notebook."""
    for path in sorted((Path(config.config_file_path).parent / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        text, pictures = page_of(notebook, path.stem)
        title, _, rest = text.partition("\n")
        files.append(
            File.generated(
                config, f"{path.stem}.md", content=f"{title}\n\n{HEAD.format(name=path.name)}{rest}"
            )
        )
        files.append(File.generated(config, path.name, abs_src_path=str(path)))
        for name, data in pictures.items():
            files.append(File.generated(config, f"figures/{name}", content=data))
    return files


def page_of(notebook: Any, stem: str) -> tuple[str, dict[str, bytes]]:
    """The notebook as Markdown, and its pictures by file name."""
    parts, pictures = [], {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        for output in cell.outputs:
            shown = output.get("data", {})
            if "image/png" in shown:
                name = f"{stem}-{len(pictures) + 1}.png"
                pictures[name] = base64.b64decode(shown["image/png"])
                parts.append(f"![What the cell above draws](figures/{name})")
            elif "text/html" in shown:
                table = re.sub(r"<style.*?</style>|<(/?)div>", "", shown["text/html"], flags=re.DOTALL)
                parts.append(re.sub(r"<(table|tr|th|td)[^>]*>", r"<\1>", table).strip())
            elif text := output.get("text") or shown.get("text/plain"):
                parts.append(f"```text\n{text.rstrip()}\n```")
    return "\n\n".join(parts) + "\n", pictures
