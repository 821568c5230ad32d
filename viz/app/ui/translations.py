"""Texts of the page in English and Chinese, from files with the same keys."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "translations"
LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "English", "zh": "中文"})


@dataclass(frozen=True)
class Translator:
    """The texts of one language: ``tr("controls.play")`` is text; keywords fill its ``{name}``."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return the text of a key. Raises KeyError for a key that no file has."""
        return self.texts[key].format_map(values) if values else self.texts[key]

    def section(self, name: str, keys: Iterable[str]) -> dict[str, str]:
        """Return texts by key, without the name of the section that holds them."""
        return {key: self(f"{name}.{key}") for key in keys}

    def date(self, date: str) -> str:
        """Return a date such as 2016Q2 in the words of the language."""
        year, _, quarter = date.partition("Q")
        return self("date", year=year, quarter=quarter) if quarter else date

    @property
    def city_column(self) -> str:
        """Column of the table of cities with their names in this language."""
        return f"name_{self.language}"


@functools.cache
def translator(language: str) -> Translator:
    """Return the texts of ``en`` or ``zh``. Raises KeyError for another language."""
    LANGUAGES[language]
    texts: dict[str, str] = {}
    for path in sorted(FOLDER.glob(f"*{language}.toml")):
        texts.update(_flat(tomllib.loads(path.read_text(encoding="utf-8"))))
    return Translator(language, MappingProxyType(texts))


def _flat(table: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, Mapping):
            pairs += _flat(value, f"{prefix}{key}.")
        else:
            pairs.append((prefix + key, str(value)))
    return pairs
