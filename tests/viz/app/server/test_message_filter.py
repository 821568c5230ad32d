"""Messages of a browser that pass, are rebuilt, or are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from tests.support.filter_doubles import Button, Context, Template, message
from viz.app.server.message_filter import MAX_BYTES, RefusedError, filter_message


def to(comm: str, **data: Any) -> str:
    return message(content={"comm_id": comm, "data": data})


def custom(comm: str, **content: Any) -> str:
    return to(comm, method="custom", content=content)


def context() -> Context:
    return Context(widgets={"w": Template(), "b": Button()})


@pytest.mark.parametrize(
    "raw",
    [
        message("kernel_info_request"),
        message("shutdown_request", channel="control"),
        message("comm_open", {"comm_id": "new", "target_name": "solara.control", "data": {}}),
        message("comm_close", {"comm_id": "control", "data": {}}),
        to("control", method="app-status"),
        to("control", method="run", args={"path": "/", "themes": {"light": {"a": "#fff"}}, "dark": False}),
        custom("w", event="play"),
        custom("w", event="play", data={"x": [1, None]}),
        custom("b", event="click", data={}),
        to("w", method="request_state"),
        to("w", method="update", state={"v_model": "typed"}, buffer_paths=[]),
        to("w", method="update", state={"request_download": True}),
    ],
)
def test_messages_of_the_page_pass(raw):
    given, found = json.loads(raw), json.loads(filter_message(raw, context()))
    assert found["header"] == given["header"]
    assert found["content"].get("comm_id") == given["content"].get("comm_id")
    assert found["metadata"] == found["parent_header"] == {}


def test_unknown_fields_of_a_message_are_dropped():
    raw = to("control", method="run", args={"path": "/../x", "appName": "other", "dark": 1, "more": 2})
    args = json.loads(filter_message(raw, context()))["content"]["data"]["args"]
    assert args == {"path": "/", "dark": False, "themes": {}, "appName": None}
    raw = message("comm_info_request", {"target_name": None})
    assert json.loads(filter_message(raw, context()))["content"] == {"target_name": "jupyter.widget"}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 9,
        "",
        "[]",
        "null",
        "{",
        "[" * 100_000,
        "1" * 5000,
        '{"header": NaN}',
        '"\\ud800"',
        " " * MAX_BYTES + "{}",
        message(None),
        message(["comm_msg"]),
        message("execute_request", {"code": "1"}),
        message("complete_request"),
        message("input_reply"),
        message(channel="iopub"),
        message(channel=None),
        message(buffers=["AA=="]),
        message(content=[1]),
        message("comm_msg", {"comm_id": 3, "data": {}}),
        message("comm_msg", {"comm_id": "gone", "data": {}}),
        message("comm_msg", {"comm_id": "w", "data": []}),
        message("comm_open", {"comm_id": "x", "target_name": "jupyter.widget", "data": {"state": {}}}),
        message("comm_open", {"comm_id": "x", "target_name": "jupyter.widget.control", "data": {}}),
        message("comm_open", {"comm_id": "control", "target_name": "solara.control", "data": {}}),
        message("comm_open", {"comm_id": "w" * 99, "target_name": "solara.control", "data": {}}),
        message("comm_close", {"comm_id": "w", "data": {}}),
        to("control", method="reload"),
        to("control", method="evict"),
        to("control", method="run"),
        to("control", method="run", args={"themes": [1]}),
        to("control", method="run", args={"themes": {"dark": 1}}),
        to("w"),
        to("w", method="other"),
        to("w", method="update"),
        to("w", method="update", state=[]),
        to("w", method="update", state={"template": "<b>"}),
        to("w", method="update", state={"children": []}),
        to("w", method="update", state={"v_model": {}}),
        to("w", method="update", state={"v_model": "IPY_MODEL_b"}),
        to("w", method="update", state={"request_download": 1}),
        to("w", method="update", state={"dark_effective": True}),
        to("w", method="update", state={"v_model": 1}, buffer_paths=[["v_model"]]),
        to("w", method="update", state={"v_model": 1e300}),
        custom("w"),
        custom("w", event=3),
        custom("w", event="stop"),
        custom("w", event="__init__"),
        custom("w", event="play", data=1, more=2),
        custom("w", event="play", create_widget=["os", "getcwd"]),
        custom("w", create_widget=["os", "getcwd"]),
        custom("w", update_ref={"functionRef": "close"}, id="w", prop="v_model"),
        custom("b", event="play"),
        custom("w", event="play", data=[[[[[[[[1]]]]]]]]),
    ],
)
def test_messages_that_the_page_never_sends_are_refused(raw):
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
    with pytest.raises(RefusedError, match="does not exist any more"):
        filter_message(to("control", method="app-status"), begun)
