"""Filter of the messages that a browser sends over the websocket of its session.

Solara speaks the protocol of Jupyter's widgets, which lets a browser do more than the page needs: create a
widget of any Python class, call its methods, and set any of its traits, its template included. Each message
is therefore parsed, checked against the widgets of its own session and rebuilt from the known fields;
everything else is dropped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ipywidgets import Widget
    from solara.server.kernel_context import VirtualKernelContext

MAX_BYTES = 65_536  # of a message; those of the page have some 2,000
MAX_DEPTH = 8  # of nested lists and objects
MAX_NUMBER = 2.0**53  # absolute value
MAX_CONTROLS = 50  # control channels that one session may have open
NAME = re.compile(r"[A-Za-z0-9_.:-]{1,80}\Z")
HEADER = ("msg_id", "session", "username", "version", "date")
CONTROL = "solara.control"
# Traits that the page's widgets take from the browser, besides events: text and choices, theme, download.
VALUES = "v_model"
SWITCHES = ("request_download", "dark_effective")

JsonObject = Mapping[str, object]


class RefusedError(ValueError):
    """A message that is dropped; the text says why."""


def filter_message(raw: str | bytes | None, context: VirtualKernelContext) -> str:
    """Return the message as Solara receives it; ``context`` is the session's kernel. Raises RefusedError."""
    message = _object(_read(raw), "a message")
    header = _object(message.get("header"), "its header")
    kind = header.get("msg_type")
    check = CHECKS.get(kind) if isinstance(kind, str) else None
    if check is None:
        raise RefusedError(f"unknown kind of message {str(kind)[:40]!r}")
    head = {key: header.get(key, "") for key in HEADER}
    if any(not isinstance(value, str) or len(value) > 80 for value in head.values()) or not head["msg_id"]:
        raise RefusedError("its header holds something other than short texts")
    if message.get("buffers") or message.get("channel") not in ("shell", "control"):
        raise RefusedError("a buffer, or an unknown channel")
    rebuilt = {
        "header": {**head, "msg_type": kind},
        "channel": message["channel"],
        "content": check(_object(message.get("content"), "its content"), context),
        "metadata": {},
        "parent_header": {},
        "buffers": [],
    }
    return json.dumps(rebuilt)


def _read(raw: str | bytes | None) -> object:
    if not isinstance(raw, str):
        raise RefusedError("not text")
    if len(raw) > MAX_BYTES:
        raise RefusedError("longer than the page's messages")
    try:
        found = json.loads(raw, parse_constant=_refuse_constant)
        _check_size(found)
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"not JSON as the page writes it: {str(error)[:60]}") from None
    return found


def _refuse_constant(text: str) -> float:
    raise RefusedError(f"{text} is not a number")


def _check_size(found: object, depth: int = 0) -> None:
    """Raise RefusedError if the value is too deep or a number too large."""
    if depth > MAX_DEPTH:
        raise RefusedError("too deep")
    if isinstance(found, dict):
        for value in found.values():
            _check_size(value, depth + 1)
    elif isinstance(found, list):
        for value in found:
            _check_size(value, depth + 1)
    elif isinstance(found, int | float) and abs(found) > MAX_NUMBER:
        raise RefusedError("a number that is too large")
    elif isinstance(found, str):
        found.encode()  # an unpaired surrogate is not text (UnicodeEncodeError is a ValueError)


def _object(found: object, name: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise RefusedError(f"{name} is not an object")
    return found


# ── Kinds of messages ────────────────────────────────────────────────────────────────────────────


def _empty(content: JsonObject, context: VirtualKernelContext) -> JsonObject:
    return {}


def _list_comms(content: JsonObject, context: VirtualKernelContext) -> JsonObject:
    # Without a name the answer would list all channels; only those of widgets are listed.
    return {"target_name": "jupyter.widget"}


def _open(content: JsonObject, context: VirtualKernelContext) -> JsonObject:
    """A channel to Solara itself; a browser creates no widget."""
    known = _comms(context)
    name = _comm(content)
    if content.get("target_name") != CONTROL:
        raise RefusedError(f"no channel of the name {str(content.get('target_name'))[:40]!r} can be opened")
    if name in known or sum(comm.target_name == CONTROL for comm in known.values()) >= MAX_CONTROLS:
        raise RefusedError("a channel that is already open, or too many")
    return {"comm_id": name, "target_name": CONTROL, "data": {}}


def _close(content: JsonObject, context: VirtualKernelContext) -> JsonObject:
    name = _comm(content)
    if name in context.widgets:
        raise RefusedError("only the server closes a widget")
    return {"comm_id": name, "data": {}}


def _send(content: JsonObject, context: VirtualKernelContext) -> JsonObject:
    name = _comm(content)
    data = _object(content.get("data"), "its data")
    widget = context.widgets.get(name)
    if widget is not None:
        return {"comm_id": name, "data": _to_widget(data, widget)}
    channel = _comms(context).get(name)
    if channel is None or channel.target_name != CONTROL:
        raise RefusedError("a widget that does not exist any more")
    return {"comm_id": name, "data": _to_solara(data, context)}


def _comm(content: JsonObject) -> str:
    name = content.get("comm_id")
    if not isinstance(name, str) or not NAME.match(name):
        raise RefusedError("a channel without a name")
    return name


def _comms(context: VirtualKernelContext) -> dict[str, Any]:
    manager = getattr(context.kernel, "comm_manager", None)  # neither is there once the session has ended
    return {} if manager is None else dict(manager.comms)


def _to_solara(data: JsonObject, context: VirtualKernelContext) -> JsonObject:
    """Start the page, once, or ask whether it has started."""
    if data.get("method") == "app-status":
        return {"method": "app-status"}
    if data.get("method") != "run" or context.container is not None:
        raise RefusedError(f"no method {str(data.get('method'))[:40]!r} of Solara")
    given = _object(data.get("args"), "its arguments")
    themes = {
        key: {str(name)[:40]: str(colour)[:40] for name, colour in _object(value, "a theme").items()}
        for key, value in _object(given.get("themes") or {}, "its themes").items()
        if key in ("light", "dark")
    }
    arguments = {"path": "/", "dark": given.get("dark") is True, "themes": themes, "appName": None}
    return {"method": "run", "args": arguments}


def _to_widget(data: JsonObject, widget: Widget) -> JsonObject:
    method = data.get("method")
    if method == "request_state":
        return {"method": method}
    if method == "update":
        state = _object(data.get("state"), "its state")
        if data.get("buffer_paths"):
            raise RefusedError("a buffer")
        return {"method": method, "buffer_paths": [], "state": _state(state, widget)}
    if method == "custom":
        return {"method": method, "content": _event(_object(data.get("content"), "its event"), widget)}
    raise RefusedError(f"no method {str(method)[:40]!r} of a widget")


def _state(state: JsonObject, widget: Widget) -> JsonObject:
    for key, value in state.items():
        if key in SWITCHES:
            allowed = isinstance(value, bool)
        else:
            # A reference to a widget is a text with this prefix: no value that is typed needs it.
            simple = str | int | float | bool | None
            allowed = key == VALUES and isinstance(value, simple) and not str(value).startswith("IPY_MODEL_")
        if not allowed or not widget.has_trait(key):
            raise RefusedError(f"a browser may not set {key[:40]!r} of a widget")
    return dict(state)


def _event(content: JsonObject, widget: Widget) -> JsonObject:
    """An event that this widget handles; ``create_widget`` and the like are refused."""
    event = content.get("event")
    if not isinstance(event, str) or not event.isidentifier() or not set(content) <= {"event", "data"}:
        raise RefusedError("not an event")
    handlers = getattr(widget, "_event_handlers_map", None)
    handled = callable(getattr(widget, f"vue_{event}", None)) if handlers is None else event in handlers
    if not handled:
        raise RefusedError(f"the widget does not handle the event {event[:40]!r}")
    return dict(content)


CHECKS: Mapping[str, Callable[[JsonObject, VirtualKernelContext], JsonObject]] = {
    "kernel_info_request": _empty,
    "comm_info_request": _list_comms,
    "shutdown_request": _empty,
    "comm_open": _open,
    "comm_msg": _send,
    "comm_close": _close,
}
