"""The gate before Solara: who may ask, for what, and what every answer says about itself.

Solara is made for many kinds of apps. Its server also proxies a content network, tells of its inner state,
takes the address of the page from headers of the request, and closes a kernel for whoever names it. The page
needs little of that; the gate lets through what the page needs and answers the rest itself.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import secrets
import socket
import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import anyio.to_thread

from viz.app.server.message_filter import NAME, RefusedError, passed_on
from viz.app.server.session_slots import SESSIONS, SPARE, is_loopback
from viz.app.ui.translations import LANGUAGES, words_of
from viz.terminal import echo_err

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
MOST_REFUSED = 50  # messages of a connection that are left out before it is closed
AWAY = 60.0  # seconds after which a session that lost its connection gives way to another visitor
LONGEST = 300  # letters of a path
KERNEL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
SOCKET = re.compile(r"/jupyter/api/kernels/([^/]*)/channels\Z")
CLOSING = re.compile(r"/_solara/api/close/([^/]*)\Z")
# What the page loads: its own files, two extensions of Jupyter's widgets, and four packages.
FILES = re.compile(
    r"/(static/(assets/)?|jupyter/nbextensions/jupyter-(vue|vuetify)/)[A-Za-z0-9_./-]+\.[a-z0-9]+\Z"
)
CDN = "/_solara/cdn/"
PACKAGES = re.compile(
    r"(@widgetti/solara-vuetify-app@[0-9.]+|font-awesome@[0-9.]+|requirejs@[0-9.]+|echarts@[0-9.]+)"
    r"/[A-Za-z0-9_./-]+\.(js|css|map|woff2?|ttf|eot|svg)\Z"
)
# Headers that would tell Solara where it is; uvicorn has read those of a trusted proxy before.
UNTOLD = (
    b"script-name", b"x-script-name", b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-prefix",
    b"x-forwarded-for",
)  # fmt: skip
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
NO_PAGE = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Vue makes functions of the page's templates in the browser ('unsafe-eval') and sets styles of elements
# ('unsafe-inline' of styles); scripts have to be the server's own files or carry the number of this answer.
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


@dataclass
class Guard:
    """The gate. ``app`` is Solara's, ``contexts`` its sessions by kernel id, ``cache`` the folder of scripts.

    ``host`` is the address that the server listens on, ``names`` those under which a proxy serves the page.
    """

    app: App
    contexts: MutableMapping[str, Any]
    cookie: Callable[[dict[str, str]], str | None]
    cache: Path
    host: str
    names: Sequence[str] = ()
    open: int = 0
    lost: dict[str, float] = field(default_factory=dict)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        heads = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        status, text = self.checked_address(heads)
        if status == 200:
            scope = {**scope, "headers": [one for one in scope["headers"] if one[0].lower() not in UNTOLD]}
            if scope["type"] == "websocket":
                status, text = self.checked_socket(scope, heads)
            else:
                status, text = self.checked_path(scope, heads)
        if status == 200 and scope["type"] == "websocket":
            await self.connect(scope, receive, send)
        elif status == 200:
            await self.serve(scope, receive, send)
        else:
            await refuse(scope, send, status, text)

    # ── Who asks, and for what ───────────────────────────────────────────────────────────────────

    def checked_address(self, heads: dict[str, str]) -> tuple[int, str]:
        """By what name the server is called, and by a page of which site.

        A name that somebody else points at this machine (DNS rebinding) is none of its own. A browser says
        for every socket and every POST which site's page asks; what says nothing is no browser.
        """
        host = heads.get("host", "")
        name = host_name(host)
        if name is None or not self.is_own(name):
            return 421, "This server does not go by that name. (computeleap app --allowed-host NAME)"
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
        """Whether the server goes by that name."""
        own = {*LOOPBACK, self.host.lower(), f"[{self.host.lower()}]", *(one.lower() for one in self.names)}
        if is_loopback(self.host):
            return name in own
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return name in own | {socket.gethostname().lower(), socket.getfqdn().lower()}
        return True  # nobody can point a number elsewhere

    def checked_socket(self, scope: MutableMapping[str, Any], heads: dict[str, str]) -> tuple[int, str]:
        """The connection of a session: of its own browser alone."""
        found = SOCKET.match(scope["path"])
        page = parse_qs(scope["query_string"].decode("latin-1")).get("session_id", [""])[0]
        if found is None or not KERNEL.match(found[1]) or not NAME.match(page):
            return 404, "There is nothing here."
        context = self.contexts.get(found[1])
        if context is not None and not is_closing(context):
            if context.session_id != self.cookie(cookies_of(heads)):
                return 403, "This session is another's."
            status = context.page_status.get(page)
            if status is not None and status.value == "closed":
                return 410, "This page was closed."
        if self.open >= SESSIONS.most + SPARE:
            return 503, full()
        return 200, ""

    def checked_path(self, scope: MutableMapping[str, Any], heads: dict[str, str]) -> tuple[int, str]:
        """A file of the page, the page, or the word that a tab was closed."""
        path, method = scope["path"], scope["method"]
        if method == "POST" and (found := CLOSING.match(path)):
            page = parse_qs(scope["query_string"].decode("latin-1")).get("session_id", [""])[0]
            context = self.contexts.get(found[1])
            mine = context is not None and context.session_id == self.cookie(cookies_of(heads))
            if not mine or page not in context.page_status or is_closing(context):  # type: ignore[union-attr]
                return 204, ""
            return 200, ""
        if method not in ("GET", "HEAD"):
            return 405, "This server only hands out its page."
        if path == "/":
            return (503, full()) if self.open >= SESSIONS.most + SPARE else (200, "")
        if path == "/readyz" or self.is_file(path):
            return 200, ""
        return 404, "There is nothing here."

    def is_file(self, path: str) -> bool:
        """Whether it is one of the files of the page.

        Of the content network only what the page is made of: Solara would fetch and keep whatever is asked
        for, and remove a folder whose name is asked for as a file.
        """
        if len(path) > LONGEST or ".." in path or "//" in path:
            return False
        if path.startswith(CDN):
            package = path.removeprefix(CDN)
            return bool(PACKAGES.match(package)) and not (self.cache / package).is_dir()
        return bool(FILES.match(path))

    # ── The page and its files ───────────────────────────────────────────────────────────────────

    async def serve(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Hand on a request, and put the headers on its answer; the page's scripts get their number."""
        if scope["path"] != "/":

            async def passing(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = with_headers(message["headers"], NO_PAGE)
                await send(message)

            await self.app(scope, receive, passing)
            return
        # Plain, so that it can be read here.
        scope["headers"] = [one for one in scope["headers"] if one[0].lower() != b"accept-encoding"]
        scope["query_string"] = b""
        start: Message = {}
        parts: list[bytes] = []

        async def collecting(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                nonce = secrets.token_urlsafe(16)
                body = re.sub(rb"<script(?=[\s>])", f'<script nonce="{nonce}"'.encode(), b"".join(parts))
                heads = [one for one in start["headers"] if one[0].lower() != b"content-length"]
                heads = with_headers(heads, POLICY.format(nonce=nonce).encode())
                heads += [(b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
                await send({**start, "headers": heads})
                await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, collecting)

    # ── The session's connection ─────────────────────────────────────────────────────────────────

    async def connect(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Hand on a connection, and each of its messages that is of the page's protocol."""
        kernel = SOCKET.match(scope["path"])[1]  # type: ignore[index]
        if kernel not in self.contexts:
            await self.make_room()
        refused = 0

        async def hearing() -> Message:
            nonlocal refused
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                context = self.contexts.get(kernel)
                if context is None:
                    return {"type": "websocket.disconnect", "code": 1001}
                try:
                    text = passed_on(message.get("text"), context)
                except RefusedError as error:
                    if not refused:
                        echo_err(f"a browser said what the page does not say; it was left out: {error}")
                    refused += 1
                    if refused > MOST_REFUSED:
                        with contextlib.suppress(OSError, RuntimeError):  # it has left already
                            await send({"type": "websocket.close", "code": 1008})
                        return {"type": "websocket.disconnect", "code": 1008}
                    continue
                return {"type": "websocket.receive", "text": text}

        self.open += 1
        try:
            await self.app(scope, hearing, send)
        finally:
            self.open -= 1
            await self.left(kernel)

    async def left(self, kernel: str) -> None:
        """A connection is gone: who has no place leaves nothing, who has one may come back."""
        context = self.contexts.get(kernel)
        if context is None or is_closing(context) or is_connected(context):
            return
        if SESSIONS.held_by(kernel):
            self.lost[kernel] = time.monotonic()
        else:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(end, context)

    async def make_room(self) -> None:
        """If all places are taken, end the session that lost its connection first, a minute ago or more."""
        for kernel in [one for one in self.lost if one not in self.contexts]:
            del self.lost[kernel]
        if not SESSIONS.full:
            return
        waited = sorted((since, kernel) for kernel, since in self.lost.items())
        for since, kernel in waited:
            context = self.contexts.get(kernel)
            if time.monotonic() - since < AWAY or context is None:
                continue
            if is_connected(context) or is_closing(context):
                continue
            del self.lost[kernel]
            await anyio.to_thread.run_sync(end, context)
            return


def end(context: Any) -> None:
    """End a session."""
    if not is_closing(context):
        context.close(reason="cull")


def is_closing(context: Any) -> bool:
    """Whether a session is at its end."""
    return bool(context.closed_event.is_set() or context._teardown_done)


def is_connected(context: Any) -> bool:
    """Whether a browser is there."""
    return any(status.value == "connected" for status in tuple(context.page_status.values()))


def host_name(host: str) -> str | None:
    """The name in a Host header, without the port; None if it is no such header."""
    found = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?", host)
    return found[1].lower() if found else None


def cookies_of(heads: dict[str, str]) -> dict[str, str]:
    """Cookies by name."""
    pairs = (part.strip().partition("=") for part in heads.get("cookie", "").split(";"))
    return {name: value for name, sign, value in pairs if sign}


def with_headers(heads: Sequence[tuple[bytes, bytes]], policy: bytes) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with those of the gate; the session's cookie is the server's alone."""
    kept = []
    for name, value in heads:
        if name.lower() == b"set-cookie":
            value = re.sub(rb"(?i)samesite=\w+", b"SameSite=Lax", value)
        if not name.lower().startswith(b"access-control-"):
            kept.append((name, value))
    return [*kept, *HEADERS, (b"content-security-policy", policy)]


def full() -> str:
    """That there is no room, in the languages of the page."""
    return "\n".join(words_of(one)("page.full", most=SESSIONS.most) for one in LANGUAGES)


async def refuse(scope: MutableMapping[str, Any], send: Send, status: int, text: str) -> None:
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
