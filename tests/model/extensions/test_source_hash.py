"""Hashes of extensions: which changes of text, helpers, numbers and data they follow."""

from __future__ import annotations

import pytest

from agents.firm import Firm
from agents.rules import Rules
from model import AgentKind, Column, Extension
from model.extensions.extended_model import extended
from model.extensions.extension import ExtensionError
from model.extensions.loading import load_extension
from model.extensions.source_hash import functions_of, source_hash


def test_the_hash_follows_text_helpers_numbers_and_data(folder):
    def hash_now():
        return source_hash(load_extension("mine.py")[0])

    text = (folder / "mine.py").read_text(encoding="utf-8")
    first = hash_now()
    assert hash_now() == first
    seen = {first}
    changes = (
        ("mine.py", text.replace("0.0, 1.0", "0.0, 2.0")),
        ("mine.py", text.replace("return quality", "return 2.0 * quality")),
        ("helper_of_mine.py", "def half(x):\n    return 0.6 * x\n"),
        ("table.csv", "a,b,c\n"),
    )
    for name, changed in changes:
        (folder / name).write_text(changed, encoding="utf-8")
        seen.add(hash_now())
    assert len(seen) == 1 + len(changes)
    (folder / "table.csv").unlink()
    with pytest.raises(ExtensionError, match=r"files names .*table.csv, which does not exist"):
        hash_now()


def scaled(factor):
    def quality(quality):
        return factor * quality

    return quality


def test_the_hash_follows_what_a_function_captured():
    made = [Extension("x", rules=scaled(factor)) for factor in (1.0, 2.0, 2.0)]
    assert source_hash(made[0]) != source_hash(made[1])
    assert source_hash(made[1]) == source_hash(made[2])


def test_the_fingerprint_is_of_all_extensions():
    one, two = Extension("one"), Extension("two")
    assert extended([one, two]).fingerprint == f"{source_hash(one)}-{source_hash(two)}"
    facts = extended(one).facts(extended(one).parameters())
    assert facts == [
        {"name": "one", "source": one.place, "hash": source_hash(one), "parameters": {}, "described": []}
    ]


def test_functions_of_an_extension_are_all_its_code():
    kind = AgentKind("banks", "bank_", [Column("size", "m", "")], lambda: {"size": [1.0]})
    one = Extension(
        "x", rules=scaled(1.0), calls={"award_tender": scaled}, agents=kind, prepare=hash, faces=[Firm]
    )
    assert {*functions_of(one)} >= {one.rules["quality"], scaled, kind.start, hash, Firm}
    assert functions_of(Rules(quality=one.rules["quality"])) == [one.rules["quality"]]
