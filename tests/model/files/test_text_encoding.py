"""Encodings of text files: read where they are certain, refused where they are a guess."""

from __future__ import annotations

import pytest

from model.files.text_encoding import EncodingError, decode

TABLE = "城市,地区生产总值\n北京市,41610.9\n上海市,44652.8\n"


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("gb18030", "GB18030"),
    ],
)
def test_a_chinese_table_is_the_same_text_in_each(codec: str, name: str) -> None:
    assert decode(TABLE.encode(codec)) == (TABLE, name)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_known_by_its_zero_bytes(codec: str) -> None:
    text = "city,gdp\nBeijing,41610.9\n"
    assert decode(text.encode(codec)) == (text, "UTF-16")


@pytest.mark.parametrize(
    ("data", "said", "row"),
    [
        ("name\nOrléans\n".encode("latin-1"), "byte 0xe9 is not UTF-8 text", 2),
        ("name\nПермь, Россия\n".encode("cp1251"), "byte 0xcf is not UTF-8 text", 2),
        (b"a,b\n1,\0\n", "it holds zero bytes", 2),
        (b"\xef\xbb\xbfa\nb\n\xff", "begins as UTF-8 but is not UTF-8 here", 3),
    ],
)
def test_what_is_not_certain_is_refused_with_its_row(data: bytes, said: str, row: int) -> None:
    with pytest.raises(EncodingError, match=said) as refused:
        decode(data)
    assert refused.value.row == row
