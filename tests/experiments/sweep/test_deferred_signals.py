"""Signals that wait while something starts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from experiments.sweep.deferred_signals import later

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of Unix")


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_comes_when_the_block_has_ended(name: str) -> None:
    heard: list[str] = []
    number = getattr(signal, name)
    before = signal.signal(number, lambda *_: heard.append("heard"))
    try:
        with later():
            os.kill(os.getpid(), number)
            heard.append("the end of the block")
        assert heard == ["the end of the block", "heard"]
        os.kill(os.getpid(), number)
        assert heard[2:] == ["heard"]
    finally:
        signal.signal(number, before)


def test_what_is_started_meanwhile_hears_nothing_of_the_terminal_and_others_do() -> None:
    code = "import signal; print(sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])))"
    said: list[str] = []

    def start() -> None:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        said.append(done.stdout)

    with later():
        thread = threading.Thread(target=start)
        thread.start()
    thread.join()
    start()
    assert "SIGINT" in said[0]
    assert "SIGHUP" in said[0]
    assert "SIGTERM" not in said[0]
    assert said[1] == "[]\n"


def test_outside_the_main_thread_nothing_waits() -> None:
    ran: list[bool] = []

    def inside() -> None:
        with later():
            ran.append(True)

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert ran == [True]
