"""Payloads that handlers of events receive."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from viz.app.ui.event_filters import form, natural_number, one_of, short_text, signal

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
        (natural_number, [0, 7]),
        (lambda act: one_of(("a", ""), act), ["", "a"]),
        (short_text, ["True", "-1", "0", "7", "2.5", "nan", "", "a", "x" * 200]),
        (form, [{}, {"a": 1}]),
        (lambda act: signal(lambda: act(1)), [1] * len(ANYTHING)),
    ],
)
def test_handlers_receive_only_payloads_of_their_kind(make, expected):
    got: list[Any] = []
    for said in ANYTHING:
        make(got.append)(said)
    assert got == expected
