"""The server of the page: Solara behind the request filter, at one address of this machine."""

from __future__ import annotations

import gc
import logging
import os
import socket
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from agents.suggestions import shown
from agents.user_error import UserError
from model.country.country import load_country
from viz.app.explore.border_lines import read_borders
from viz.app.explore.prewarmed_run import PREWARMED
from viz.app.server.message_filter import MAX_BYTES
from viz.app.server.page_scripts import SCRIPTS, check_scripts, knows_scripts
from viz.app.server.session_slots import SLOTS, SPARE, is_loopback
from viz.app.serving_options import BORDERS, CITIES, MAX_SESSIONS, RESULTS, cities_file
from viz.terminal import echo_err

if TYPE_CHECKING:
    import uvicorn

    from viz.app.server.request_filter import RequestFilter

FOLDER = Path("results")  # where the command line writes results
MAX_CITIES = 1000
PING_TIMEOUT = 180.0  # seconds to wait for a browser's answer to a ping: a busy server reads it late
FILE_CONNECTIONS = 200  # connections at once for files of the page


def run(
    host: str = "127.0.0.1",
    port: int = 8765,
    cities: Path | None = None,
    results: Path | None = None,
    max_sessions: int | None = None,
    names: Sequence[str] = (),
    borders: Path | None = None,
) -> None:
    """Serve the page until Ctrl-C.

    Args:
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        cities: Table of cities; None: the shipped one.
        results: Folder whose results the page may open; None: ``results`` in the working folder, if any.
        max_sessions: Browser tabs served at once.
        names: Names under which a proxy serves the page.
        borders: GeoJSON whose lines the map shows.

    Raises:
        UserError: The address is taken, the folder of results is missing, or a number is out of range.
        InputError: The table of cities has mistakes.
    """
    _set_options(cities, results, max_sessions, borders)
    # Mistakes in the table are reported before the server starts.
    country = load_country(cities_file())
    count = len(country.cities)
    if count > MAX_CITIES:
        raise UserError(
            f"the page shows at most {MAX_CITIES:,} cities, not {count:,}: computeleap run has no limit"
        )
    listener = _listen(host, port)
    PREWARMED.prepare(country)
    if not is_loopback(host):
        echo_err(
            f"warning: whoever can reach {host} over the network can use this page and the processor of this "
            "machine; there is no password"
        )
    server = _make_server(listener, host, names)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        echo_err("stopped")
    finally:
        gc.enable()  # if the server did not start
        listener.close()


def _set_options(
    cities: Path | None, results: Path | None, max_sessions: int | None, borders: Path | None
) -> None:
    """Check the options of the page and set the environment that its sessions read. Raises UserError."""
    if borders is not None:
        read_borders(borders)
        os.environ[BORDERS] = str(borders)
    if cities is not None:
        os.environ[CITIES] = str(cities)
    if results is not None and not results.is_dir():
        raise UserError(f"there is no folder {results}: --results must name a folder with results")
    if results is not None:
        os.environ[RESULTS] = str(results)
    elif FOLDER.is_dir():
        os.environ.setdefault(RESULTS, str(FOLDER))
    if max_sessions is not None:
        os.environ[MAX_SESSIONS] = str(max_sessions)
    given = os.environ.get(MAX_SESSIONS, "1")
    if not (given.isascii() and given.isdecimal() and len(given) <= 4 and 1 <= int(given) <= 1000):
        raise UserError(f"{MAX_SESSIONS} cannot be {shown(given)}: it must be a whole number from 1 to 1000")


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    if sys.platform != "win32":  # there it would share a port that is taken
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise UserError(
            f"the page cannot be served at {host}, port {port}: {error.strerror} "
            "(choose another with --host or --port)"
        ) from None
    return listener


def _make_server(listener: socket.socket, host: str, names: Sequence[str]) -> uvicorn.Server:
    # Read when Solara's server is imported.
    os.environ["SOLARA_APP"] = "viz.app.page"
    os.environ["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] = "False"
    if ours := knows_scripts():
        os.environ["SOLARA_ASSETS_PROXY_CACHE_DIR"] = str(SCRIPTS)
    import solara.settings
    import uvicorn
    from solara.server import settings

    settings.telemetry.mixpanel_enable = False
    settings.main.mode = "production"  # files are not watched
    settings.theme.show_banner = False
    warnings.filterwarnings("ignore", "Cookies with samesite=none require https")  # no iframe here
    settings.session.http_only = True
    settings.kernel.cull_timeout = os.environ.get("SOLARA_KERNEL_CULL_TIMEOUT", "1h")
    if not ours:
        check_scripts(settings.assets.proxy_cache_dir, str(solara.settings.assets.cdn))
    bound, port = listener.getsockname()[:2]
    name = f"[{bound}]" if ":" in bound else bound
    # Solara would take both from the first request, whoever sends it.
    settings.main.root_path = settings.main.root_path or ""
    settings.main.base_url = settings.main.base_url or f"http://{name}:{port}{settings.main.root_path}/"
    logging.getLogger("uvicorn.error").addFilter(_without_traceback)

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            gc.enable()
            if self.started:
                print(f"ComputeLeap is at http://{name}:{port} (Ctrl-C stops it)", flush=True)

    config = uvicorn.Config(
        _filtered_app(host, names),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
        server_header=False,
        ws_max_size=MAX_BYTES,
        ws_ping_interval=30.0,
        ws_ping_timeout=PING_TIMEOUT,
        limit_concurrency=SLOTS.capacity + SPARE + FILE_CONNECTIONS,
    )
    return Server(config)


def _filtered_app(host: str, names: Sequence[str]) -> RequestFilter:
    """Return Solara's application behind the request filter."""
    from solara.server import kernel_context, settings
    from solara.server.kernel_context import contexts
    from solara.server.server import get_session_id_cookie
    from solara.server.starlette import app

    from viz.app.server.request_filter import App, RequestFilter

    kernel_context.current_context = ThreadSlots(kernel_context.current_context)
    inner = cast(App, app)
    return RequestFilter(inner, contexts, get_session_id_cookie, settings.assets.proxy_cache_dir, host, names)


class ThreadSlots(dict[str, Any]):
    """The session that each thread works for.

    Solara lists the threads of a session that closes and removes them one by one; a thread that ends in the
    meantime has already removed itself, which is not an error.
    """

    def __delitem__(self, thread: str) -> None:
        """Remove a thread if it is listed."""
        self.pop(thread, None)


def _without_traceback(record: logging.LogRecord) -> bool:
    """Drop the traceback of a browser's mistake."""
    if record.msg == "Invalid UTF-8 sequence received from client.":
        record.exc_info = None
    return True
