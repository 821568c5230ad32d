"""The style sheet of the page."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from tests import ROOT
from viz.app.ui.style import STYLE


def test_it_is_whole_and_asks_no_other_host() -> None:
    assert STYLE.count("{") == STYLE.count("}") > 10
    assert not re.search(r"@import|url\(\s*['\"]?(https?:)?//", STYLE)


def test_every_rule_of_the_page_begins_with_its_prefix() -> None:
    """Rules of Solara and Vuetify keep their looks where the page does not name its own parts."""
    used = set(re.findall(r"\.(cl-[\w-]+)", STYLE))
    texts = [p.read_text("utf-8") for p in (ROOT / "viz").rglob("*") if p.suffix in (".vue", ".py", ".css")]
    assert used
    assert [name for name in sorted(used) if sum(name in text for text in texts) < 2] == []
