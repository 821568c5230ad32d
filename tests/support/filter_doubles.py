"""Stand-ins for a session of Solara and its widgets, and a request filter around a small application."""

from __future__ import annotations

import asyncio
import json
import threading
from enum import Enum
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from viz.app.server.request_filter import RequestFilter

KERNEL = "0a7f9a4e-9d2f-4c55-8f5e-6d7b4f1f9c11"


SOCKET = f"/jupyter/api/kernels/{KERNEL}/channels"


class Status(Enum):
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    CLOSED = "closed"


class Context:
    """A session as the filter knows it."""

    def __init__(self, session_id: str = "mine", widgets: dict[str, Any] | None = None) -> None:
        self.session_id = session_id
        self.widgets = widgets or {}
        self.page_status = {"p": Status.DISCONNECTED}
        self.closed_event = threading.Event()
        self._teardown_done = False
        self.container = None
        self.reason = ""
        control = SimpleNamespace(target_name="solara.control")
        self.kernel = SimpleNamespace(comm_manager=SimpleNamespace(comms={"control": control}))

    def close(self, reason: str) -> None:
        self.reason = reason
        self.closed_event.set()


class Template:
    """A widget made of a template, that listens to one event."""

    def vue_play(self, data: Any) -> None:
        raise AssertionError("only asked whether it is there")

    def has_trait(self, name: str) -> bool:
        return name in ("template", "v_model", "request_download", "children")


class Button(Template):
    _event_handlers_map = MappingProxyType({"click": None})


def made(
    host: str = "127.0.0.1", names: tuple[str, ...] = (), cache: Path = Path("nowhere")
) -> RequestFilter:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"3")]})
        await send({"type": "http.response.body", "body": b"<script>1</script><scripts>"})

    return RequestFilter(app, {}, lambda cookies: cookies.get("solara-session-id"), cache, host, names)


def answer(
    filter_: RequestFilter, path: str, method: str = "GET", kind: str = "http", query: str = "", **heads: str
) -> Any:
    """Status, headers and body."""
    heads = {"host": "127.0.0.1:8765", **heads}
    scope = {
        "type": kind,
        "path": path,
        "method": method,
        "query_string": query.encode(),
        "extensions": {"websocket.http.response": {}},
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in heads.items()],
    }
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    asyncio.run(filter_(scope, receive, send))
    return sent[0]["status"], {k.decode(): v.decode() for k, v in sent[0]["headers"]}, sent[1]["body"]


def message(kind: Any = "comm_msg", content: Any = None, channel: Any = "shell", **more: Any) -> str:
    header = {
        "msg_id": "1",
        "msg_type": kind,
        "session": "s",
        "username": "",
        "version": "5.2",
        "date": "today",
    }
    return json.dumps(
        {
            "header": header,
            "channel": channel,
            "content": content or {},
            "metadata": {"a": 1},
            "parent_header": {"b": 2},
            "buffers": [],
            **more,
        }
    )
