"""What a browser may say over the websocket of its session; whatever else comes is left out.

Solara speaks the protocol of Jupyter's widgets, in which a browser can ask for more than a page needs: to
make a widget of any Python class, to call the methods of one, to set each of its traits, its template
included. Here a message is taken apart, held against the widgets of its own session, and put together again
from what is known; nothing unknown goes on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

MOST_BYTES = 65_536  # of a message; those of the page have some 2,000
DEEPEST = 8  # lists and objects within each other
LARGEST = 2.0**53  # numbers, either way
MOST_CONTROLS = 50  # control channels that one session may have open
NAME = re.compile(r"[A-Za-z0-9_.:-]{1,80}\Z")
HEADER = ("msg_id", "session", "username", "version", "date")
CONTROL = "solara.control"
# What the page's widgets take from the browser, besides events: text and choices, the theme, a download.
VALUES = "v_model"
SWITCHES = ("request_download", "dark_effective")


class RefusedError(ValueError):
    """A message that is left out; the text says why."""


def passed_on(raw: str | bytes | None, context: Any) -> str:
    """The message as it goes on to Solara; ``context`` is the session's kernel. Raises RefusedError."""
    message = _object(_read(raw), "a message")
    header = _object(message.get("header"), "its header")
    kind = header.get("msg_type")
    check = CHECKS.get(kind) if isinstance(kind, str) else None
    if check is None:
        raise RefusedError(f"no message of the kind {str(kind)[:40]!r}")
    head = {key: header.get(key, "") for key in HEADER}
    if any(not isinstance(value, str) or len(value) > 80 for value in head.values()) or not head["msg_id"]:
        raise RefusedError("its header has something other than short texts")
    if message.get("buffers") or message.get("channel") not in ("shell", "control"):
        raise RefusedError("a buffer, or a channel that is not there")
    content = check(_object(message.get("content"), "its content"), context)
    return json.dumps({
        "header": {**head, "msg_type": kind}, "channel": message["channel"], "content": content,
        "metadata": {}, "parent_header": {}, "buffers": [],
    })  # fmt: skip


def _read(raw: str | bytes | None) -> Any:
    if not isinstance(raw, str):
        raise RefusedError("not text")
    if len(raw) > MOST_BYTES:
        raise RefusedError("longer than messages of the page are")
    try:
        found = json.loads(raw, parse_constant=_no_number)
        _measure(found)
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"not JSON as the page makes it: {str(error)[:60]}") from None
    return found


def _no_number(text: str) -> float:
    raise RefusedError(f"{text} is no number")


def _measure(found: Any, depth: int = 0) -> None:
    """Raises RefusedError for what is too deep or too large."""
    if depth > DEEPEST:
        raise RefusedError("too deep")
    if isinstance(found, dict):
        for value in found.values():
            _measure(value, depth + 1)
    elif isinstance(found, list):
        for value in found:
            _measure(value, depth + 1)
    elif isinstance(found, int | float) and abs(found) > LARGEST:
        raise RefusedError("a number that is too large")
    elif isinstance(found, str):
        found.encode()  # half of a pair of surrogates is no text (UnicodeEncodeError is a ValueError)


def _object(found: Any, what: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise RefusedError(f"{what} is no object")
    return found


# ── Kinds of messages ────────────────────────────────────────────────────────────────────────────


def _nothing(content: Mapping[str, Any], context: Any) -> dict[str, Any]:
    return {}


def _list_comms(content: Mapping[str, Any], context: Any) -> dict[str, Any]:
    # What is not asked for by name would be all of them; only widgets are asked for.
    return {"target_name": "jupyter.widget"}


def _open(content: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """A channel to Solara itself; no widget is made by a browser."""
    known = _comms(context)
    number = _comm(content)
    if content.get("target_name") != CONTROL:
        raise RefusedError(f"nothing to open of the name {str(content.get('target_name'))[:40]!r}")
    if number in known or sum(one.target_name == CONTROL for one in known.values()) >= MOST_CONTROLS:
        raise RefusedError("a channel that is open, or too many")
    return {"comm_id": number, "target_name": CONTROL, "data": {}}


def _close(content: Mapping[str, Any], context: Any) -> dict[str, Any]:
    number = _comm(content)
    if number in context.widgets:
        raise RefusedError("a widget is closed by the server")
    return {"comm_id": number, "data": {}}


def _say(content: Mapping[str, Any], context: Any) -> dict[str, Any]:
    number = _comm(content)
    data = _object(content.get("data"), "its data")
    widget = context.widgets.get(number)
    if widget is not None:
        return {"comm_id": number, "data": _to_widget(data, widget)}
    channel = _comms(context).get(number)
    if channel is None or channel.target_name != CONTROL:
        raise RefusedError("a widget that is gone")
    return {"comm_id": number, "data": _to_solara(data, context)}


def _comm(content: Mapping[str, Any]) -> str:
    number = content.get("comm_id")
    if not isinstance(number, str) or not NAME.match(number):
        raise RefusedError("a channel without a name")
    return number


def _comms(context: Any) -> Mapping[str, Any]:
    kernel = context.kernel
    manager = kernel.comm_manager if kernel is not None else None
    return dict(manager.comms) if manager is not None else {}


def _to_solara(data: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Begin the page, once, or ask whether it has begun."""
    if data.get("method") == "app-status":
        return {"method": "app-status"}
    if data.get("method") != "run" or context.container is not None:
        raise RefusedError(f"not to be asked of Solara: {str(data.get('method'))[:40]!r}")
    given = _object(data.get("args"), "its arguments")
    themes = {
        key: {str(name)[:40]: str(colour)[:40] for name, colour in _object(value, "a theme").items()}
        for key, value in _object(given.get("themes") or {}, "its themes").items()
        if key in ("light", "dark")
    }
    return {
        "method": "run",
        "args": {"path": "/", "dark": given.get("dark") is True, "themes": themes, "appName": None},
    }


def _to_widget(data: Mapping[str, Any], widget: Any) -> dict[str, Any]:
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


def _state(state: Mapping[str, Any], widget: Any) -> dict[str, Any]:
    for key, value in state.items():
        if key in SWITCHES:
            allowed = isinstance(value, bool)
        else:
            # A reference to a widget is a text that begins so: no value that is typed needs it.
            simple = str | int | float | bool | None
            allowed = key == VALUES and isinstance(value, simple) and not str(value).startswith("IPY_MODEL_")
        if not allowed or not widget.has_trait(key):
            raise RefusedError(f"{key[:40]!r} of a widget is not the browser's to set")
    return dict(state)


def _event(content: Mapping[str, Any], widget: Any) -> dict[str, Any]:
    """An event that this widget listens to; ``create_widget`` and its like are left out."""
    event = content.get("event")
    if not isinstance(event, str) or not event.isidentifier() or not set(content) <= {"event", "data"}:
        raise RefusedError("no event")
    listens = getattr(widget, "_event_handlers_map", None)
    if event not in listens if listens is not None else not callable(getattr(widget, f"vue_{event}", None)):
        raise RefusedError(f"nobody listens to the event {event[:40]!r}")
    return dict(content)


CHECKS = {
    "kernel_info_request": _nothing,
    "comm_info_request": _list_comms,
    "shutdown_request": _nothing,
    "comm_open": _open,
    "comm_msg": _say,
    "comm_close": _close,
}
