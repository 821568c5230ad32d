"""TOML files of users: each failure is one sentence."""

from __future__ import annotations

import pytest

from model.files import toml_file
from model.files import user_tables as tables
from model.files.toml_file import TomlError, read_toml
from model.files.user_tables import InputError, check_file


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a = " + b"[" * 5_000, "it is not valid TOML: its lists and tables are nested too deeply"),
        (b"a = " + b"9" * 5_000, "it is not valid TOML: a number in it has too many digits"),
        (b"a = 1\n" * 200_000, "it is larger than 1 MB"),
        (b"\n" * 50_001, "it has more than 50,000 lines"),
        (b"a" + b".a" * 100_000 + b" = 1", "a key or text in it has more than 500 dots"),
        (b"a = '\xff'", "it is not TOML: byte 5 is not UTF-8 text; save it as UTF-8"),
    ],
)
def test_a_toml_file_that_cannot_be_is_one_sentence(tmp_path, content, said):
    (tmp_path / "a.toml").write_bytes(content)
    with pytest.raises(TomlError) as caught:
        read_toml(tmp_path / "a.toml")
    assert str(caught.value) == said


def test_a_byte_order_mark_is_left_aside(tmp_path):
    (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbfa = 1")
    assert read_toml(tmp_path / "a.toml") == {"a": 1}


def test_a_file_that_fails_while_it_is_read_says_why(tmp_path, monkeypatch):
    (tmp_path / "a.toml").write_text("a = 1", encoding="utf-8")

    def failing(path):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(toml_file.Path, "read_bytes", failing)
    with pytest.raises(TomlError, match="it cannot be read: Input/output error"):
        read_toml(tmp_path / "a.toml")
    monkeypatch.setattr(tables, "check_place", lambda *_: failing(""))
    with pytest.raises(InputError, match="cannot be read: Input/output error"):
        check_file(tmp_path / "a.toml")
