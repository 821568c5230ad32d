"""Page of parameters: made from the code."""

from __future__ import annotations

from experiments.pages.parameters_page import parameters_page
from model.parameters import Parameters
from tests import ROOT


def test_the_page_of_parameters_is_up_to_date():
    """If not: python -m experiments.pages."""
    page = (ROOT / "docs/parameters.md").read_text(encoding="utf-8")
    assert page == parameters_page()
    assert all(f"| `{name}` |" in page for name in Parameters.model_fields)
