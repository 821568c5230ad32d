"""Names, origins, paths, headers and sessions that the request filter allows."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from tests.support.filter_doubles import KERNEL, SOCKET, Context, Status, answer, made, message
from viz.app import serving_options
from viz.app.server import request_filter, session_slots
from viz.app.server.request_filter import host_name, with_headers


@pytest.mark.parametrize(
    ("bound", "host", "status"),
    [
        ("127.0.0.1", "127.0.0.1:8765", 200),
        ("127.0.0.1", "localhost:1", 200),
        ("127.0.0.1", "[::1]:80", 200),
        ("127.0.0.2", "127.0.0.2", 200),
        ("::1", "[::1]:8765", 200),
        ("127.0.0.1", "page.example", 200),
        ("127.0.0.1", "evil.example:8765", 421),
        ("127.0.0.1", "localhost.evil.example", 421),
        ("127.0.0.1", "192.168.0.9", 421),
        ("127.0.0.1", "", 421),
        ("127.0.0.1", "a b", 421),
        ("127.0.0.1", "127.0.0.1@evil.example", 421),
        ("0.0.0.0", "192.168.0.9:8765", 200),
        ("0.0.0.0", "evil.example", 421),
        ("::", "[2001:db8::1]:8765", 200),
        ("0.0.0.0", "PAGE.example:80", 200),
    ],
)
def test_only_own_names_are_answered(bound, host, status):
    assert answer(made(bound, ("page.example",)), "/readyz", host=host)[0] == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("http://127.0.0.1:8765", 200),
        ("https://127.0.0.1:8765", 200),
        ("http://127.0.0.1:9999", 403),
        ("http://localhost:8765", 403),
        ("http://evil.example", 403),
        ("null", 403),
        ("", 403),
        ("file://127.0.0.1:8765", 403),
        ("http://127.0.0.1:8765.evil.example", 403),
        ("http://[::1", 403),
    ],
)
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
        ("/", 200),
        ("/readyz", 200),
        ("/static/assets/favicon.svg", 200),
        ("/static/main.js", 200),
        ("/jupyter/nbextensions/jupyter-vue/nodeps.js", 200),
        ("/_solara/cdn/requirejs@2.3.6/require.js", 200),
        ("/_solara/cdn/echarts@5.4.0/dist/echarts.min.js", 200),
        ("/resourcez", 404),
        ("/jupyter/api/kernels/1", 404),
        ("/learn", 404),
        ("//evil.example/", 404),
        ("/static/../server.py", 404),
        ("/static/assets/../../server.py", 404),
        ("/static//etc/passwd", 404),
        ("/static/a\x00.js", 404),
        ("/static/..\\x.js", 404),
        ("/static/" + "a" * 300 + ".js", 404),
        ("/static/public/x.js\n", 404),
        ("/jupyter/nbextensions/other/x.js", 404),
        ("/_solara/cdn/left-pad@1.0.0/index.js", 404),
        ("/_solara/cdn/", 404),
        ("/_solara/cdn/a", 404),
        ("/_solara/cdn/echarts@5.4.0/dist/folder.js", 404),
        ("/_solara/cdn/echarts@5.4.0/../x.js", 404),
        ("/_solara/cdn/requirejs@2.3.6@evil.example/x.js", 404),
        ("/_solara/cdn/echarts@5.4.0", 404),
        ("/_solara/cdn/echarts@5.4.0/dist/x.html", 404),
        ("/_solara/api/evict/" + KERNEL, 404),
    ],
)
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
    filter_ = made()
    inner = filter_.app

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.extend(scope["headers"])
        await inner(scope, receive, send)

    filter_.app = app
    answer(
        filter_,
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


@pytest.mark.parametrize(
    ("path", "query", "cookie", "status"),
    [
        (SOCKET, "session_id=p", "solara-session-id=mine", 200),
        (SOCKET, "session_id=p", "a=b", 403),
        (SOCKET, "session_id=p", "solara-session-id=other", 403),
        (SOCKET, "session_id=shut", "solara-session-id=mine", 410),
        (SOCKET, "", "solara-session-id=mine", 404),
        (SOCKET, "session_id=" + "p" * 99, "solara-session-id=mine", 404),
        ("/jupyter/api/kernels/1/channels", "session_id=p", "", 404),
        ("/jupyter/api/kernels/../channels", "session_id=p", "", 404),
        (SOCKET.replace("channels", "other"), "session_id=p", "", 404),
        (SOCKET.replace("0a7f", "ffff"), "session_id=p", "", 200),
    ],
)
def test_a_session_is_its_own_browsers_alone(path, query, cookie, status):
    filter_ = made()
    filter_.contexts[KERNEL] = Context()
    filter_.contexts[KERNEL].page_status["shut"] = Status.CLOSED
    assert answer(filter_, path, kind="websocket", query=query, cookie=cookie)[0] == status


def test_only_its_own_browser_says_that_a_tab_was_closed():
    filter_ = made()
    filter_.contexts[KERNEL] = Context()
    path, own = f"/_solara/api/close/{KERNEL}", "solara-session-id=mine"
    assert answer(filter_, path, "POST", query="session_id=p", cookie=own)[0] == 200
    for query, cookie in (("session_id=p", ""), ("session_id=other", own), ("", own)):
        assert answer(filter_, path, "POST", query=query, cookie=cookie)[0] == 204
    assert answer(filter_, path[:-1] + "0", "POST", query="session_id=p", cookie=own)[0] == 204


def test_connections_beyond_the_limit_are_refused(monkeypatch):
    monkeypatch.setenv(serving_options.MAX_SESSIONS, "2")
    filter_ = made()
    filter_.open = 2 + session_slots.SPARE
    for kind, path in (("http", "/"), ("websocket", SOCKET)):
        status, heads, body = answer(filter_, path, kind=kind, query="session_id=p")
        assert (status, heads["retry-after"]) == (503, "30")
        assert "All 2 places of this server are taken" in body.decode()
    filter_.open -= 1
    assert answer(filter_, "/")[0] == 200


def test_a_session_without_a_slot_ends_and_one_long_away_gives_way(monkeypatch):
    places = session_slots.SessionSlots()
    monkeypatch.setattr(request_filter, "SLOTS", places)
    monkeypatch.setenv(serving_options.MAX_SESSIONS, "2")
    filter_ = made()
    kernels = ["first", "second", "without"]
    filter_.contexts.update({kernel: Context() for kernel in kernels})
    held = [places.acquire(kernel) for kernel in kernels[:2]]
    for kernel in kernels:
        asyncio.run(filter_.on_disconnect(kernel))
    assert [filter_.contexts[kernel].reason for kernel in kernels] == ["", "", "cull"]
    asyncio.run(filter_.evict_lost_session())
    assert not filter_.contexts["first"].reason, "a minute is not over"
    filter_.lost["first"] -= request_filter.RECONNECT_SECONDS + 2
    filter_.lost["second"] -= request_filter.RECONNECT_SECONDS + 1
    filter_.contexts["first"].page_status["p"] = Status.CONNECTED  # it came back
    asyncio.run(filter_.evict_lost_session())
    assert [filter_.contexts[kernel].reason for kernel in kernels[:2]] == ["", "cull"]
    held[0].release()
    filter_.lost["first"] = -1e9
    filter_.contexts["first"].page_status["p"] = Status.DISCONNECTED
    asyncio.run(filter_.evict_lost_session())
    assert not filter_.contexts["first"].reason, "there is room"


def test_a_connection_that_talks_nonsense_is_closed(capsys):
    filter_, sent = made(), []
    filter_.contexts[KERNEL] = Context()
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

    filter_.app = app
    asyncio.run(filter_.connect({"type": "websocket", "path": SOCKET}, receive, send))
    assert [one["type"] for one in got] == ["websocket.connect", "websocket.receive", "websocket.disconnect"]
    assert sent == [{"type": "websocket.close", "code": 1008}]
    assert len(coming) == 10
    assert capsys.readouterr().err.count("was dropped") == 1, "it is said once"
    assert filter_.open == 0
