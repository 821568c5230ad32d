"""Labels use the characters that a font has, and keep apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import viz.figures.label_placement
from viz.figures.label_placement import city_labels, spread


def test_names_that_no_font_can_write_are_replaced() -> None:
    cities = pd.DataFrame(
        {
            "city_id": [1, 2, 3, 4],
            "name_en": ["Guiyang", "贵阳", "", "Ürümqi"],
            "name_zh": ["贵阳市", "x" * 40, None, "市"],
        }
    )
    assert city_labels(cities) == ["Guiyang", "x" * 27 + "…", "3", "Ürümqi"]
    assert city_labels(cities.drop(columns="name_zh")) == ["Guiyang", "2", "3", "Ürümqi"]


def test_chinese_names_are_used_where_a_font_has_their_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    cities = pd.DataFrame(
        {"city_id": [1, 2], "name_en": ["Guiyang", "Xi'an"], "name_zh": ["贵阳市", "西安市"]}
    )
    letters = {
        "Some Chinese": frozenset(map(ord, "贵阳市")),
        viz.figures.label_placement.LATIN: frozenset(range(128)),
    }
    monkeypatch.setattr(viz.figures.label_placement, "chinese_font", lambda: "Some Chinese")
    monkeypatch.setattr(viz.figures.label_placement, "_letters", letters.__getitem__)
    assert city_labels(cities) == ["贵阳市", "Xi'an"]


@given(st.lists(st.floats(0.0, 100.0), max_size=20), st.floats(0.1, 10.0))
def test_spread_keeps_the_order_and_the_gap(places: list[float], gap: float) -> None:
    found = spread(places, gap)
    order = np.argsort(places, kind="stable")
    assert len(found) == len(places)
    assert (np.diff(found[order]) >= gap - 1e-9).all()
    if len(places) and (np.diff(np.array(places)[order]) >= gap).all():
        assert found == pytest.approx(places)  # nothing to do
