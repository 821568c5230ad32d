"""Executors of chunks: in this process, in worker processes of this machine, or on a Dask cluster."""

from __future__ import annotations

import logging
import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from experiments.study.worker_pool import WorkerPool
from experiments.sweep.chunk import ChunkReport, Task, run_chunk
from experiments.sweep.errors import StoppedError, SweepError

if TYPE_CHECKING:
    from distributed import Client

AHEAD = 2  # chunks that wait for each worker of a cluster, so that none is idle
TIMEOUT = "20s"  # of a connection to a scheduler
CERTIFICATES = (
    "a tls:// address needs certificates, and with distributed.comm.require-encryption no other is taken; "
    "name them to Dask (DASK_DISTRIBUTED__COMM__TLS__CA_FILE, …__CLIENT__CERT, …__CLIENT__KEY)"
)
# One thread for each worker: more would only compete for the same cores.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")

Reports = Generator[tuple[Task, ChunkReport]]


class Executor(Protocol):
    """Runs chunks."""

    def run(self, tasks: Iterable[Task]) -> Reports:
        """Yield each task with its report, in any order. Raises what goes wrong outside the runs."""


class InProcess:
    """Runs in this process, one after the other: for small sweeps, debuggers and tests."""

    def run(self, tasks: Iterable[Task]) -> Reports:
        """Yield each task with its report."""
        for task in tasks:
            yield task, run_chunk(task)


class LocalProcesses:
    """Runs in worker processes of this machine, each with one thread.

    A chunk whose worker dies is given to another; one that kills several is run again, at the end, with a
    process for each run.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def run(self, tasks: Iterable[Task]) -> Reports:
        """Yield each task with its report. Raises StoppedError if the workers die whatever they run."""
        deadly: list[Task] = []
        with _one_thread(), closing(WorkerPool(run_chunk, tasks).run(self.workers)) as results:
            for task, report in results:
                if isinstance(report, ChunkReport):
                    yield task, report
                elif task.alone:
                    raise StoppedError(f"chunk {task.chunk} was given up: {report}")
                else:
                    deadly.append(replace(task, alone=True))
        if deadly:
            yield from self.run(deadly)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep the numerical libraries of processes that start meanwhile to one thread."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


class DaskCluster:
    """Runs on the workers of a Dask scheduler. A chunk whose worker dies is given to another."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def workers(self) -> int:
        """Threads of the workers of the cluster, at least one."""
        found = self._client.scheduler_info(n_workers=-1)["workers"].values()
        return max(1, sum(worker["nthreads"] for worker in found))

    @property
    def slots(self) -> int:
        """Chunks to keep on the cluster: a few for each thread of its workers."""
        return AHEAD * self.workers + 1

    def run(self, tasks: Iterable[Task]) -> Reports:
        """Yield each task with its report; a chunk that kills several workers gets a process for each run.

        Raises StoppedError if the scheduler is lost, or a chunk kills workers even so.
        """
        from distributed import CancelledError, KilledWorker, as_completed

        ended, sent, left = as_completed(loop=self._client.loop), dict[object, Task](), iter(tasks)

        def send(task: Task) -> None:
            # Each chunk is wanted once and writes files: its value must never be taken from another's.
            future = self._client.submit(run_chunk, task, pure=False, retries=0)
            sent[future.key] = task
            ended.add(future)

        while True:
            for task in islice(left, max(0, self.slots - len(sent))):
                send(task)
            if not sent:
                return
            future = next(ended)
            task = sent.pop(future.key)
            try:
                report = future.result()
            except KilledWorker:
                if task.alone:
                    raise StoppedError(f"chunk {task.chunk} was given up: it ends its workers") from None
                send(replace(task, alone=True))
                continue
            except CancelledError:
                raise StoppedError("the scheduler was lost") from None
            finally:
                future.release()
            yield task, report


@contextmanager
def executor(workers: int = 0, scheduler: str | None = None) -> Iterator[Executor]:
    """Open an executor: ``workers`` processes here (0: this process), or a scheduler's address.

    Raises SweepError if Dask is not installed or no scheduler answers at the address.
    """
    if scheduler is not None:
        with _dask_client(scheduler) as client:
            yield DaskCluster(client)
    else:
        yield LocalProcesses(workers) if workers else InProcess()


@contextmanager
def _dask_client(scheduler: str) -> Iterator[Client]:
    try:
        import dask
        from distributed import Client
    except ImportError:
        raise SweepError("--scheduler needs Dask: pip install 'computeleap[cluster]'") from None
    for name in ("distributed", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with dask.config.set({"distributed.comm.timeouts.connect": TIMEOUT}):
        try:
            client = Client(scheduler, timeout=TIMEOUT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise SweepError(f"no Dask scheduler answers at {scheduler} ({error})") from None
        except (TypeError, RuntimeError) as error:  # how Dask reports missing certificates
            raise SweepError(f"{scheduler} cannot be used: {error}; {CERTIFICATES}") from None
        with client:
            yield client
