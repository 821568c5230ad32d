"""YAML files of users: small, bounded in time, one sentence each."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml

from model.files import yaml_file
from model.files.toml_file import TomlError
from model.files.yaml_file import read_yaml

LARGE = "l: [" + ",".join(map(str, range(140_000))) + "]\n"


def written(folder: Path, content: bytes | str) -> Path:
    path = folder / "e.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_values_are_read_in_any_form(tmp_path: Path) -> None:
    text = "a: [1, 2.5, yes]\nb: &x {c: 城市}\nd: *x\n"
    value = {"a": [1, 2.5, True], "b": {"c": "城市"}, "d": {"c": "城市"}}
    assert read_yaml(written(tmp_path, text)) == value
    assert read_yaml(written(tmp_path, b"\xef\xbb\xbf" + text.encode())) == value


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML was built without libyaml")
def test_a_large_file_takes_seconds(tmp_path: Path) -> None:
    path = written(tmp_path, LARGE)
    before = time.process_time()
    assert len(read_yaml(path)["l"]) == 140_000
    assert time.process_time() - before < 6  # 19 s with the parser in Python


def test_without_libyaml_a_large_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml_file.yaml, "CSafeLoader", raising=False)
    with pytest.raises(TomlError, match="larger than 100 kB, and PyYAML is here without libyaml: write TOML"):
        read_yaml(written(tmp_path, LARGE))
    assert read_yaml(written(tmp_path, "a: 1")) == {"a": 1}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (" - " * 300_000, "nested too deeply"),
        ("[" * 900_000, "nested too deeply"),
        ("{a: " * 900, "nested too deeply"),
        (b"a: \xff", "byte 3 is not UTF-8 text"),
        ("a: 1\x00", "is not valid YAML"),
        ("a: 2001-99-99", "is not valid YAML"),
        ("a: 1" + "0" * 5000, "is not valid YAML"),
        ("!!python/object:os.system {}", "is not valid YAML"),
        ("? [a]\n: b", "is not valid YAML"),
        ("a: [1", "is not valid YAML: while parsing"),
        ("a: *b", "is not valid YAML: found undefined alias"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, content: bytes | str, said: str) -> None:
    with pytest.raises(TomlError, match=said) as caught:
        read_yaml(written(tmp_path, content))
    assert "\n" not in str(caught.value)
