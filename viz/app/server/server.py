"""The server of the page: one address on this machine, Solara behind it."""

from __future__ import annotations

import gc
import logging
import os
import socket
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agents.suggestions import shown
from agents.user_error import UserError
from viz.app.explore.prewarmed_run import READY
from viz.app.explore.simulation import load_country
from viz.app.server.message_filter import MOST_BYTES
from viz.app.server.process_memory import share_heaps
from viz.app.server.session_slots import MOST_SESSIONS, SESSIONS, SPARE, is_loopback
from viz.terminal import echo_err

CITIES = "COMPUTELEAP_CITIES"  # environment: table of cities of the server
RESULTS = "COMPUTELEAP_RESULTS"  # environment: folder whose results the page may open
FOLDER = Path("results")  # where the command line writes results
MOST_CITIES = 1000
PONG = 180.0  # seconds in which a browser's sign of life is waited for: a busy server hears it late
OTHERS = 200  # connections at once besides those of sessions: files of the page


def run(
    host: str = "127.0.0.1",
    port: int = 8765,
    cities: Path | None = None,
    results: Path | None = None,
    most_sessions: int | None = None,
    names: Sequence[str] = (),
) -> None:
    """Serve the page until Ctrl-C. Port 0 takes a free one.

    ``results`` is the folder whose results the page may open, ``most_sessions`` how many browser tabs it
    serves at once, ``names`` those under which a proxy serves it.

    Raises UserError if the address cannot be had or the environment is wrong, InputError of model.files.user_tables for
    a bad table of cities.
    """
    if cities is not None:
        os.environ[CITIES] = str(cities)
    if results is not None and not results.is_dir():
        raise UserError(f"there is no folder {results}: --results names one that holds results")
    if results is not None:
        os.environ[RESULTS] = str(results)
    elif FOLDER.is_dir():
        os.environ.setdefault(RESULTS, str(FOLDER))
    if most_sessions is not None:
        os.environ[MOST_SESSIONS] = str(most_sessions)
    given = os.environ.get(MOST_SESSIONS, "1")
    if not (given.isascii() and given.isdecimal() and len(given) <= 4 and 1 <= int(given) <= 1000):
        raise UserError(f"{MOST_SESSIONS} cannot be {shown(given)}: it must be a whole number from 1 to 1000")
    # Mistakes in the table come before the server.
    country = load_country(os.environ.get(CITIES))
    count = len(country.cities)
    if count > MOST_CITIES:
        raise UserError(
            f"the page shows at most {MOST_CITIES:,} cities, not {count:,}: computeleap run has no limit"
        )
    listener = _listen(host, port)
    READY.prepare(country)
    if not is_loopback(host):
        echo_err(
            f"warning: whoever can reach {host} over the network can use this page and the processor of this "
            "machine; there is no password"
        )
    share_heaps()
    server = _make_server(listener, host, names)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        echo_err("stopped")
    finally:
        gc.enable()  # if it never came up
        listener.close()


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
            "(--host and --port name others)"
        ) from None
    return listener


def _make_server(listener: socket.socket, host: str, names: Sequence[str]) -> Any:
    # Read when Solara's server is imported.
    os.environ["SOLARA_APP"] = "viz.app.page"
    os.environ["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] = "False"
    import uvicorn
    from solara.server import settings

    settings.telemetry.mixpanel_enable = False
    settings.main.mode = "production"  # no watching of files
    settings.theme.show_banner = False
    warnings.filterwarnings("ignore", "Cookies with samesite=none require https")  # no iframe here
    settings.session.http_only = True
    settings.kernel.cull_timeout = os.environ.get("SOLARA_KERNEL_CULL_TIMEOUT", "1h")
    if not any(settings.assets.proxy_cache_dir.glob("@widgetti")):
        echo_err("the page's scripts come from the network; pip install solara-assets makes it work without")
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

    return Server(
        uvicorn.Config(
            _guarded(host, names), log_level="warning", access_log=False, timeout_graceful_shutdown=2,
            server_header=False, ws_max_size=MOST_BYTES, ws_ping_interval=30.0, ws_ping_timeout=PONG,
            limit_concurrency=SESSIONS.most + SPARE + OTHERS,
        )
    )  # fmt: skip


def _guarded(host: str, names: Sequence[str]) -> Any:
    """Solara behind the gate."""
    from solara.server import kernel_context, settings
    from solara.server.kernel_context import contexts
    from solara.server.server import get_session_id_cookie
    from solara.server.starlette import app

    from viz.app.server.request_filter import Guard

    kernel_context.current_context = ThreadSlots(kernel_context.current_context)
    return Guard(app, contexts, get_session_id_cookie, settings.assets.proxy_cache_dir, host, names)


class ThreadSlots(dict[str, Any]):
    """Which session a thread works for.

    Solara lists the threads of a session that closes and removes them one by one; one that ends meanwhile has
    removed itself, which is no error.
    """

    def __delitem__(self, thread: str) -> None:
        """Remove a thread, if it is there."""
        self.pop(thread, None)


def _without_traceback(record: logging.LogRecord) -> bool:
    """What a browser sends wrongly is no fault of the server's."""
    if record.msg == "Invalid UTF-8 sequence received from client.":
        record.exc_info = None
    return True
