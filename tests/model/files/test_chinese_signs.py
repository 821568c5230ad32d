"""Traditional characters become simplified ones."""

from __future__ import annotations

import pytest

from model.files.chinese_signs import simplified


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("廣東省東莞市", "广东省东莞市"),
        ("地區生產總值（億元）", "地区生产总值（亿元）"),
        ("北京市", "北京市"),
        ("GDP, 2022", "GDP, 2022"),
    ],
)
def test_names_and_headings(text, wanted):
    assert simplified(text) == wanted
    assert simplified(wanted) == wanted
