"""A visitor of the page without a browser: it speaks to the server as the page's scripts do.

A tab of Chromium takes some 200 MB and half a core; two hundred of these take next to nothing. The page's
widgets come over the websocket as states, which are kept here by their ids; events go back.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests import ROOT
from tests.support.long_version import FULL
from tests.support.page_program import PROGRAM
from viz.app.serving_options import OPENS_AT

PATIENCE = 400.0 if FULL else 120.0  # seconds: a busy machine


@dataclass
class Served:
    """A server of the page in a process of its own."""

    address: str  # host:port
    process: psutil.Process
    log: Path

    @property
    def said(self) -> str:
        """All that it wrote."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def tracebacks(self) -> int:
        """Tracebacks in what it wrote."""
        return self.said.count("Traceback (most recent call last)")

    @property
    def mib(self) -> float:
        """Memory that it has."""
        return self.process.memory_info().rss / 2**20

    def ask(self, method: str, path: str, **heads: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of an answer; header names take ``_`` for ``-``."""
        host, port = self.address.rsplit(":", 1)
        line = http.client.HTTPConnection(host, int(port), timeout=60)
        try:
            line.putrequest(method, path, skip_host="Host" in heads, skip_accept_encoding=True)
            for name, value in heads.items():
                line.putheader(name.replace("_", "-"), value)
            line.endheaders()
            answer = line.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            line.close()


@contextmanager
def served(folder: Path, *options: str, **environment: str) -> Iterator[Served]:
    """Serve the page from a folder of its own; at the end the server must stop when asked to."""
    log = folder / "server.log"
    with open(log, "wb") as written:
        server = subprocess.Popen(
            [sys.executable, *PROGRAM, "app", "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=written,
            cwd=folder,
            start_new_session=True,
            env={**os.environ, OPENS_AT: "", "PYTHONPATH": str(ROOT), **environment},
        )
        assert server.stdout is not None
        try:
            found = re.search(r"http://(\S+)", server.stdout.readline().decode())
            assert found, log.read_text(encoding="utf-8")
            yield Served(found[1], psutil.Process(server.pid), log)
            assert server.poll() is None, f"the server ended: {log.read_text(encoding='utf-8')}"
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(60)
            finally:
                server.kill()
                server.wait()
                server.stdout.close()


@dataclass
class Visitor:
    """One tab. ``async with`` opens it; ``leave`` closes it as a browser does, ``vanish`` without a word."""

    address: str
    kernel: str = field(default_factory=lambda: str(uuid.uuid4()))
    page: str = field(default_factory=lambda: str(uuid.uuid4()))
    cookie: str = ""
    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    frames: int = 0  # that the map got
    errors: list[str] = field(default_factory=list)
    wire: ClientConnection | None = None
    answering: bool = True  # whether it says what it has drawn

    async def __aenter__(self) -> Visitor:
        await self.arrive()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.wire is not None:
            await self.leave()

    async def arrive(self) -> None:
        """Load the page and connect."""
        if not self.cookie:
            status, heads, _ = await asyncio.to_thread(self._ask, "GET", "/")
            assert status == 200, status
            self.cookie = heads["set-cookie"].split(";")[0]
        self.wire = await connect(
            f"ws://{self.address}/jupyter/api/kernels/{self.kernel}/channels?session_id={self.page}",
            additional_headers={"Cookie": self.cookie},
            origin=f"http://{self.address}",
            max_size=None,
            open_timeout=PATIENCE,
            ping_interval=None,
            compression=None,
        )
        self._changed = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def come_back(self) -> None:
        """Connect again after the connection was lost, and ask for the state of all widgets."""
        await self.vanish()
        await self.arrive()
        self.models.clear()
        self._listed = asyncio.Event()
        await self.say("comm_info_request", {"target_name": "jupyter.widget"})
        await asyncio.wait_for(self._listed.wait(), PATIENCE)
        await self.wait(lambda: all(self.models.values()))

    async def open(self) -> None:
        """Begin the page, as the scripts do."""
        control = uuid.uuid4().hex
        await self.say("kernel_info_request", {})
        await self.say("comm_open", {"comm_id": control, "target_name": "solara.control", "data": {}})
        begin = {"path": "/", "dark": False, "themes": {"light": {}, "dark": {}}, "appName": None}
        await self.tell(control, {"method": "run", "args": begin})

    async def say(self, kind: str, content: Any, channel: str = "shell", **more: Any) -> None:
        """Send a message."""
        header = {
            "msg_id": uuid.uuid4().hex,
            "msg_type": kind,
            "session": self.page,
            "username": "",
            "version": "5.2",
            "date": "2026-11-22T04:17:02.170Z",
        }
        message = {
            "header": header,
            "channel": channel,
            "content": content,
            "metadata": {},
            "parent_header": {},
            "buffers": [],
            **more,
        }
        await self.send(json.dumps(message))

    async def send(self, raw: str | bytes) -> None:
        """Send something."""
        assert self.wire is not None
        await self.wire.send(raw)

    async def tell(self, comm: str, data: Any) -> None:
        """Say something to a widget."""
        await self.say("comm_msg", {"comm_id": comm, "data": data})

    async def do(self, trait: str, event: str, data: Any = None) -> None:
        """An event of the widget with that trait."""
        await self.tell(self.find(trait), {"method": "custom", "content": {"event": event, "data": data}})

    def find(self, trait: str) -> str:
        """The id of the widget with that trait."""
        return next(one for one, state in self.models.items() if trait in state)

    def part(self, trait: str) -> dict[str, Any]:
        """The state of the widget with that trait; empty if there is none."""
        return next((state for state in self.models.values() if trait in state), {})

    @property
    def date(self) -> str:
        """The date of the run, as the page shows it."""
        return str((self.part("speeds").get("frame") or {}).get("date", ""))

    @property
    def text(self) -> str:
        """All that the page says in elements of its own."""
        return " ".join(str(state.get("children")) for state in self.models.values())

    async def wait(self, condition: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Until what came makes it true. Raises TimeoutError, or ConnectionError if the server went away."""
        end = time.monotonic() + seconds
        while not condition():
            if self._reader.done():
                raise ConnectionError("the connection is gone")
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), max(0.0, end - time.monotonic()))
            except TimeoutError:
                raise TimeoutError(f"waited in vain; {self.date!r}, {len(self.models)} widgets") from None

    async def leave(self) -> None:
        """Close the tab: the connection, then the word of it."""
        await self.vanish(politely=True)
        await asyncio.to_thread(self._ask, "POST", f"/_solara/api/close/{self.kernel}?session_id={self.page}")

    async def vanish(self, politely: bool = False) -> None:
        """Lose the connection; ``politely`` says so on the wire."""
        wire, self.wire = self.wire, None
        if wire is not None:
            if politely:
                await wire.close()
            else:
                wire.transport.abort()
            await asyncio.gather(self._reader, return_exceptions=True)

    def _ask(self, method: str, path: str) -> tuple[int, dict[str, str], bytes]:
        heads = {"Cookie": self.cookie, "Origin": f"http://{self.address}"} if self.cookie else {}
        return Served(self.address, psutil.Process(), Path()).ask(method, path, **heads)

    async def _read(self) -> None:
        assert self.wire is not None
        try:
            async for raw in self.wire:
                await self._hear(as_message(raw))
                self._changed.set()
        except ConnectionClosed:
            pass
        finally:
            self._changed.set()

    async def _hear(self, message: dict[str, Any]) -> None:
        kind, content = message["header"]["msg_type"], message["content"]
        if kind == "comm_open" and content["target_name"] == "jupyter.widget":
            self.models[content["comm_id"]] = dict(content["data"]["state"])
        elif kind == "comm_info_reply":
            for comm in content["comms"]:
                self.models[comm] = {}
                await self.tell(comm, {"method": "request_state"})
            self._listed.set()
        elif kind == "comm_close":
            self.models.pop(content["comm_id"], None)
        elif kind == "comm_msg" and content["data"].get("method") == "update":
            state = content["data"]["state"]
            model = self.models.setdefault(content["comm_id"], {})
            model.update(state)
            model.setdefault("_known", True)
            if "frame" in state and "links" in model:
                self.frames += 1
                if self.answering and self.wire is not None:
                    drawn = {"event": "event_drawn", "data": state["frame"]["number"]}
                    await self.tell(content["comm_id"], {"method": "custom", "content": drawn})
        elif kind == "error" or (kind == "stream" and "Traceback" in content.get("text", "")):
            self.errors.append(str(content)[:2000])


def as_message(raw: str | bytes) -> dict[str, Any]:
    """What came over the wire; buffers are left out."""
    if isinstance(raw, bytes):
        offsets = [int.from_bytes(raw[k : k + 4], "big") for k in range(4, 4 * (raw[3] + 1), 4)]
        raw = raw[offsets[0] : offsets[1] if len(offsets) > 1 else None].decode()
    found: dict[str, Any] = json.loads(raw)
    return found
