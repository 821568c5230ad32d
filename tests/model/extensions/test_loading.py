"""Extensions by name: modules and files, what goes wrong in them, and what workers are sent."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

from model import Extension
from model.extensions.extended_model import extended
from model.extensions.extension import ExtensionError
from model.extensions.loading import absolute, load_extension, load_extensions
from model.extensions.source_hash import source_hash
from tests import ROOT

TEXT = """
from helper_of_mine import half
from model import Extension, Parameter, Rules

def own_intensity(research_spending, own_rate):
    return half(research_spending) * own_rate

def unread(quality):
    return quality

extension = Extension(
    "mine", rules=own_intensity, parameters=Parameter("own_rate", 0.5, 0.0, 1.0, "1/money", "a rate"),
    files="table.csv",
)
several = [extension, Extension("none")]
rules = Rules(own_intensity=own_intensity)
number = 3
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a file, a module beside it and a table."""
    (tmp_path / "mine.py").write_text(TEXT, encoding="utf-8")
    (tmp_path / "helper_of_mine.py").write_text("def half(x):\n    return 0.5 * x\n", encoding="utf-8")
    (tmp_path / "table.csv").write_text("a,b\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    sys.modules.pop("helper_of_mine", None)
    sys.path[:] = [path for path in sys.path if path != str(tmp_path)]


def test_a_file_or_a_module_is_named(folder):
    (one,) = load_extension("mine.py:extension")
    assert one.name == "mine"
    assert load_extension("mine.py") == (one,)
    assert load_extension("mine.py:extension", folder) == (one,)
    assert one.place == f"{folder / 'mine.py'}:11"
    assert one.source == (f"{folder / 'mine.py'}:extension", 0)
    (same,) = load_extension("mine:extension")
    assert same.name == "mine"
    assert [made.name for made in load_extensions(["mine.py:several"])] == ["mine", "none"]
    assert load_extension("mine.py:rules")[0].rules.keys() == {"own_intensity"}
    assert load_extension("mine.py:own_intensity")[0].rules.keys() == {"own_intensity"}
    assert absolute("mine.py:extension") == f"{folder / 'mine.py'}:extension"
    assert absolute("mine:extension") == "mine:extension"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("other.py:extension", "other.py: there is no such file"),
        ("nomodule:extension", "there is no module nomodule in "),
        ("mine.py:extention", "mine.py has no extention; did you mean extension"),
        ("mine.py:number", "must be an Extension, Rules or a rule, not int"),
        (":extension", "write module:attribute or path/to/file.py:attribute"),
        ("syntax.py", "syntax.py:2: "),
        ("raises.py", "raises.py:2 cannot be run: ZeroDivisionError: division by zero"),
        ("imports.py", "imports.py:1 needs the module nosuchthing, which is not installed"),
        ("wrong.py", "name cannot be 3: it may hold only letters, digits, _ and -"),
    ],
)
def test_what_cannot_be_loaded_is_one_sentence(folder, name, said):
    (folder / "syntax.py").write_text("x = 1\ndef (:\n", encoding="utf-8")
    (folder / "raises.py").write_text("x = 0\ny = 1 / x\n", encoding="utf-8")
    (folder / "imports.py").write_text("import nosuchthing\n", encoding="utf-8")
    (folder / "wrong.py").write_text(
        "from model import Extension\nextension = Extension(3)\n", encoding="utf-8"
    )
    with pytest.raises(ExtensionError) as caught:
        load_extension(name)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_copies_are_loaded_by_name(folder):
    (one,) = load_extension("mine.py:extension")
    assert pickle.loads(pickle.dumps(one)) is one
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import pickle, sys; one = pickle.load(sys.stdin.buffer); print(one.name, one.source[0])",
        ],
        input=pickle.dumps(one),
        capture_output=True,
        cwd=folder.parent,
        check=True,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.decode().split() == ["mine", f"{folder / 'mine.py'}:extension"]


def test_the_hash_follows_text_helpers_numbers_and_data(folder):
    def hash_now():
        for name in [name for name in sys.modules if "mine" in name and name != __name__]:
            del sys.modules[name]
        load_extension.__globals__["_loaded"].cache_clear()
        import linecache

        linecache.clearcache()
        return source_hash(load_extension("mine.py")[0])

    first = hash_now()
    assert hash_now() == first
    seen = {first}
    changes = (
        ("mine.py", TEXT.replace("0.0, 1.0", "0.0, 2.0")),
        ("mine.py", TEXT.replace("return quality", "return 2.0 * quality")),
        ("helper_of_mine.py", "def half(x):\n    return 0.6 * x\n"),
        ("table.csv", "a,b,c\n"),
    )
    for name, text in changes:
        (folder / name).write_text(text, encoding="utf-8")
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
