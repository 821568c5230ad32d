"""Names and meanings of parameters and scenarios in the language of the page; the model's own are English."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path

from viz.app.model_catalogue import available_scenarios, parameter_info
from viz.app.ui.translations import Translator

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "parameters"


@functools.cache
def _translations(language: str, table: str) -> Mapping[str, object]:
    path = FOLDER / f"{language}.toml"
    found: dict[str, dict[str, object]] = (
        tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    )
    return found.get(table, {})


def parameter_name(name: str, language: str) -> str:
    """Return ``talent mobility`` for ``talent_mobility``. Raises ParameterError for an unknown one."""
    parameter_info(name)
    found = _translations(language, "parameters").get(name)
    return str(found[0]) if isinstance(found, list) else name.replace("_", " ")


def parameter_meaning(name: str, language: str) -> str:
    """Return the meaning of a parameter. Raises ParameterError for an unknown one."""
    meaning = str(parameter_info(name)["meaning"])
    found = _translations(language, "parameters").get(name)
    return str(found[1]) if isinstance(found, list) else meaning


def scenario_name(name: str, tr: Translator) -> str:
    """Return a scenario's name in the language of the page, or its name on the command line."""
    return tr.texts.get(f"scenarios.{name}", name)


def scenario_meaning(name: str, language: str) -> str:
    """Return the meaning of a scenario; that of an extension as its file says it. KeyError: unknown."""
    meaning = available_scenarios()[name].meaning
    return str(_translations(language, "scenarios").get(name, meaning))


def parameter_group(group: str, language: str) -> str:
    """Return the name of a group of parameters; an unknown one as it is."""
    return str(_translations(language, "groups").get(group, group))


def parameter_unit(name: str, language: str) -> str:
    """Return the unit of a parameter; one of an extension as its file says it. ParameterError: unknown."""
    unit = str(parameter_info(name)["unit"])
    return str(_translations(language, "units").get(unit, unit))


def parameter_source(name: str, language: str) -> str:
    """Return the source of a parameter; references keep the language of their title."""
    source = str(parameter_info(name)["source"])
    word = source[: next((k for k, letter in enumerate(source) if not letter.isalpha()), len(source))]
    known = _translations(language, "sources").get(word)
    return f"{known}{source[len(word) :]}" if known else source
