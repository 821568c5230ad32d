"""Filter of requests in front of Solara: allowed names, origins and paths, and the headers of every answer.

Solara's server is made for many kinds of apps: it also proxies a content network, reports its internal state,
takes the address of the page from headers of the request, and closes any kernel that a request names. The
filter passes on only what the page needs and answers everything else itself.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import secrets
import socket
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Required, TypedDict
from urllib.parse import parse_qs, urlsplit

import anyio
import anyio.to_thread

from viz.app.server.message_filter import NAME, RefusedError, filter_message
from viz.app.server.page_scripts import SCRIPTS
from viz.app.server.session_slots import SLOTS, SPARE, is_loopback, server_full_text
from viz.terminal import echo_err

if TYPE_CHECKING:
    from solara.server.kernel_context import VirtualKernelContext


class Message(TypedDict, total=False):
    """A scope or an event of ASGI, with the keys that are read or written here."""

    type: Required[str]
    path: str
    method: str
    query_string: bytes
    headers: list[tuple[bytes, bytes]]
    extensions: Mapping[str, object]
    status: int
    body: bytes
    more_body: bool
    text: str | bytes | None
    code: int


Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
MAX_REFUSED = 50  # messages of a connection that are dropped before it is closed
RECONNECT_SECONDS = 60.0  # in which a session that lost its connection keeps its slot
MAX_PATH_LENGTH = 300  # characters
KERNEL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
SOCKET = re.compile(r"/jupyter/api/kernels/([^/]*)/channels\Z")
CLOSING = re.compile(r"/_solara/api/close/([^/]*)\Z")
# Files of the page: its own, two extensions of Jupyter's widgets, and four packages.
FILES = re.compile(
    r"/(static/(assets/)?|jupyter/nbextensions/jupyter-(vue|vuetify)/)[A-Za-z0-9_./-]+\.[a-z0-9]+\Z"
)
CDN = "/_solara/cdn/"
PACKAGES = re.compile(
    r"(@widgetti/solara-vuetify-app@[0-9.]+|font-awesome@[0-9.]+|requirejs@[0-9.]+|echarts@[0-9.]+)"
    r"/[A-Za-z0-9_./-]+\.(js|css|map|woff2?|ttf|eot|svg)\Z"
)
# Headers from which Solara would take its own address; uvicorn has already read those of a trusted proxy.
HIDDEN_HEADERS = (
    b"script-name",
    b"x-script-name",
    b"x-forwarded-host",
    b"x-forwarded-proto",
    b"x-forwarded-prefix",
    b"x-forwarded-for",
)
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
NO_PAGE = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Vue compiles the page's templates in the browser ('unsafe-eval') and sets styles of elements
# ('unsafe-inline' of styles); a script must be one of the server's files or carry the nonce of this answer.
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


@dataclass
class RequestFilter:
    """The filter, an ASGI application around Solara's.

    Attributes:
        app: Solara's application.
        contexts: Solara's sessions by kernel id.
        cookie: Function that reads the id of a browser from its cookies.
        cache: Folder of scripts of the content network.
        host: Address that the server listens on.
        names: Names under which a proxy serves the page.
        open: Number of open connections.
        lost: Time at which a session with a slot lost its connection, by kernel id.
    """

    app: App
    contexts: MutableMapping[str, VirtualKernelContext]
    cookie: Callable[[dict[str, str]], str | None]
    cache: Path
    host: str
    names: Sequence[str] = ()
    open: int = 0
    lost: dict[str, float] = field(default_factory=dict)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Refuse the request, or pass it on."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        heads = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        status, text = self.check_address(heads)
        if status == 200:
            scope = {
                **scope,
                "headers": [one for one in scope["headers"] if one[0].lower() not in HIDDEN_HEADERS],
            }
            if scope["type"] == "websocket":
                status, text = self.check_socket(scope, heads)
            else:
                status, text = self.check_path(scope, heads)
        if status == 200 and scope["type"] == "websocket":
            await self.connect(scope, receive, send)
        elif status == 200:
            await self.serve(scope, receive, send)
        else:
            await refuse(scope, send, status, text)

    # ── Checks ───────────────────────────────────────────────────────────────────────────────────

    def check_address(self, heads: dict[str, str]) -> tuple[int, str]:
        """Check the name by which the server is addressed, and the site of the page that asks.

        A foreign name that resolves to this machine (DNS rebinding) is refused. A browser sends the site of
        the page with every socket and every POST; a client that sends none is not a browser.
        """
        host = heads.get("host", "")
        name = host_name(host)
        if name is None or not self.is_own(name):
            return 421, "This server is not known by that name. (computeleap app --allowed-host NAME)"
        origin = heads.get("origin")
        if origin is not None:
            try:
                asked = urlsplit(origin)
                same = asked.scheme in ("http", "https") and asked.netloc.lower() == host.lower()
            except ValueError:
                same = False
            if not same:
                return 403, "Pages of other sites may not use this server."
        return 200, ""

    def is_own(self, name: str) -> bool:
        """Return whether the server is known by that name."""
        own = {*LOOPBACK, self.host.lower(), f"[{self.host.lower()}]", *(one.lower() for one in self.names)}
        if is_loopback(self.host):
            return name in own
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return name in own | {socket.gethostname().lower(), socket.getfqdn().lower()}
        return True  # a number cannot be rebound

    def check_socket(self, scope: Message, heads: dict[str, str]) -> tuple[int, str]:
        """Check that the connection of a session comes from its own browser."""
        found = SOCKET.match(scope["path"])
        page = parse_qs(scope["query_string"].decode("latin-1")).get("session_id", [""])[0]
        if found is None or not KERNEL.match(found[1]) or not NAME.match(page):
            return 404, "There is no such page on this server."
        context = self.contexts.get(found[1])
        if context is not None and not is_closing(context):
            if context.session_id != self.cookie(cookies_of(heads)):
                return 403, "This session belongs to another browser."
            status = context.page_status.get(page)
            if status is not None and status.value == "closed":
                return 410, "This page was closed."
        if self.open >= SLOTS.capacity + SPARE:
            return 503, server_full_text()
        return 200, ""

    def check_path(self, scope: Message, heads: dict[str, str]) -> tuple[int, str]:
        """Allow the page, its files, and the note that a tab was closed."""
        path, method = scope["path"], scope["method"]
        if method == "POST" and (found := CLOSING.match(path)):
            page = parse_qs(scope["query_string"].decode("latin-1")).get("session_id", [""])[0]
            context = self.contexts.get(found[1])
            if context is None or context.session_id != self.cookie(cookies_of(heads)):
                return 204, ""
            if page not in context.page_status or is_closing(context):
                return 204, ""
            return 200, ""
        if method not in ("GET", "HEAD"):
            return 405, "This server only serves its page."
        if path == "/":
            return (503, server_full_text()) if self.open >= SLOTS.capacity + SPARE else (200, "")
        if path == "/readyz" or self.is_file(path):
            return 200, ""
        return 404, "There is no such page on this server."

    def is_file(self, path: str) -> bool:
        """Return whether the path names a file of the page.

        Only the page's own packages of the content network are allowed: Solara would fetch and keep any
        other, and remove a folder whose name is requested as a file.
        """
        if len(path) > MAX_PATH_LENGTH or ".." in path or "//" in path:
            return False
        if path.startswith(CDN):
            package = path.removeprefix(CDN)
            if self.cache == SCRIPTS:  # complete: what is not there would be fetched
                return bool(PACKAGES.match(package)) and (SCRIPTS / package).is_file()
            return bool(PACKAGES.match(package)) and not (self.cache / package).is_dir()
        return bool(FILES.match(path))

    # ── The page and its files ───────────────────────────────────────────────────────────────────

    async def serve(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on and add the headers to its answer; scripts of the page receive its nonce."""
        if scope["path"] != "/":

            async def send_with_headers(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = with_headers(message["headers"], NO_PAGE)
                await send(message)

            await self.app(scope, receive, send_with_headers)
            return
        # Uncompressed, so that it can be read here.
        scope["headers"] = [one for one in scope["headers"] if one[0].lower() != b"accept-encoding"]
        scope["query_string"] = b""
        start: Message = {"type": "http.response.start"}
        parts: list[bytes] = []

        async def send_page(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                nonce = secrets.token_urlsafe(16)
                page = b"".join(parts).replace(b", maximum-scale=1, user-scalable=no", b"")  # phones may zoom
                body = re.sub(rb"<script(?=[\s>])", f'<script nonce="{nonce}"'.encode(), page)
                heads = [one for one in start["headers"] if one[0].lower() != b"content-length"]
                heads = with_headers(heads, POLICY.format(nonce=nonce).encode())
                heads += [(b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
                await send({**start, "headers": heads})
                await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, send_page)

    # ── The session's connection ─────────────────────────────────────────────────────────────────

    async def connect(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass on a connection and those of its messages that belong to the page's protocol."""
        kernel = SOCKET.match(scope["path"])[1]  # type: ignore[index]
        if kernel not in self.contexts:
            await self.evict_lost_session()
        refused = 0

        async def receive_filtered() -> Message:
            nonlocal refused
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                context = self.contexts.get(kernel)
                if context is None:
                    return {"type": "websocket.disconnect", "code": 1001}
                try:
                    text = filter_message(message.get("text"), context)
                except RefusedError as error:
                    if not refused:
                        echo_err(f"a message that the page does not send was dropped: {error}")
                    refused += 1
                    if refused > MAX_REFUSED:
                        with contextlib.suppress(OSError, RuntimeError):  # it has left already
                            await send({"type": "websocket.close", "code": 1008})
                        return {"type": "websocket.disconnect", "code": 1008}
                    continue
                return {"type": "websocket.receive", "text": text}

        self.open += 1
        try:
            await self.app(scope, receive_filtered, send)
        finally:
            self.open -= 1
            await self.on_disconnect(kernel)

    async def on_disconnect(self, kernel: str) -> None:
        """End a session without a slot; a session with one may come back."""
        context = self.contexts.get(kernel)
        if context is None or is_closing(context) or is_connected(context):
            return
        if SLOTS.holds(kernel):
            self.lost[kernel] = time.monotonic()
        else:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(close_session, context)

    async def evict_lost_session(self) -> None:
        """If all slots are taken, end the session that lost its connection first, a minute ago or more."""
        for kernel in [one for one in self.lost if one not in self.contexts]:
            del self.lost[kernel]
        if not SLOTS.is_full:
            return
        waited = sorted((since, kernel) for kernel, since in self.lost.items())
        for since, kernel in waited:
            context = self.contexts.get(kernel)
            if time.monotonic() - since < RECONNECT_SECONDS or context is None:
                continue
            if is_connected(context) or is_closing(context):
                continue
            del self.lost[kernel]
            await anyio.to_thread.run_sync(close_session, context)
            return


def close_session(context: VirtualKernelContext) -> None:
    """End a session."""
    if not is_closing(context):
        context.close(reason="cull")


def is_closing(context: VirtualKernelContext) -> bool:
    """Return whether a session is ending or has ended."""
    return bool(context.closed_event.is_set() or context._teardown_done)


def is_connected(context: VirtualKernelContext) -> bool:
    """Return whether a browser is connected to a session."""
    return any(status.value == "connected" for status in tuple(context.page_status.values()))


def host_name(host: str) -> str | None:
    """Return the name in a Host header without the port, or None for an invalid header."""
    found = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?", host)
    return found[1].lower() if found else None


def cookies_of(heads: dict[str, str]) -> dict[str, str]:
    """Return cookies by name."""
    pairs = (part.strip().partition("=") for part in heads.get("cookie", "").split(";"))
    return {name: value for name, sign, value in pairs if sign}


def with_headers(heads: Sequence[tuple[bytes, bytes]], policy: bytes) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer with those of the filter; the session's cookie stays on this site."""
    kept = []
    for name, value in heads:
        if name.lower() == b"set-cookie":
            value = re.sub(rb"(?i)samesite=\w+", b"SameSite=Lax", value)
        if not name.lower().startswith(b"access-control-"):
            kept.append((name, value))
    return [*kept, *HEADERS, (b"content-security-policy", policy)]


async def refuse(scope: Message, send: Send, status: int, text: str) -> None:
    """Answer with a sentence."""
    kind = "http"
    if scope["type"] == "websocket":
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008})
            return
        kind = "websocket.http"
    body = text.encode()
    heads = with_headers([(b"content-type", b"text/plain; charset=utf-8")], NO_PAGE)
    if status != 204:
        heads.append((b"content-length", str(len(body)).encode()))
    if status == 503:
        heads.append((b"retry-after", b"30"))
    await send({"type": f"{kind}.response.start", "status": status, "headers": heads})
    await send({"type": f"{kind}.response.body", "body": body if scope.get("method") != "HEAD" else b""})
