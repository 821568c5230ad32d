"""Processes that do runs, such that an interruption loses no finished one."""

from __future__ import annotations

import pickle
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from experiments.study.worker_process import attempt, work

Run = tuple[int, str]  # seed, arm
Outcomes = Generator[tuple[Any, Any], None, None]
DIED = "its process was ended from outside three times, as happens when memory runs out"
TRIES = 3  # of a run whose process is ended from outside
# Of processes one after the other, with no run that ends between, after which no more are started.
DEATHS = 10


def outcomes(plan: Any, runs: Sequence[Run], workers: int = 1, timeout: float | None = None) -> Outcomes:
    """Each run of a plan with its outcome as it ends: its record, or a text that says why it failed.

    With more than one worker, in processes of their own, which closing the generator ends at once. timeout:
    s after which a run is ended; it needs a process of its own for that, with one worker too.
    """
    return each(partial(attempt, plan), runs, workers, timeout)


def each(
    doing: Callable[[Any], Any], jobs: Sequence[Any], workers: int = 1, timeout: float | None = None
) -> Outcomes:
    """Each job with what ``doing`` makes of it, as `outcomes` does; a text if it took too long or died."""
    if workers > 1 or timeout is not None:
        return _in_processes(doing, jobs, workers, timeout)
    return ((job, doing(job)) for job in jobs)


@dataclass
class _Member:
    """A process, the line to it, and its job with the moment at which time is up."""

    process: BaseProcess
    line: Connection
    job: Any = None
    end: float = float("inf")


@dataclass
class _Crew:
    """The processes of a plan; one that dies is replaced."""

    doing: bytes
    timeout: float | None
    members: list[_Member] = field(default_factory=list)
    tries: dict[Any, int] = field(default_factory=dict)
    deaths: int = 0  # since the last job that ended

    def hire(self, many: int, left: deque[Any]) -> None:
        """Start processes and give each a job, while there are jobs and not all processes die."""
        before = len(self.members)
        with _unheard():
            for member in _start(self.doing, min(many, len(left)) if self.deaths < DEATHS else 0):
                self.members.append(member)
        for member in self.members[before:]:
            self.hand_over(member, left)

    def hand_over(self, member: _Member, left: deque[Any]) -> None:
        """Give the next job to a process, if it is alive; without a job it is let go."""
        member.job = left.popleft() if left else None
        if member.job is None:
            return
        member.end = float("inf") if self.timeout is None else time.monotonic() + self.timeout
        with suppress(OSError):  # it is dead: its line says so when it is listened to
            member.line.send(member.job)

    def answers(self) -> list[tuple[_Member, Any]]:
        """Members that have answered, or died (None), or whose time is up (a text)."""
        busy = {member.line: member for member in self.members if member.job is not None}
        nearest = min(member.end for member in busy.values())
        patience = None if nearest == float("inf") else max(0.0, nearest - time.monotonic())
        ready = [busy[line] for line in wait(list(busy), patience)]  # type: ignore[index]
        found: list[tuple[_Member, Any]] = []
        for member in ready:
            try:
                found.append((member, (member.line.recv(),)))
            except (EOFError, OSError):
                found.append((member, None))
        now = time.monotonic()
        late = [member for member in busy.values() if member not in ready and member.end <= now]
        return found + [(member, f"it took longer than {self.timeout:g} s and was ended") for member in late]

    def dismiss(self, member: _Member) -> None:
        """End a process at once."""
        self.members.remove(member)
        member.line.close()
        member.process.kill()
        member.process.join()

    def close(self) -> None:
        """End all processes."""
        for member in self.members:
            member.line.close()
            member.process.terminate()
        for member in self.members:
            member.process.join(5.0)
            if member.process.is_alive():
                member.process.kill()
                member.process.join()


def _in_processes(
    doing: Callable[[Any], Any], jobs: Sequence[Any], workers: int, timeout: float | None = None
) -> Outcomes:
    """Each job's outcome as it ends. Unlike a pool, this can be stopped in the middle of a job."""
    left = deque(jobs)
    crew = _Crew(pickle.dumps(doing), timeout)
    try:
        crew.hire(workers, left)
        while any(member.job is not None for member in crew.members):
            for member, answer in crew.answers():
                job = member.job
                if isinstance(answer, tuple):
                    crew.deaths = 0
                    crew.hand_over(member, left)
                    yield job, answer[0]
                    continue
                crew.dismiss(member)
                if answer is None:
                    crew.deaths += 1
                    crew.tries[job] = crew.tries.get(job, 0) + 1
                    if crew.tries[job] < TRIES and crew.deaths < DEATHS:
                        left.appendleft(job)
                        job = None
                if job is not None:
                    yield job, answer or DIED
                crew.hire(1, left)
        yield from ((job, DIED) for job in left)  # all processes died
    finally:
        crew.close()


def _start(doing: bytes, workers: int) -> Iterator[_Member]:
    """Processes that share no state with this one, each at the end of a line of its own."""
    context = get_context("spawn")
    for _ in range(workers):
        here, there = context.Pipe()
        process = context.Process(target=work, args=(there, doing), daemon=True)
        process.start()
        there.close()  # so that a process that dies leaves nobody at that end
        yield _Member(process, here)


@contextmanager
def _unheard() -> Iterator[None]:
    """No signal for a moment: one that came while a process starts would leave it behind.

    SIGTERM and SIGHUP are heard afterwards. The processes that start meanwhile never hear Ctrl-C, though a
    terminal sends it to all: this one ends them.
    """
    if threading.current_thread() is not threading.main_thread():  # the others never hear it
        yield
        return
    late: list[int] = []
    before = {signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN)}
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, lambda number, frame: late.append(number))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in late:
            signal.raise_signal(number)
