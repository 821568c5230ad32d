"""A pool of worker processes: finished jobs survive an interruption, a worker that dies is replaced.

This module imports nothing heavy, because a worker imports it before it unpickles its function, and with that
the model. Otherwise the process that starts the workers would wait for the imports of each in turn.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any

from agents.user_error import UserError

DIED = "its process was ended from outside three times, as happens when memory runs out"
TRIES = 3  # of a job whose worker is ended from outside
# Workers that die in a row, with no job finished in between, before no more are started.
DEATHS = 10
UNGUARDED = (
    "a script that defines rules or an extension itself must run studies below the line "
    'if __name__ == "__main__": since worker processes import the script; or give workers=1'
)
NOTEBOOK = (
    "worker processes cannot find rules or an extension that a notebook or a session defines: write them to "
    "a file and give its name, such as mine.py (in a notebook: %%writefile mine.py), or give workers=1"
)
PARENT_GONE = 3  # exit code of a worker whose parent process is gone


def iter_results[Job, Result](
    function: Callable[[Job], Result], jobs: Iterable[Job], workers: int = 1, timeout: float | None = None
) -> Generator[tuple[Job, Result | str]]:
    """Yield each job with the function's result as it ends, or with a text if it took too long or died.

    With one worker and no timeout jobs run in this process; otherwise in processes, which are ended at once
    when the generator is closed. timeout: s after which a job is ended. Raises what the function raises.
    """
    if workers > 1 or timeout is not None:
        return WorkerPool(function, jobs, timeout).run(workers)
    return ((job, function(job)) for job in jobs)


@dataclass
class Worker:
    """A process, the connection to it, its job and when that is due; an idle worker has no job."""

    process: BaseProcess
    connection: Connection
    job: Any = None
    deadline: float = float("inf")


class WorkerPool[Job, Result]:
    """Worker processes that apply one function to jobs; ``run`` yields the results."""

    def __init__(
        self, function: Callable[[Job], Result], jobs: Iterable[Job], timeout: float | None = None
    ) -> None:
        self._function = _portable_function(function)
        self._needs_script = b"__main__" in self._function  # it uses what the running script defines
        if self._needs_script and not hasattr(sys.modules["__main__"], "__file__"):
            raise UserError(NOTEBOOK)
        self._jobs, self._again = iter(jobs), list[Job]()
        self._timeout = timeout
        self._workers = list[Worker]()
        self._tries = Counter[Job]()
        self._deaths = 0  # since a job last ended

    def run(self, workers: int) -> Generator[tuple[Job, Result | str]]:
        """Yield each job with its result, or a text, as `iter_results` does, in any order."""
        try:
            self.start(workers)
            while any(worker.job is not None for worker in self._workers):
                for worker, answer in self._answers():
                    job = worker.job
                    if isinstance(answer, tuple):
                        result, error = answer
                        if error is not None:
                            raise error
                        self._deaths = 0
                        self.assign(worker)
                        yield job, result
                        continue
                    self.terminate(worker)
                    if worker.process.exitcode == 1 and self._needs_script:
                        raise UserError(UNGUARDED)
                    if answer is not None or not self._tries_again(job):
                        yield job, answer or DIED
                    self.start(1)
            while (job := self._next_job()) is not None:  # too many workers died
                yield job, DIED
        finally:
            self.close()

    def start(self, count: int) -> None:
        """Start workers and give each a job, while there are jobs and not all workers die."""
        with _signals_deferred():
            started = []
            for _ in range(count if self._deaths < DEATHS else 0):
                job = self._next_job()
                if job is None:
                    break
                started.append((_start_worker(self._needs_script), job))
                self._workers.append(started[-1][0])
        for worker, job in started:
            with suppress(OSError):  # it is dead, which its connection tells when it is read
                worker.connection.send_bytes(self._function)
            self.assign(worker, job)

    def assign(self, worker: Worker, job: Job | None = None) -> None:
        """Send a job, by default the next one, to a worker; without a job left it is idle."""
        worker.job = self._next_job() if job is None else job
        if worker.job is None:
            return
        worker.deadline = float("inf") if self._timeout is None else time.monotonic() + self._timeout
        with suppress(OSError):  # it is dead, which its connection tells when it is read
            worker.connection.send(worker.job)

    def terminate(self, worker: Worker) -> None:
        """End a worker at once."""
        self._workers.remove(worker)
        worker.connection.close()
        worker.process.kill()
        worker.process.join()

    def close(self) -> None:
        """End all workers."""
        for worker in self._workers:
            worker.connection.close()
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join(5.0)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()

    def _next_job(self) -> Job | None:
        return self._again.pop() if self._again else next(self._jobs, None)

    def _tries_again(self, job: Job) -> bool:
        """Put back the job of a worker that died, unless it was tried often enough."""
        self._deaths += 1
        self._tries[job] += 1
        if self._tries[job] == TRIES or self._deaths == DEATHS:
            return False
        self._again.append(job)
        return True

    def _answers(self) -> list[tuple[Worker, Any]]:
        """Workers that answered with (result, error), died (None) or are overdue (a text)."""
        busy = {worker.connection: worker for worker in self._workers if worker.job is not None}
        nearest = min(worker.deadline for worker in busy.values())
        patience = None if nearest == float("inf") else max(0.0, nearest - time.monotonic())
        ready = [busy[connection] for connection in wait(list(busy), patience)]  # type: ignore[index]
        found: list[tuple[Worker, Any]] = []
        for worker in ready:
            try:
                found.append((worker, worker.connection.recv()))
            except (EOFError, OSError):
                found.append((worker, None))
        now = time.monotonic()
        late = [worker for worker in busy.values() if worker not in ready and worker.deadline <= now]
        return found + [(worker, f"it took longer than {self._timeout:g} s and was ended") for worker in late]


def _portable_function(function: Callable[..., object]) -> bytes:
    """Return the function as it is sent to workers. Raises UserError if it cannot be sent."""
    try:
        return pickle.dumps(function)
    except UserError:
        raise
    except Exception as error:
        raise UserError(
            f"this cannot be sent to worker processes ({error}): define rules and extensions at the top of a "
            "file and give its name, or give workers=1"
        ) from None


def _start_worker(needs_script: bool) -> Worker:
    """Start a process that shares no state with this one.

    needs_script: Import the running script in it, as multiprocessing does. Otherwise the script is hidden, so
    that it needs no ``if __name__ == "__main__":``.
    """
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(there,), daemon=True)
    script = sys.modules["__main__"]
    try:
        if not needs_script:
            sys.modules["__main__"] = ModuleType("__main__")
        process.start()
    finally:
        sys.modules["__main__"] = script
    there.close()  # otherwise the connection would stay open when the process dies
    return Worker(process, here)


@contextmanager
def _signals_deferred() -> Iterator[None]:
    """Keep signals from the block, as one that came while a process starts would leave it behind.

    SIGTERM and SIGHUP are raised afterwards. Processes that start in the block ignore Ctrl-C for good, though
    a terminal sends it to all: this process ends them.
    """
    if threading.current_thread() is not threading.main_thread():  # only the main thread gets signals
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


# ── In a worker ──────────────────────────────────────────────────────────────────────────────────


def _work(connection: Connection) -> None:
    """Receive a function; answer each job with (result, error) until the other end closes the connection.

    Ctrl-C, which a terminal sends to all its processes, and SIGHUP are left to the parent process; if that is
    gone, this one ends at once.
    """
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    call: Callable[[Any], object] | None = None
    try:
        function = connection.recv_bytes()
        while True:
            job = connection.recv_bytes()
            result, error = None, None
            try:
                call = pickle.loads(function) if call is None else call
                result = call(pickle.loads(job))
            except Exception as raised:
                error = _portable(raised)
            connection.send((result, error))
    except (EOFError, OSError):
        return


def _portable(error: Exception) -> Exception:
    """Return the error, or its text as a RuntimeError if it cannot be sent to another process."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _end_with_parent() -> None:
    """End this process when its parent is gone: one that was killed cannot close the connection in time."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(PARENT_GONE)
