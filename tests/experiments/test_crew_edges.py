"""Processes that do runs: what a worker answers, and what is made of one that is no longer there."""

from __future__ import annotations

import pickle
import signal
import threading
from collections import deque
from multiprocessing import Pipe

import pytest

from experiments import crew, twins
from experiments.crew import DIED
from experiments.worker import attempt, work


class Doubling:
    """A plan whose record is twice the seed; seed 3 fails."""


def doubled(plan, seed, arm):
    assert isinstance(plan, Doubling)
    if seed == 3:
        raise ValueError(f"no run for {arm}")
    return 2 * seed


@pytest.fixture
def plan(monkeypatch):
    monkeypatch.setattr(twins, "run_one", doubled)
    return Doubling()


def test_a_worker_answers_until_nobody_is_left(plan):
    """Here on a line of this process; tests of the commands start real ones, which are ended from outside."""
    here, there = Pipe()
    for run in ((5, "a"), (3, "b")):
        here.send(run)
    before = signal.getsignal(signal.SIGINT)
    answered = []

    def listen():
        answered.extend(here.recv() for _ in range(2))
        here.close()

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        work(there, pickle.dumps(plan))
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN  # Ctrl-C is for who started it
    finally:
        signal.signal(signal.SIGINT, before)
        listener.join()
    assert answered == [10, "ValueError: no run for b"]


def test_without_workers_runs_are_made_here(plan):
    assert list(crew.outcomes(plan, [(1, "a"), (3, "a")])) == [
        ((1, "a"), 2), ((3, "a"), "ValueError: no run for a"),
    ]  # fmt: skip
    assert attempt(plan, (4, "a")) == 8


class Process:
    """A process that was started; ``ended`` counts."""

    def __init__(self):
        self.ended = 0

    def terminate(self):
        self.ended += 1

    def join(self):
        self.ended += 1


def started(monkeypatch, *lines):
    made = [Process() for _ in lines]
    monkeypatch.setattr(crew, "_start", lambda plan, workers: iter(zip(made, lines, strict=True)))
    return made


def test_a_process_that_dies_loses_its_run_and_no_other(plan, monkeypatch):
    """One answers its first run and is then gone; the other is gone before it gets one."""
    here, there = Pipe()
    gone, other = Pipe()
    other.close()
    gone.close()
    there.send("first")
    made = started(monkeypatch, here, gone)
    found = crew._in_processes(plan, [(1, "a"), (2, "a"), (3, "a")], 2)
    assert next(found) == ((1, "a"), "first")
    there.close()
    assert list(found) == [((2, "a"), DIED), ((3, "a"), DIED)]
    assert [process.ended for process in made] == [2, 2]


def test_a_line_that_is_closed_takes_no_run():
    here, there = Pipe()
    there.close()
    left, busy = deque([(1, "a")]), {}
    here.close()
    crew._hand_over(here, left, busy)
    assert (list(left), busy) == ([(1, "a")], {})
    crew._hand_over(here, deque(), busy)
    assert busy == {}


def test_only_the_first_thread_is_kept_from_hearing_an_interruption():
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def elsewhere():
        with crew._unheard():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    with crew._unheard():
        seen.append(signal.getsignal(signal.SIGINT))
    assert seen == [before, signal.SIG_IGN]
    assert signal.getsignal(signal.SIGINT) is before
