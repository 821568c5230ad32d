"""The gate of the page's server and the messages that it lets through, without a server."""

from __future__ import annotations

import asyncio
import json
import threading
from enum import Enum
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest

solara = pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from viz.app.explore.frame_stream import FrameStream  # noqa: E402
from viz.app.explore.session import Session  # noqa: E402
from viz.app.server import request_filter as guard  # noqa: E402
from viz.app.server import session_slots as limits  # noqa: E402
from viz.app.server.message_filter import MAX_BYTES, RefusedError, filter_message  # noqa: E402
from viz.app.server.request_filter import RequestFilter, host_name, with_headers  # noqa: E402
from viz.app.ui import event_filters as heard  # noqa: E402

KERNEL = "0a7f9a4e-9d2f-4c55-8f5e-6d7b4f1f9c11"
SOCKET = f"/jupyter/api/kernels/{KERNEL}/channels"


class Status(Enum):
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    CLOSED = "closed"


class Context:
    """What the gate knows of a session."""

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


def made(host: str = "127.0.0.1", names: tuple[str, ...] = (), cache: Path = Path("nowhere")) -> RequestFilter:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"3")]})
        await send({"type": "http.response.body", "body": b"<script>1</script><scripts>"})

    return RequestFilter(app, {}, lambda cookies: cookies.get("solara-session-id"), cache, host, names)


def answer(
    gate: RequestFilter, path: str, method: str = "GET", kind: str = "http", query: str = "", **heads: str
) -> Any:
    """Status, headers and body."""
    heads = {"host": "127.0.0.1:8765", **heads}
    scope = {"type": kind, "path": path, "method": method, "query_string": query.encode(),
             "extensions": {"websocket.http.response": {}},
             "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in heads.items()]}  # fmt: skip
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    asyncio.run(gate(scope, receive, send))
    return sent[0]["status"], {k.decode(): v.decode() for k, v in sent[0]["headers"]}, sent[1]["body"]


# ── Who asks ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("bound", "host", "status"),
    [
        ("127.0.0.1", "127.0.0.1:8765", 200), ("127.0.0.1", "localhost:1", 200),
        ("127.0.0.1", "[::1]:80", 200),
        ("127.0.0.2", "127.0.0.2", 200), ("::1", "[::1]:8765", 200), ("127.0.0.1", "page.example", 200),
        ("127.0.0.1", "evil.example:8765", 421), ("127.0.0.1", "localhost.evil.example", 421),
        ("127.0.0.1", "192.168.0.9", 421), ("127.0.0.1", "", 421), ("127.0.0.1", "a b", 421),
        ("127.0.0.1", "127.0.0.1@evil.example", 421), ("0.0.0.0", "192.168.0.9:8765", 200),
        ("0.0.0.0", "evil.example", 421), ("::", "[2001:db8::1]:8765", 200),
        ("0.0.0.0", "PAGE.example:80", 200),
    ],
)  # fmt: skip
def test_only_own_names_are_answered(bound, host, status):
    assert answer(made(bound, ("page.example",)), "/readyz", host=host)[0] == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200), ("http://127.0.0.1:8765", 200), ("https://127.0.0.1:8765", 200),
        ("http://127.0.0.1:9999", 403), ("http://localhost:8765", 403), ("http://evil.example", 403),
        ("null", 403), ("", 403), ("file://127.0.0.1:8765", 403), ("http://127.0.0.1:8765.evil.example", 403),
        ("http://[::1", 403),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_pages_of_other_sites_are_refused(origin, status, kind):
    heads = {} if origin is None else {"origin": origin}
    path = "/readyz" if kind == "http" else SOCKET
    found, said, body = answer(made(), path, kind=kind, query="session_id=p", **heads)
    assert found == status
    if status == 403:
        assert body == b"Pages of other sites may not use this server."
        assert said["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200), ("/readyz", 200), ("/static/assets/favicon.svg", 200), ("/static/main.js", 200),
        ("/jupyter/nbextensions/jupyter-vue/nodeps.js", 200),
        ("/_solara/cdn/requirejs@2.3.6/require.js", 200),
        ("/_solara/cdn/echarts@5.4.0/dist/echarts.min.js", 200),
        ("/resourcez", 404), ("/jupyter/api/kernels/1", 404), ("/learn", 404), ("//evil.example/", 404),
        ("/static/../server.py", 404), ("/static/assets/../../server.py", 404), ("/static//etc/passwd", 404),
        ("/static/a\x00.js", 404), ("/static/..\\x.js", 404), ("/static/" + "a" * 300 + ".js", 404),
        ("/static/public/x.js\n", 404), ("/jupyter/nbextensions/other/x.js", 404),
        ("/_solara/cdn/left-pad@1.0.0/index.js", 404), ("/_solara/cdn/", 404), ("/_solara/cdn/a", 404),
        ("/_solara/cdn/echarts@5.4.0/dist/folder.js", 404), ("/_solara/cdn/echarts@5.4.0/../x.js", 404),
        ("/_solara/cdn/requirejs@2.3.6@evil.example/x.js", 404), ("/_solara/cdn/echarts@5.4.0", 404),
        ("/_solara/cdn/echarts@5.4.0/dist/x.html", 404), ("/_solara/api/evict/" + KERNEL, 404),
    ],
)  # fmt: skip
def test_only_what_the_page_needs_is_served(path, status, tmp_path):
    (tmp_path / "echarts@5.4.0/dist/folder.js").mkdir(parents=True)
    found, said, _ = answer(made(cache=tmp_path), path)
    assert found == status
    assert said["x-content-type-options"] == "nosniff"
    assert said["referrer-policy"] == "no-referrer"
    assert said["x-frame-options"] == "DENY"
    assert said["cross-origin-resource-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in said["content-security-policy"]
    assert not [name for name in said if name.startswith("access-control")]
    assert (tmp_path / "echarts@5.4.0/dist/folder.js").is_dir(), "asking for a folder must not remove it"


def test_scripts_of_the_page_carry_the_number_of_their_answer():
    numbers = set()
    for _ in range(2):
        _, said, body = answer(made(), "/", accept_encoding="gzip")
        number = said["content-security-policy"].split("'nonce-")[1].split("'")[0]
        assert body.decode() == f'<script nonce="{number}">1</script><scripts>'
        assert said["content-length"] == str(len(body))
        assert said["cache-control"] == "no-store"
        numbers.add(number)
    assert len(numbers) == 2


def test_headers_that_say_where_the_page_is_do_not_reach_solara():
    seen: list[Any] = []
    gate = made()
    inner = gate.app

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.extend(scope["headers"])
        await inner(scope, receive, send)

    gate.app = app
    answer(
        gate,
        "/",
        x_script_name="//evil.example",
        script_name="//evil.example",
        x_forwarded_host="evil.example",
    )
    assert [name for name, _ in seen] == [b"host"]
    assert with_headers([(b"Access-Control-Allow-Origin", b"*")], b"")[0][0] != b"Access-Control-Allow-Origin"
    assert with_headers([(b"set-cookie", b"a=b; samesite=none")], b"")[0] == (
        b"set-cookie",
        b"a=b; SameSite=Lax",
    )
    assert host_name("[::1]:80") == "[::1]"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "POST", "TRACE"])
def test_other_methods_are_refused(method):
    assert answer(made(), "/", method)[0] == 405


# ── Sessions ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "query", "cookie", "status"),
    [
        (SOCKET, "session_id=p", "solara-session-id=mine", 200), (SOCKET, "session_id=p", "a=b", 403),
        (SOCKET, "session_id=p", "solara-session-id=other", 403), (SOCKET, "session_id=shut",
        "solara-session-id=mine", 410), (SOCKET, "", "solara-session-id=mine", 404),
        (SOCKET, "session_id=" + "p" * 99, "solara-session-id=mine", 404),
        ("/jupyter/api/kernels/1/channels", "session_id=p", "", 404),
        ("/jupyter/api/kernels/../channels", "session_id=p", "", 404),
        (SOCKET.replace("channels", "other"), "session_id=p", "", 404),
        (SOCKET.replace("0a7f", "ffff"), "session_id=p", "", 200),
    ],
)  # fmt: skip
def test_a_session_is_its_own_browsers_alone(path, query, cookie, status):
    gate = made()
    gate.contexts[KERNEL] = Context()
    gate.contexts[KERNEL].page_status["shut"] = Status.CLOSED
    assert answer(gate, path, kind="websocket", query=query, cookie=cookie)[0] == status


def test_only_its_own_browser_says_that_a_tab_was_closed():
    gate = made()
    gate.contexts[KERNEL] = Context()
    path, own = f"/_solara/api/close/{KERNEL}", "solara-session-id=mine"
    assert answer(gate, path, "POST", query="session_id=p", cookie=own)[0] == 200
    for query, cookie in (("session_id=p", ""), ("session_id=other", own), ("", own)):
        assert answer(gate, path, "POST", query=query, cookie=cookie)[0] == 204
    assert answer(gate, path[:-1] + "0", "POST", query="session_id=p", cookie=own)[0] == 204


def test_more_connections_than_there_is_room_for_are_told_so(monkeypatch):
    monkeypatch.setenv(limits.MAX_SESSIONS, "2")
    gate = made()
    gate.open = 2 + limits.SPARE
    for kind, path in (("http", "/"), ("websocket", SOCKET)):
        status, heads, body = answer(gate, path, kind=kind, query="session_id=p")
        assert (status, heads["retry-after"]) == (503, "30")
        assert "All 2 places of this server are taken" in body.decode()
    gate.open -= 1
    assert answer(gate, "/")[0] == 200


def test_who_has_no_place_leaves_nothing_and_who_is_long_away_makes_room(monkeypatch):
    places = limits.SessionSlots()
    monkeypatch.setattr(guard, "SESSIONS", places)
    monkeypatch.setenv(limits.MAX_SESSIONS, "2")
    gate = made()
    kernels = ["first", "second", "without"]
    gate.contexts.update({kernel: Context() for kernel in kernels})
    held = [places.take(kernel) for kernel in kernels[:2]]
    for kernel in kernels:
        asyncio.run(gate.left(kernel))
    assert [gate.contexts[kernel].reason for kernel in kernels] == ["", "", "cull"]
    asyncio.run(gate.make_room())
    assert not gate.contexts["first"].reason, "a minute is not over"
    gate.lost["first"] -= guard.RECONNECT_SECONDS + 2
    gate.lost["second"] -= guard.RECONNECT_SECONDS + 1
    gate.contexts["first"].page_status["p"] = Status.CONNECTED  # it came back
    asyncio.run(gate.make_room())
    assert [gate.contexts[kernel].reason for kernel in kernels[:2]] == ["", "cull"]
    held[0].leave()
    gate.lost["first"] = -1e9
    gate.contexts["first"].page_status["p"] = Status.DISCONNECTED
    asyncio.run(gate.make_room())
    assert not gate.contexts["first"].reason, "there is room"


# ── Messages ─────────────────────────────────────────────────────────────────────────────────────


def message(kind: Any = "comm_msg", content: Any = None, channel: Any = "shell", **more: Any) -> str:
    header = {
        "msg_id": "1",
        "msg_type": kind,
        "session": "s",
        "username": "",
        "version": "5.2",
        "date": "today",
    }
    return json.dumps({"header": header, "channel": channel, "content": content or {}, "metadata": {"a": 1},
                       "parent_header": {"b": 2}, "buffers": [], **more})  # fmt: skip


def to(comm: str, **data: Any) -> str:
    return message(content={"comm_id": comm, "data": data})


def custom(comm: str, **content: Any) -> str:
    return to(comm, method="custom", content=content)


def context() -> Context:
    return Context(widgets={"w": Template(), "b": Button()})


@pytest.mark.parametrize(
    "raw",
    [
        message("kernel_info_request"), message("shutdown_request", channel="control"),
        message("comm_open", {"comm_id": "new", "target_name": "solara.control", "data": {}}),
        message("comm_close", {"comm_id": "control", "data": {}}), to("control", method="app-status"),
        to("control", method="run", args={"path": "/", "themes": {"light": {"a": "#fff"}}, "dark": False}),
        custom("w", event="play"), custom("w", event="play", data={"x": [1, None]}),
        custom("b", event="click", data={}), to("w", method="request_state"),
        to("w", method="update", state={"v_model": "typed"}, buffer_paths=[]),
        to("w", method="update", state={"request_download": True}),
    ],
)  # fmt: skip
def test_what_the_page_says_goes_on(raw):
    given, found = json.loads(raw), json.loads(filter_message(raw, context()))
    assert found["header"] == given["header"]
    assert found["content"].get("comm_id") == given["content"].get("comm_id")
    assert found["metadata"] == found["parent_header"] == {}


def test_what_is_unknown_in_a_message_does_not_go_on():
    raw = to("control", method="run", args={"path": "/../x", "appName": "other", "dark": 1, "more": 2})
    args = json.loads(filter_message(raw, context()))["content"]["data"]["args"]
    assert args == {"path": "/", "dark": False, "themes": {}, "appName": None}
    raw = message("comm_info_request", {"target_name": None})
    assert json.loads(filter_message(raw, context()))["content"] == {"target_name": "jupyter.widget"}


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\x00" * 9, "", "[]", "null", "{", "[" * 100_000, "1" * 5000, '{"header": NaN}', '"\\ud800"',
        " " * MAX_BYTES + "{}", message(None), message(["comm_msg"]),
        message("execute_request", {"code": "1"}),
        message("complete_request"), message("input_reply"), message(channel="iopub"), message(channel=None),
        message(buffers=["AA=="]), message(content=[1]), message("comm_msg", {"comm_id": 3, "data": {}}),
        message("comm_msg", {"comm_id": "gone", "data": {}}),
        message("comm_msg", {"comm_id": "w", "data": []}),
        message("comm_open", {"comm_id": "x", "target_name": "jupyter.widget", "data": {"state": {}}}),
        message("comm_open", {"comm_id": "x", "target_name": "jupyter.widget.control", "data": {}}),
        message("comm_open", {"comm_id": "control", "target_name": "solara.control", "data": {}}),
        message("comm_open", {"comm_id": "w" * 99, "target_name": "solara.control", "data": {}}),
        message("comm_close", {"comm_id": "w", "data": {}}),
        to("control", method="reload"), to("control", method="evict"), to("control", method="run"),
        to("control", method="run", args={"themes": [1]}),
        to("control", method="run", args={"themes": {"dark": 1}}),
        to("w"), to("w", method="other"), to("w", method="update"), to("w", method="update", state=[]),
        to("w", method="update", state={"template": "<b>"}), to("w", method="update", state={"children": []}),
        to("w", method="update", state={"v_model": {}}),
        to("w", method="update", state={"v_model": "IPY_MODEL_b"}),
        to("w", method="update", state={"request_download": 1}),
        to("w", method="update", state={"dark_effective": True}),
        to("w", method="update", state={"v_model": 1}, buffer_paths=[["v_model"]]),
        to("w", method="update", state={"v_model": 1e300}), custom("w"), custom("w", event=3),
        custom("w", event="stop"), custom("w", event="__init__"), custom("w", event="play", data=1, more=2),
        custom("w", event="play", create_widget=["os", "getcwd"]),
        custom("w", create_widget=["os", "getcwd"]),
        custom("w", update_ref={"functionRef": "close"}, id="w", prop="v_model"), custom("b", event="play"),
        custom("w", event="play", data=[[[[[[[[1]]]]]]]]),
    ],
)  # fmt: skip
def test_what_the_page_never_says_is_left_out(raw):
    with pytest.raises(RefusedError):
        filter_message(raw, context())


def test_the_page_begins_once_and_channels_are_few():
    begun = context()
    begun.container = object()
    with pytest.raises(RefusedError, match="'run'"):
        filter_message(to("control", method="run", args={}), begun)
    comms = begun.kernel.comm_manager.comms
    comms.update({str(k): comms["control"] for k in range(50)})
    with pytest.raises(RefusedError, match="too many"):
        filter_message(
            message("comm_open", {"comm_id": "new", "target_name": "solara.control", "data": {}}), begun
        )
    begun.kernel = None  # it ended meanwhile
    with pytest.raises(RefusedError, match="gone"):
        filter_message(to("control", method="app-status"), begun)


def test_a_connection_that_talks_nonsense_is_closed(capsys):
    gate, sent = made(), []
    gate.contexts[KERNEL] = Context()
    good = {"type": "websocket.receive", "text": message("kernel_info_request")}
    coming = [
        {"type": "websocket.connect"},
        good,
        *([{"type": "websocket.receive", "bytes": b"x"}] * 60),
        good,
    ]
    got: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while not got or got[-1]["type"] != "websocket.disconnect":
            got.append(await receive())

    async def receive() -> Any:
        return coming.pop(0)

    async def send(one: Any) -> None:
        sent.append(one)

    gate.app = app
    asyncio.run(gate.connect({"type": "websocket", "path": SOCKET}, receive, send))
    assert [one["type"] for one in got] == ["websocket.connect", "websocket.receive", "websocket.disconnect"]
    assert sent == [{"type": "websocket.close", "code": 1008}]
    assert len(coming) == 10
    assert capsys.readouterr().err.count("left out") == 1, "it is said once"
    assert gate.open == 0


# ── Ears ─────────────────────────────────────────────────────────────────────────────────────────

ANYTHING = [
    None,
    True,
    -1,
    0,
    7,
    2.5,
    float("nan"),
    "",
    "a",
    "x" * 999,
    [],
    [1],
    {},
    {"a": 1},
    {"a": []},
    {"a": {}},
]


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (heard.whole, [0, 7]),
        (lambda act: heard.word(act, ("a", "")), ["", "a"]),
        (heard.text, ["True", "-1", "0", "7", "2.5", "nan", "", "a", "x" * 200]),
        (heard.form, [{}, {"a": 1}]),
        (lambda act: heard.signal(lambda: act(1)), [1] * len(ANYTHING)),
    ],
)
def test_handlers_hear_only_what_they_take(make, expected):
    got: list[Any] = []
    for said in ANYTHING:
        make(got.append)(said)
    assert got == expected


def test_an_answer_to_a_frame_that_was_never_sent_changes_nothing():
    stage = FrameStream()
    stage.acknowledge(2**50)
    assert stage._answered == 0


def test_a_centre_that_is_not_there_cannot_be_taken_back():
    session = Session(SimpleNamespace())
    session.set_options(centres=(1, 2, 3))
    for number in (-1, -3, 3, 99):
        session.remove_centre(number)
    assert session.options.peek().centres == (1, 2, 3)
    session.remove_centre(1)
    assert session.options.peek().centres == (1, 3)
