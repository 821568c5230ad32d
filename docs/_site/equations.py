"""MkDocs hook: displayed equations. TeX between lines of ``$$`` becomes MathML, drawn without a script."""

from __future__ import annotations

import html
import re
from typing import Any

from latex2mathml.converter import convert

DISPLAYED = re.compile(r"^\$\$\n(.+?)\n\$\$$", re.MULTILINE | re.DOTALL)


def mathml(found: re.Match[str]) -> str:
    """Return an equation as a block of one line, with its TeX as text for those who copy or hear it."""
    tex = " ".join(found[1].split())
    drawn = convert(tex, display="block").replace("<math ", f'<math alttext="{html.escape(tex)}" ', 1)
    return f'<div class="equation" tabindex="0">{drawn}</div>'


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Replace the displayed equations of a page."""
    return DISPLAYED.sub(mathml, markdown)
