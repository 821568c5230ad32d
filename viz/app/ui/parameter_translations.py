"""What the model says of parameters and scenarios, in the language of the page; English is its own."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from viz.app.explore.run_options import about, offered
from viz.app.ui.translations import Words

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "parameters"


@functools.cache
def _texts(language: str) -> Mapping[str, Mapping[str, Any]]:
    path = FOLDER / f"{language}.toml"
    if not path.is_file():
        return {"groups": {}, "scenarios": {}, "parameters": {}}
    found: dict[str, dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))
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


def scenario_name(name: str, words: Words) -> str:
    """A scenario in the language of the page, or as the command line calls it."""
    key = f"scenarios.{name}"
    return words(key) if key in words.texts else name


def scenario_meaning(name: str, language: str) -> str:
    """What a scenario of the page is; one of a visitor's own as its file says. KeyError: unknown."""
    meaning = offered()[name].meaning
    return str(_texts(language)["scenarios"].get(name, meaning))


def parameter_group(group: str, language: str) -> str:
    """A group of parameters, ``about(name)["group"]``; an unknown one as it is."""
    return str(_texts(language)["groups"].get(group, group))
