"""Read a user's small YAML files, in bounded time, with one sentence for each failure."""

from __future__ import annotations

from pathlib import Path

import yaml

from model.files.toml_file import TomlError, read_small

MOST_DEEP = 100  # lists and tables within each other: the parser in C takes the stack of the process for each
MOST_SLOW = 100_000  # bytes for the parser in Python, where PyYAML has none in C


class YamlError(TomlError):
    """A file that is not valid YAML; the text says why, without the file's name."""


def read_yaml(path: str | Path) -> object:
    """Return the value of a YAML file of at most 1 MB. Raises TomlError."""
    content = read_small(path)
    compiled = getattr(yaml, "CSafeLoader", None)
    if compiled is None and len(content) > MOST_SLOW:
        raise YamlError(
            f"it is larger than {MOST_SLOW / 1e3:g} kB, and PyYAML is here without libyaml: write TOML"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise YamlError(f"byte {error.start} is not UTF-8 text; save it as UTF-8") from None
    loader = compiled or yaml.SafeLoader
    try:
        _check_depth(loader(text))
        reader = loader(text)
        try:
            return reader.get_single_data()
        finally:
            reader.dispose()
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, YamlError):
            raise
        raise YamlError(f"it is not valid YAML: {' '.join(str(error).split())}") from None


def _check_depth(events: yaml.SafeLoader) -> None:
    """Refuse lists and tables that are nested too deeply."""
    depth = 0
    try:
        while events.check_event():
            event = events.get_event()
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MOST_DEEP:
                raise YamlError("it is not valid YAML: its lists and tables are nested too deeply")
    finally:
        events.dispose()
