"""What the page says, in English and Chinese: files of words with the same keys."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "words"
LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "English", "zh": "中文"})


@dataclass(frozen=True)
class Words:
    """The words of one language: ``words("controls.play")`` is text; keywords fill its ``{name}``."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key. Raises KeyError for a key that no file has."""
        return self.texts[key].format_map(values) if values else self.texts[key]


@functools.cache
def words_of(language: str) -> Words:
    """The words of ``en`` or ``zh``. Raises KeyError for another language."""
    LANGUAGES[language]
    texts: dict[str, str] = {}
    for path in sorted(FOLDER.glob(f"*{language}.toml")):
        texts.update(_flat(tomllib.loads(path.read_text(encoding="utf-8"))))
    return Words(language, MappingProxyType(texts))


def _flat(table: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, Mapping):
            pairs += _flat(value, f"{prefix}{key}.")
        else:
            pairs.append((prefix + key, str(value)))
    return pairs
