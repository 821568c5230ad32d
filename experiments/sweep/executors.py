"""Where chunks are run: in this process, in processes of this machine, or on an existing Dask cluster."""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any, Protocol

from experiments.sweep.chunk import Receipt, Task, run_chunk
from experiments.sweep.deferred_signals import later
from experiments.sweep.errors import StoppedError, SweepError

STARTS = 3  # attempts to start the processes of this machine
DEATHS = 3  # workers that may die of one chunk before each of its runs gets a process of its own
CERTIFICATES = (
    "a tls:// address needs certificates, and with distributed.comm.require-encryption no other is taken; "
    "name them to Dask (DASK_DISTRIBUTED__COMM__TLS__CA_FILE, …__CLIENT__CERT, …__CLIENT__KEY)"
)
AHEAD = 2  # chunks that wait for each worker, so that none stands idle


# One thread for each worker: more would only fight for the same cores.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


class Executor(Protocol):
    """Takes tasks and gives back receipts, in any order."""

    @property
    def slots(self) -> int:
        """Tasks that may be handed over before a receipt is asked for."""

    def submit(self, task: Task) -> None:
        """Hand a task over."""

    def next(self) -> tuple[Task, Receipt]:
        """The next receipt. Raises what went wrong outside the runs themselves."""


class Here:
    """Runs in this process, one after the other: for small sweeps, debuggers and tests."""

    slots = 1

    def __init__(self) -> None:
        self._waiting: deque[Task] = deque()

    def submit(self, task: Task) -> None:
        """Queue a task."""
        self._waiting.append(task)

    def next(self) -> tuple[Task, Receipt]:
        """Run the task that waits longest."""
        task = self._waiting.popleft()
        return task, run_chunk(task)


class Cluster:
    """Runs on the workers of a Dask scheduler. A chunk whose worker dies is given to another."""

    def __init__(self, client: Any) -> None:
        from distributed import as_completed

        self._client, self._tasks = client, {}  # type: ignore[var-annotated]
        self._ended = as_completed(loop=client.loop)

    @property
    def slots(self) -> int:
        """Chunks to keep on the cluster: a few for each thread of its workers."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        return AHEAD * max(1, sum(worker["nthreads"] for worker in workers)) + 1

    def submit(self, task: Task) -> None:
        """Send a task to the scheduler."""
        # Each is asked for once and writes files: its value must never be taken from another's.
        future = self._client.submit(run_chunk, task, pure=False, retries=0)
        self._tasks[future.key] = task
        self._ended.add(future)

    def next(self) -> tuple[Task, Receipt]:
        """Wait for a chunk. A chunk that killed several workers is run again with a process for each run."""
        from distributed import CancelledError, KilledWorker

        while True:
            future = next(self._ended)
            task = self._tasks.pop(future.key)
            try:
                return task, future.result()
            except KilledWorker:
                if task.alone:
                    raise
                self.submit(replace(task, alone=True))
            except CancelledError:
                raise StoppedError("the scheduler was lost") from None
            finally:
                future.release()


@contextmanager
def executor(workers: int = 0, scheduler: str | None = None) -> Iterator[Executor]:
    """Where chunks are run: ``workers`` processes here (0: this process), or a scheduler's address.

    Raises SweepError if Dask is not installed or nobody answers at the address.
    """
    if scheduler is None and workers == 0:
        yield Here()
        return
    try:
        import dask
        from distributed import Client
    except ImportError:
        raise SweepError("several processes need Dask: pip install distributed, or --workers 0") from None
    _quiet()
    with dask.config.set({
        "distributed.scheduler.allowed-failures": DEATHS,
        "distributed.comm.timeouts.connect": "20s",
        "distributed.admin.tick.limit": "1h",
        "distributed.admin.low-level-log-length": 100,  # the scheduler here keeps no history of chunks
        "distributed.admin.system-monitor.log-length": 100,
    }):  # fmt: skip
        if scheduler is not None:
            try:
                client = Client(scheduler, timeout="20s", set_as_default=False)
            except (OSError, ValueError) as error:
                raise SweepError(f"no Dask scheduler answers at {scheduler} ({error})") from None
            except (TypeError, RuntimeError) as error:  # how Dask says that it has no certificates
                raise SweepError(f"{scheduler} cannot be used: {error}; {CERTIFICATES}") from None
            with client:
                yield Cluster(client)
            return
        with ExitStack() as held:
            with later():  # Dask cannot close a cluster that is half-started
                cluster = held.enter_context(_local(workers))
                client = held.enter_context(Client(cluster, set_as_default=False))
            yield Cluster(client)


def _local(workers: int) -> Any:
    """Worker processes of this machine, one thread each; a nanny replaces one that dies.

    Raises StoppedError if they die each time while they are started: nobody replaces them so early.
    """
    for number in range(STARTS):
        try:
            return _started(workers)
        except RuntimeError as error:
            if number == STARTS - 1:
                raise StoppedError(f"its processes cannot be started ({error})") from None
    raise AssertionError


def _started(workers: int) -> Any:
    from distributed import LocalCluster

    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        # Its small web server would ask for port 8787, and a second sweep at once be told that it is taken.
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
        silence_logs=logging.CRITICAL,
        env=dict.fromkeys(THREADS, "1") | {"PYTHONPATH": os.environ.get("PYTHONPATH", "")},
    )


def _quiet() -> None:
    for name in (
        "distributed",
        "distributed.nanny",
        "distributed.worker",
        "distributed.scheduler",
        "tornado",
    ):
        logging.getLogger(name).setLevel(logging.CRITICAL)
