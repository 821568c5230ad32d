"""Environment variables that carry the options of the server to the modules that Solara imports."""

from __future__ import annotations

import os

CITIES = "COMPUTELEAP_CITIES"  # table of cities to show in place of the shipped one
RESULTS = "COMPUTELEAP_RESULTS"  # folder whose results the page may open
BORDERS = "COMPUTELEAP_BORDERS"  # GeoJSON whose lines the map shows
MAX_SESSIONS = "COMPUTELEAP_MOST_SESSIONS"  # browser tabs at once
OPENS_AT = "COMPUTELEAP_OPENS_AT"  # year to whose end the first run is shown; empty: the start of 2005
EXTENSIONS = "COMPUTELEAP_EXTENSIONS"  # extensions of the model, one a line
DEFAULT_SESSIONS = 8  # each holds three runs of the country, some 100 MB


def cities_file() -> str | None:
    """Return the path of the user's table of cities, or None for the shipped one."""
    return os.environ.get(CITIES) or None


def borders_file() -> str:
    """Return the path of the user's map of borders, or ""."""
    return os.environ.get(BORDERS, "")


def max_sessions() -> int:
    """Return how many browser tabs the server admits at once."""
    return int(os.environ.get(MAX_SESSIONS, DEFAULT_SESSIONS))


def extension_names() -> tuple[str, ...]:
    """Return the names of the extensions that the server was started with."""
    return tuple(os.environ.get(EXTENSIONS, "").splitlines())


def opens_at() -> str:
    """Return the date to which the first run of a page is run, or "" for its start."""
    return os.environ.get(OPENS_AT, "2030")
