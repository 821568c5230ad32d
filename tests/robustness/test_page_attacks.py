"""The page's server and visitors who mean harm: code in messages, others' sessions, floods, nonsense."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import random
import socket
import struct
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.long_version import LONG, Note

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.support.page_client import Served, Visitor, served

pytestmark = [LONG, pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs Linux")]

MESSAGES = 20_000
MOST_MIB = 64  # that a message of a GiB may cost: the longest that is taken has 64 KiB
OPEN = "start of 2005"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("attacked"), "--max-sessions", "4") as made:
        yield made


async def opened(place: Served) -> Visitor:
    made = Visitor(place.address)
    await made.arrive()
    await made.open()
    await made.wait(lambda: made.date == OPEN)
    return made


async def still_works(visitor: Visitor) -> None:
    """The page answers as if nothing had been."""
    await visitor.do("speeds", "pause")
    await visitor.do("speeds", "reset")
    await visitor.wait(lambda: visitor.date == OPEN and visitor.part("speeds").get("doing") == "rest")
    await visitor.do("speeds", "step")
    await visitor.wait(lambda: visitor.date == "end of 2005Q1")


def test_no_message_becomes_code(place):
    """A module that writes a file when it is imported lies where the server would find it."""
    folder = place.log.parent
    (folder / "planted.py").write_text("open('imported', 'w')\ndef called(**given): open('called', 'w')\n")

    async def attack() -> None:
        visitor = await opened(place)
        target, template = visitor.find("speeds"), visitor.part("speeds")["template"]
        for content in (
            {"create_widget": ["planted", "called"], "props": {}, "id": "x"},
            {"update_ref": {"functionRef": "close"}, "id": target, "prop": "label"},
            {"update_ref": {"objectRef": "_trait_values"}, "id": target, "prop": "texts"},
            {"event": "event_play", "create_widget": ["planted", "called"], "props": {}, "id": "x"},
        ):
            await visitor.tell(target, {"method": "custom", "content": content})
        code = "open('executed', 'w')"
        await visitor.say("execute_request", {"code": code, "silent": False, "user_expressions": {"x": code}})
        for name in ("jupyter.widget", "jupyter.widget.control", "planted", "planted.called"):
            await visitor.say("comm_open", {"comm_id": uuid.uuid4().hex, "target_name": name, "data": {}})
        for state in (
            {"template": "<script>alert(1)</script>"},
            {"template": "../../etc/passwd"},
            {"template_file": "/x"},
            {"css": "*{}"},
            {"methods": "{}"},
            {"children": ["IPY_MODEL_" + target]},
            {"texts": {}},
            {"_model_module": "planted"},
            {"v_model": "IPY_MODEL_" + target},
        ):
            for comm in list(visitor.models):
                await visitor.tell(comm, {"method": "update", "state": state, "buffer_paths": []})
                break
            await visitor.tell(target, {"method": "update", "state": state, "buffer_paths": []})
        await visitor.tell(target, {"method": "request_state"})
        await still_works(visitor)
        assert visitor.part("speeds")["template"] == template
        assert visitor.part("speeds")["texts"]
        # The connection continues after this nonsense only because it was little, and from one tab.
        await visitor.leave()

    asyncio.run(attack())
    assert {one.name for one in folder.iterdir()} <= {"server.log", "planted.py"}
    assert place.tracebacks == 0, place.said


def test_a_session_cannot_be_entered_read_or_closed_by_another(place):
    async def attack() -> None:
        mine, other = await opened(place), await opened(place)
        numbers = {one.kernel for one in (mine, other)}
        assert len(numbers) == 2
        for cookie in (other.cookie, "solara-session-id=", "a=b", f"{other.cookie}; x={mine.cookie}"):
            with pytest.raises(InvalidStatus) as refused:
                await knock(place, mine.kernel, cookie)
            assert refused.value.response.status_code == 403
            path = f"/_solara/api/close/{mine.kernel}?session_id={mine.page}"
            assert place.ask("POST", path, Cookie=cookie)[0] == 204
        before = dict(mine.models)
        # No widget of another session is reachable, even for who knows its number.
        await other.tell(mine.find("speeds"), {"method": "custom", "content": {"event": "event_step"}})
        await other.tell(mine.find("speeds"), {"method": "request_state"})
        await still_works(other)
        assert not set(before) & set(other.models)
        assert mine.date == OPEN
        await still_works(mine)
        await mine.leave()
        await other.leave()

    asyncio.run(attack())
    assert place.tracebacks == 0, place.said


async def knock(place: Served, kernel: str, cookie: str, **more: Any) -> None:
    page = more.pop("page", "p")
    address = f"ws://{place.address}/jupyter/api/kernels/{kernel}/channels?session_id={page}"
    async with connect(address, additional_headers={"Cookie": cookie, **more}, open_timeout=60):
        pass


def test_pages_of_other_sites_and_foreign_names_are_refused(place):
    async def attack() -> None:
        for heads in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}):
            with pytest.raises(InvalidStatus):
                await knock(place, str(uuid.uuid4()), "", **heads)
        for kernel, page in (("1", "p"), ("../../x", "p"), (str(uuid.uuid4()), "")):
            with pytest.raises(InvalidStatus):
                await knock(place, kernel, "", page=page)
        await knock(place, str(uuid.uuid4()), "")  # no browser: it says no origin

    asyncio.run(attack())
    evil = {"X_Script_Name": "//evil.example", "X_Forwarded_Host": "evil.example"}
    assert place.ask("GET", "/", Host="evil.example")[0] == 421
    assert b"evil" not in place.ask("GET", "/", **evil)[2]
    assert b"evil" not in place.ask("GET", "/")[2]
    assert place.ask("GET", "/static/%2e%2e/server.py")[0] == 404
    assert place.ask("GET", "/static/assets/..%2f..%2fapp%2fpage.py")[0] == 404
    assert place.ask("GET", "/_solara/cdn/..%2f..%2f..%2fetc/passwd")[0] == 404
    began = time.monotonic()
    assert place.ask("GET", "/_solara/cdn/some-package@1.0.0/x.js")[0] == 404
    assert time.monotonic() - began < 3.0, "the server asked the network"
    for path in ("/", "/static/assets/style.css", "/nothing", "/resourcez"):
        heads = place.ask("GET", path, Origin=f"http://{place.address}")[1]
        assert heads["x-content-type-options"] == "nosniff", path
        assert "frame-ancestors 'none'" in heads["content-security-policy"], path
        assert "access-control-allow-origin" not in heads
        assert "server" not in heads
    policy = place.ask("GET", "/")[1]["content-security-policy"]
    assert "script-src 'self' 'nonce-" in policy
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    assert place.tracebacks == 0, place.said


# ── Too much ─────────────────────────────────────────────────────────────────────────────────────


def raw_socket(place: Served, deflate: bool = False) -> socket.socket:
    """A websocket whose frames are made by hand."""
    host, port = place.address.rsplit(":", 1)
    line = socket.create_connection((host, int(port)), timeout=60)
    key = base64.b64encode(os.urandom(16)).decode()
    more = "Sec-WebSocket-Extensions: permessage-deflate\r\n" if deflate else ""
    line.sendall(
        f"GET /jupyter/api/kernels/{uuid.uuid4()}/channels?session_id=p HTTP/1.1\r\nHost: {place.address}\r\n"
        f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
        f"Sec-WebSocket-Version: 13\r\n{more}\r\n".encode()
    )
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += line.recv(4096)
    assert b" 101 " in answer.split(b"\r\n")[0], answer
    return line


def frame(first: int, length: int) -> bytes:
    """The head of a frame, its mask nought."""
    return struct.pack("!BBQ", first, 0xFF, length) + b"\0\0\0\0"


def pour(line: socket.socket, head: bytes, count: int) -> int:
    """Send a head and then a block many times until the other side has enough; bytes that went."""
    sent = 0
    try:
        line.sendall(head)
        for _ in range(count):
            line.sendall(b" " * 65_536)
            sent += 65_536
        line.settimeout(30)
        while line.recv(65_536):
            pass
    except OSError:
        pass
    return sent


def test_long_messages_and_packed_ones_do_not_fill_the_memory(place, note: Note):
    import zlib

    before = place.mib
    with raw_socket(place) as line:
        assert pour(line, frame(0x81, 1 << 30), 1 << 14) < 1 << 29
    with raw_socket(place) as line:  # in parts, of which each is short
        blocks = [frame(0x01, 60_000) + b" " * 60_000, *[frame(0x00, 60_000) + b" " * 60_000] * 50]
        pour(line, b"".join(blocks), 0)
    packer = zlib.compressobj(wbits=-12)
    packed = packer.compress(b" " * (64 << 20)) + packer.flush(zlib.Z_SYNC_FLUSH)
    with raw_socket(place, deflate=True) as line:
        pour(line, frame(0xC1, len(packed[:-4])) + packed[:-4], 0)
    with raw_socket(place) as line:  # no text, though it says so
        pour(line, frame(0x81, 2) + b"\xff\xfe", 0)
    assert place.mib - before < MOST_MIB
    assert place.ask("GET", "/readyz")[0] == 200
    assert place.tracebacks == 0, place.said
    note(what="page: messages of a GiB", count=4, faults=0, tracebacks=place.tracebacks, hangs=0)


# ── Nonsense ─────────────────────────────────────────────────────────────────────────────────────


class Nonsense:
    """Messages at random; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def value(self, depth: int = 0) -> Any:
        """Anything that JSON can say."""
        rng = self.random
        made = rng.choice(
            [
                lambda: None,
                lambda: rng.random() < 0.5,
                lambda: rng.randint(-3, 400),
                lambda: rng.gauss(0, 1e6),
                lambda: 2**62,
                lambda: 1e308,
                lambda: "",
                lambda: "x" * rng.choice((1, 60, 5000)),
                lambda: rng.choice(("en", "zh", "explore", "results", "learn", "2007", "own", "IPY_MODEL_x")),
                lambda: "\u202e\0<script>'\"`;--",
                lambda: [self.value(depth + 1) for _ in range(rng.randint(0, 3))],
                lambda: self.form(depth + 1),
            ]
        )
        return made() if depth < 4 else None

    def form(self, depth: int = 0) -> dict[str, Any]:
        """Fields, most of them known to the page."""
        keys = ("key", "value", "name", "kind", "size", "industry", "scenario", "seed", "firms", "x")
        known = {
            "key": ("measure", "effect", "links", "twins", "flows", "twin", "city", "file", "side"),
            "name": ("talent_mobility", "firms", "x"),
            "kind": ("basic", "super"),
        }
        return {
            key: self.random.choice(known[key])
            if key in known and self.random.random() < 0.7
            else self.value(depth)
            for key in self.random.sample(keys, self.random.randint(0, 4))
        }

    def message(self, visitor: Visitor) -> tuple[str, Any]:
        """Kind and content, mostly to a widget that is there and of an event that it knows."""
        rng, dice = self.random, self.random.random()
        if dice < 0.03:
            kinds = ("execute_request", "comm_open", "comm_close", "comm_info_request", "inspect_request", "")
            return rng.choice(kinds), self.value()
        comm = rng.choice(list(visitor.models) or ["none"])
        state = visitor.models.get(comm, {})
        if dice < 0.12 or (dice < 0.3 and "v_model" in state):
            key = "v_model" if dice > 0.12 else rng.choice(list(state) or ["x"])
            return "comm_msg", {"comm_id": comm, "data": {"method": "update", "state": {key: self.value()}}}
        events = state.get("events") or state.get("_events")
        if not events and dice < 0.9:
            return self.message(visitor)
        if not events:
            return "comm_msg", {"comm_id": comm, "data": self.value()}
        data = self.form() if rng.random() < 0.5 else self.value()
        content = {"event": rng.choice(events), "data": data}
        return "comm_msg", {"comm_id": comm, "data": {"method": "custom", "content": content}}


async def talk_nonsense(place: Served, visitor: Visitor, count: int, seed: int) -> int:
    """Say so many messages, coming back when the server has had enough; how often it had.

    In the end the connection is a new one: the server may still be about to end the last.
    """
    made, back = Nonsense(seed), 0
    for number in range(count):
        try:
            kind, content = made.message(visitor)
            if made.random.random() < 0.02:
                await visitor.send(made.random.randbytes(made.random.randint(0, 300)))
            await visitor.say(kind, content)
        except (OSError, ConnectionError):
            pass
        except Exception as error:  # the client's own word for a connection that is closed
            if type(error).__name__ not in ("ConnectionClosedError", "ConnectionClosedOK"):
                raise
        if visitor._reader.done():
            back += 1
            await visitor.come_back()
        if number % 50 == 49:
            await asyncio.sleep(0.01)
    await visitor.come_back()
    return back


def test_nonsense_does_nothing(place, note: Note):
    async def attack() -> None:
        visitor = await opened(place)
        await talk_nonsense(place, visitor, MESSAGES, seed=9)
        for tab in ("learn", "results", "explore"):
            await visitor.do("languages", "show", tab)
            await talk_nonsense(place, visitor, MESSAGES // 4, seed=len(tab))
        await visitor.do("languages", "speak", "en")
        await visitor.do("languages", "show", "explore")
        await visitor.wait(lambda: visitor.part("speeds"))
        if not visitor.part("groups"):  # nonsense has closed the settings
            tools = next(
                one for one, state in visitor.models.items() if "'settings'" in str(state.get("items"))
            )
            await visitor.tell(tools, {"method": "custom", "content": {"event": "event_set", "data": {}}})
        await visitor.wait(lambda: visitor.part("groups"))
        await visitor.do("groups", "choose", {"scenario": "actual", "seed": "1", "firms": "500"})
        await visitor.do("groups", "defaults")
        while visitor.part("groups")["centres"]:
            count = len(visitor.part("groups")["centres"])
            await visitor.do("groups", "take_back", 0)
            await visitor.wait(lambda count=count: len(visitor.part("groups")["centres"]) < count)
        await still_works(visitor)
        assert not visitor.errors, visitor.errors
        await visitor.leave()

    asyncio.run(attack())
    bugs = [line for line in place.said.splitlines() if "bug" in line or "rror" in line]
    assert place.tracebacks == 0, place.said
    count = MESSAGES + 3 * (MESSAGES // 4)
    note(what="page: messages at random", count=count, faults=len(bugs), tracebacks=place.tracebacks, hangs=0)
    assert not bugs, bugs
    assert json.loads(place.ask("GET", "/readyz")[2])["status"] == "ok"
