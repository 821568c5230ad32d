"""Pages and tables made from the code are up to date: if not, run python -m experiments.pages."""

from __future__ import annotations

import pytest

from experiments.pages.odd_pages import generated_pages
from tests import ROOT


@pytest.mark.parametrize("path", generated_pages(), ids=str)
def test_pages_are_up_to_date(path):
    assert (ROOT / path).read_text(encoding="utf-8") == generated_pages()[path]
