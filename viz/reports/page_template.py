"""Templates of reports, and pictures inside a page that loads nothing."""

from __future__ import annotations

import base64
import functools
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

TEMPLATES = Path(__file__).parents[1] / "templates"


@functools.cache
def template(name: str, escape: bool = True) -> Template:
    """Return a template of a report, compiled once in a process; a missing value is an error.

    Args:
        name: Its file in ``viz/templates``.
        escape: Whether values are text, not HTML.
    """
    page = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return page.get_template(name)


def read_images(paths: Sequence[Path]) -> dict[str, bytes]:
    """Return the content of PNG files by figure: drawing them again would take as long as the runs."""
    return {path.stem: path.read_bytes() for path in paths}


def data_url(image: bytes) -> str:
    """Return a PNG file as a data: URL, for a page that loads nothing."""
    return "data:image/png;base64," + base64.b64encode(image).decode()
