"""The command ``computeleap app``: the model in the browser."""

from __future__ import annotations

import gc
import importlib.util
from pathlib import Path
from typing import Annotated

from agents.user_error import UserError
from viz.cli.options import CitiesFile, Extensions, option


def app_page(
    host: Annotated[str, option("Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, option("Port to listen on.", min=0, max=65535)] = 8765,
    cities: CitiesFile = None,
    results: Annotated[
        Path | None,
        option("Folder with results that the page may open.", default="results", metavar="FOLDER"),
    ] = None,
    max_sessions: Annotated[
        int | None, option("Browser tabs served at once.", default="8", min=1, max=1000)
    ] = None,
    allowed_host: Annotated[
        list[str] | None, option("Name under which a proxy serves the page; repeatable.", metavar="NAME")
    ] = None,
    borders: Annotated[
        Path | None,
        option(
            "Map of borders to show, with its approval_number; without it the map shows none.",
            metavar="FILE.geojson",
        ),
    ] = None,
    extension: Extensions = None,
) -> None:
    """Open the model in the browser."""
    if importlib.util.find_spec("solara") is None:
        raise UserError("the page in the browser needs Solara: pip install 'computeleap[app]'")
    if extension:
        from viz.app.model_catalogue import serve_extensions

        serve_extensions(extension)
    gc.disable()  # until the server is up: loading modules leaves nothing to collect
    from viz.app.server.server import run

    run(host, port, cities, results, max_sessions, allowed_host or (), borders)
