"""Rules that never end: Ctrl-C is heard, and a sentence names rule and quarter."""

from __future__ import annotations

import os
import signal
import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest

from experiments.study import endless
from experiments.study.endless import interruptible, watched
from model.engine.engine import Engine
from model.engine.events import for_each, procedure
from model.scenarios.scenario import date_of


def late(wage: float) -> float:
    return wage


def spin(city_gdp: list[float]) -> None:
    pass


ENGINE: Any = SimpleNamespace(
    events=[for_each("wages", "cities", "wage", "late"), procedure("spins", spin)],
    rules={"wage": date_of, "late": late},
)


def test_a_signal_is_heard_though_a_call_does_not_end() -> None:
    thread: list[threading.Thread] = []

    def for_ever() -> None:
        thread.append(threading.current_thread())
        os.kill(os.getpid(), signal.SIGINT)
        while True:
            time.sleep(0.01)

    with pytest.raises(KeyboardInterrupt):
        interruptible(for_ever)
    thread[0].join(20.0)
    assert not thread[0].is_alive()


def test_a_call_gives_what_it_gives_and_raises_what_it_raises() -> None:
    assert interruptible(lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        interruptible(lambda: 1 // 0)


def test_outside_the_main_thread_which_gets_no_signal_a_call_has_no_thread_of_its_own() -> None:
    found: list[bool] = []

    def outer() -> None:
        here = threading.current_thread()
        found.append(interruptible(lambda: threading.current_thread() is here))

    thread = threading.Thread(target=outer)
    thread.start()
    thread.join()
    assert found == [True]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(endless, "PATIENCE", 0.2)
    return []


def wait_for(said: list[str], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not said and time.monotonic() < end:
        time.sleep(0.01)


@pytest.mark.parametrize(("event", "rule"), [("wage", "late"), ("spin", "spin")])
def test_an_event_that_does_not_end_is_named_with_the_users_rules_and_its_quarter(
    said: list[str], event: str, rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "under_way", (ENGINE, event, 6))
    with watched("seed 1 with", 2005, said.append):
        wait_for(said, 20.0)
    assert len(said) == 1
    assert said[0].startswith(f"seed 1 with: event {event} (rule {rule}) of 2006Q3 has been running")
    assert "Ctrl-C" in said[0]
    assert "--timeout SECONDS" in said[0]


def test_events_that_follow_each_other_are_not_named(
    said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "under_way", None)
    with watched("seed 1 with", 2005, said.append):
        for step in range(10):
            monkeypatch.setattr(Engine, "under_way", (ENGINE, "wage", step))
            time.sleep(0.05)
    assert said == []
