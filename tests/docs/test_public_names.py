"""``help()`` of each public name is complete: what it is, shapes of arrays, meaning of numbers, errors.

Public are the names on the pages of docs/api and those in the ``__all__`` of a package.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import textwrap
from typing import Any

import pytest

from tests import ROOT

ARRAYS = re.compile(r"ArrayLike|NDArray|ndarray|Floats|Integers|Flags|Matrix")
NUMBERS = re.compile(r"^(int|float)( \| None)?$")
# (T, C), shape (n,), "one for each row", "an array with …", "for each city" and the like.
SHAPE = re.compile(r"\([\w+ ]+,[\w+ ,]*\)|\bshape|\beach\b|\bone per\b|matrix of|square")
ERROR = re.compile(r"^[A-Z]\w*(Error|Exception)$")


def named() -> dict[str, Any]:
    """Public names, as the pages write them, with what they stand for."""
    found = {}
    for page in sorted((ROOT / "docs/api").glob("*.md")):
        for path in re.findall(r"^::: (\S+)", page.read_text(encoding="utf-8"), re.MULTILINE):
            module, _, name = path.rpartition(".")
            found[path] = getattr(importlib.import_module(module), name)
    return found


NAMES = named()
PACKAGES = ("model", "experiments.sweep", "experiments.validation", "experiments")


def functions() -> dict[str, Any]:
    """Public functions, and public methods of public classes, that are written here."""
    found = {}
    for path, thing in NAMES.items():
        if inspect.isfunction(thing):
            found[path] = thing
        elif inspect.isclass(thing):
            for name, member in vars(thing).items():
                member = member.fget if isinstance(member, property) else member
                if inspect.isfunction(member) and not name.startswith("_"):
                    found[f"{path}.{name}"] = member
    return found


FUNCTIONS = functions()


def said(path: str, thing: Any) -> str:
    """The docstring; a method's class speaks for it too."""
    text = inspect.getdoc(thing) or ""
    owner = NAMES.get(path.rpartition(".")[0])
    return text + "\n" + (inspect.getdoc(owner) or "" if inspect.isclass(owner) else "")


def test_what_packages_offer_is_documented():
    assert len(NAMES) > 80
    documented = {id(thing) for thing in NAMES.values()}
    for package in PACKAGES:
        module = importlib.import_module(package)
        for name in module.__all__:
            thing = getattr(module, name)
            if callable(thing):
                assert id(thing) in documented, f"{package}.{name}"


@pytest.mark.parametrize("path", [*NAMES, *FUNCTIONS])
def test_there_is_a_summary(path):
    thing = NAMES.get(path, FUNCTIONS.get(path))
    text = inspect.getdoc(thing) or ""
    first = text.split("\n\n")[0]
    assert len(first.split()) >= 3, f"{path}: {first!r}"
    assert first.rstrip().endswith((".", ":", "]", ").")) or "." in first, f"{path}: {first!r}"
    assert not (inspect.isclass(thing) and text.startswith(f"{thing.__name__}(")), (
        f"{path} has none of its own"
    )


@pytest.mark.parametrize("path", FUNCTIONS)
def test_arrays_have_shapes_and_numbers_a_meaning(path):
    function = FUNCTIONS[path]
    text = said(path, function)
    for name, parameter in inspect.signature(function).parameters.items():
        kind = parameter.annotation if isinstance(parameter.annotation, str) else ""
        if ARRAYS.search(kind):
            assert SHAPE.search(text), f"{path}: no shape of {name}"
        if NUMBERS.match(kind):
            stem = name.split("_")[0]
            assert re.search(rf"\b{re.escape(stem)}", text), f"{path}: nothing on {name}"


def raised(function: Any) -> set[str]:
    """Names of the errors that the function's own text raises."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and node.exc is not None:
            error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            name = error.attr if isinstance(error, ast.Attribute) else getattr(error, "id", "")
            if ERROR.match(name):
                found.add(name)
    return found


@pytest.mark.parametrize("path", FUNCTIONS)
def test_errors_are_named(path):
    function = FUNCTIONS[path]
    text = said(path, function)
    missing = [name for name in raised(function) if name not in text and name != "AttributeError"]
    assert not missing, f"{path} raises {', '.join(missing)} and does not say so"


def test_the_checks_see_what_is_missing():
    def silent(values, share: float):
        """Do something."""
        raise ValueError("always")

    assert raised(silent) == {"ValueError"}
    assert SHAPE.search("an array (T, C)")
    assert not SHAPE.search("an array of values")
