"""Extensions by name: modules and files, what goes wrong in them, and what workers are sent."""

from __future__ import annotations

import importlib
import pickle
import subprocess
import sys
import types

import pytest

from model.extensions.extended_model import extended
from model.extensions.extension import Extension, ExtensionError
from model.extensions.loading import absolute, load_extension, load_extensions, name_of
from tests import ROOT


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


def test_an_extension_that_a_module_holds_has_a_name(folder, monkeypatch):
    monkeypatch.syspath_prepend(folder)  # first, so that nothing of the folder is on the path afterwards
    (one,) = load_extension("mine.py:extension")
    assert name_of(one) == f"{folder / 'mine.py'}:extension"
    (folder / "held.py").write_text((folder / "mine.py").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "imports_held.py").write_text("from held import *\n", encoding="utf-8")
    held = importlib.import_module("imports_held") and sys.modules["held"]
    try:
        for attribute in ("extension", "rules", "own_intensity"):
            assert name_of(getattr(held, attribute)) == f"{folder / 'held.py'}:{attribute}"
        assert load_extension(name_of(held.extension))[0].rules.keys() == {"own_intensity"}
        with pytest.raises(ExtensionError, match="worker processes cannot find none: make it a variable of"):
            name_of(held.several[1])
    finally:
        del sys.modules["held"], sys.modules["imports_held"]
    with pytest.raises(ExtensionError, match="extension cannot be a int: it is an Extension, Rules, a rule"):
        name_of(3)


def test_what_the_running_script_holds_has_no_name(monkeypatch):
    script = types.ModuleType("__main__")
    script.extension = Extension("mine")
    monkeypatch.setitem(sys.modules, "__main__", script)
    with pytest.raises(ExtensionError, match=r"worker processes cannot find mine: .* other than the script"):
        name_of(script.extension)


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


def test_an_edited_file_is_read_again(folder):
    (before,) = load_extension("mine.py")
    assert load_extension("mine.py") == (before,)
    (folder / "helper_of_mine.py").write_text("def half(x):\n    return 0.4 * x\n", encoding="utf-8")
    (after,) = load_extension("mine.py")
    assert after is not before
    assert after.rules["own_intensity"](10.0, 1.0) == 4.0
    text = (folder / "mine.py").read_text(encoding="utf-8")
    (folder / "mine.py").write_text(text.replace("* own_rate", "+ own_rate"), encoding="utf-8")
    (after,) = load_extension("mine.py")
    assert after.rules["own_intensity"](10.0, 1.0) == 5.0
    assert load_extension("mine.py") == (after,)


def test_a_module_is_read_again_too(folder):
    sys.path.append(str(folder))
    sys.modules.pop("mine", None)  # of another test
    (before,) = load_extension("mine:extension")
    text = (folder / "mine.py").read_text(encoding="utf-8")
    (folder / "mine.py").write_text(text.replace("* own_rate", "+ own_rate"), encoding="utf-8")
    (after,) = load_extension("mine:extension")
    assert (before.rules["own_intensity"](10.0, 1.0), after.rules["own_intensity"](10.0, 1.0)) == (5.0, 6.0)
    sys.modules.pop("mine")


def test_a_worker_with_another_text_refuses(folder):
    (one,) = load_extension("mine.py:extension")
    sent = pickle.dumps(one)
    (folder / "table.csv").write_text("a,c\n", encoding="utf-8")
    with pytest.raises(ExtensionError, match="its file was edited while runs with it were under way"):
        pickle.loads(sent)


def test_a_value_whose_file_was_edited_since_its_import_is_refused(folder, monkeypatch):
    monkeypatch.syspath_prepend(folder)
    import mine

    text = (folder / "mine.py").read_text(encoding="utf-8")
    (folder / "mine.py").write_text(text + "# more\n", encoding="utf-8")
    with pytest.raises(ExtensionError, match="its file was edited after it was imported: import it again"):
        extended(mine.extension)
    sys.modules.pop("mine")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "@wraps\ndef wage(below):\n    return below\n",
            r"mine.py:2: wage is marked @wraps, and no .* by rules=",
        ),
        (
            "def prepare(state):\n    pass\n",
            r"mine.py:2: prepare looks like .* no extension of the file .* prepare=",
        ),
    ],
)
def test_what_a_file_makes_and_no_extension_holds_is_told(tmp_path, text, said):
    file = tmp_path / "mine.py"
    head = "from model import Extension, wraps\n"
    file.write_text(f"{head}{text}extension = Extension('mine')\n", encoding="utf-8")
    with pytest.raises(ExtensionError, match=said):
        load_extension(str(file))
    held = "rules=wage" if "wage" in text else "prepare=prepare"
    file.write_text(f"{head}{text}extension = Extension('mine', {held})\n", encoding="utf-8")
    assert load_extension(str(file))[0].name == "mine"
