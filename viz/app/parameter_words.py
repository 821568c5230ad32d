"""Names and meanings of parameters in the language of the page; the English ones are the model's own."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path

from viz.app.choice import about

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "parameters"


@functools.cache
def _texts(language: str) -> Mapping[str, Mapping[str, list[str]]]:
    path = FOLDER / f"{language}.toml"
    if not path.is_file():
        return {"groups": {}, "parameters": {}}
    found: dict[str, dict[str, list[str]]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return found


def parameter_name(name: str, language: str) -> str:
    """``talent_mobility`` is "talent mobility" in English. Raises ParameterError for an unknown one."""
    about(name)
    found = _texts(language)["parameters"].get(name)
    return found[0] if found else name.replace("_", " ")


def parameter_meaning(name: str, language: str) -> str:
    """What it means. Raises ParameterError for an unknown one."""
    meaning = str(about(name)["meaning"])
    found = _texts(language)["parameters"].get(name)
    return found[1] if found else meaning


def parameter_group(group: str, language: str) -> str:
    """A group of parameters, ``about(name)["group"]``; an unknown one as it is."""
    return str(_texts(language)["groups"].get(group, group))
