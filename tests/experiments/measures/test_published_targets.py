"""Published targets are found by their id."""

from __future__ import annotations

import pytest

from experiments.measures.published_targets import target


def test_targets_are_found_by_id() -> None:
    assert (target("A7").low, target("A7").high) == (0.14, 0.17)
    assert target("A7").published == "0.155 (0.14 to 0.17)"
    assert target("C14").published == "below 0"
    assert target("E13").low == target("E13").high == 1.59
    assert target("E1", "2010").value == 0.599
    with pytest.raises(KeyError, match="6 targets have id 'E1'"):
        target("E1")
    with pytest.raises(KeyError, match="0 targets"):
        target("Z9")
