"""Where chunks are run: worker processes of this machine, and a Dask cluster."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from experiments.sweep import StoppedError, Sweep, SweepError, executors, from_values
from experiments.sweep.chunk import ChunkReport, Task
from experiments.sweep.executors import THREADS, DaskCluster, InProcess, LocalProcesses
from tests.support.sweeps import VALUES, without


def made(folder: Path, **changes: Any) -> Sweep:
    sweep = from_values({**VALUES, **changes}, folder / "s")
    sweep._prepare(1, False)
    return sweep


def tasks_of(sweep: Sweep) -> list[Task]:
    return [sweep._task(chunk) for chunk in sweep.store.missing()]


@pytest.mark.usefixtures("quick_workers")
def test_workers_store_what_this_process_would(tmp_path: Path) -> None:
    here, there = made(tmp_path / "here"), made(tmp_path / "there")
    reports = list(LocalProcesses(2).run(tasks_of(there)))
    assert sorted((report.chunk, report.ok, report.failed) for _, report in reports) == [(0, 2, 0), (1, 2, 0)]
    list(InProcess().run(tasks_of(here)))
    assert there.digest() == here.digest()
    assert there.runs["worker"].nunique() == 2
    assert str(os.getpid()) not in "".join(there.runs["worker"])


def test_workers_have_one_thread_each_and_this_process_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(THREADS[0], "7")
    monkeypatch.delenv(THREADS[1], raising=False)
    sweep = made(tmp_path)
    results = LocalProcesses(1).run(tasks_of(sweep))
    next(results)
    assert [os.environ[name] for name in THREADS] == ["1"] * len(THREADS)
    results.close()
    assert os.environ[THREADS[0]] == "7"
    assert THREADS[1] not in os.environ


@pytest.mark.usefixtures("quick_workers")
def test_a_run_that_kills_its_workers_is_a_row_and_its_neighbours_end_well(tmp_path: Path) -> None:
    (tmp_path / "deadly.py").write_text(
        "import os\nfrom model import Rules, interpreted\n\n"
        "@interpreted\ndef wage(wage):\n    os._exit(9)\n\nrules = Rules(wage=wage)\n"
    )
    factors = {"rules": ["default", "deadly:rules"]}
    sweep = from_values(
        {
            **VALUES,
            "design": {"factors": factors},
            "folder": str(tmp_path),
            "seeds": 1,
            "run": {"chunk": 2, "max_failures": 2},
        },
        tmp_path / "s",
    )
    assert sweep.run(workers=1).by_status == {"died": 1, "ok": 1}
    assert sweep.runs["status"].tolist() == ["ok", "died"]
    assert sweep.failed["error"].str.contains("exit status 9").all()


@pytest.mark.usefixtures("quick_workers")
def test_workers_that_die_whatever_they_run_stop_the_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executors, "run_chunk", _Killed())
    sweep = made(tmp_path)
    with pytest.raises(StoppedError, match=r"^chunk \d was given up: its process was ended from"):
        sweep.run(workers=1)
    assert sweep.status().done == 0


class _Killed:
    """A function that kills the worker that unpickles it."""

    def __reduce__(self) -> tuple[object, ...]:
        return signal.raise_signal, (signal.SIGKILL,)


@pytest.mark.usefixtures("quick_workers")
def test_what_goes_wrong_outside_the_runs_is_raised_here(tmp_path: Path) -> None:
    sweep = made(tmp_path)
    wrong = Task(str(sweep.folder), 0, sweep.experiment.run, "another")
    with pytest.raises(SweepError, match="another version of the model"):
        list(LocalProcesses(1).run([wrong]))


# ── Dask ─────────────────────────────────────────────────────────────────────────────────────────


class Future:
    """A chunk on a cluster: what ``result`` gives or raises."""

    def __init__(self, key: str, given: Any) -> None:
        self.key, self.given, self.released = key, given, False

    def result(self) -> Any:
        if isinstance(self.given, Exception):
            raise self.given
        return self.given

    def release(self) -> None:
        self.released = True


class Client:
    """A Dask client whose chunks end as was said, in order."""

    loop = None

    def __init__(self, *ends: Any) -> None:
        self.ends, self.sent, self.futures = list(ends), [], []

    def scheduler_info(self, n_workers: int) -> dict[str, Any]:
        return {"workers": {"a": {"nthreads": 2}, "b": {"nthreads": 3}}}

    def submit(self, function: Any, task: Task, **_: Any) -> Future:
        self.sent.append(task)
        self.futures.append(Future(f"f{len(self.sent)}", self.ends.pop(0)))
        return self.futures[-1]


class Ended:
    """Stands for ``as_completed``."""

    def __init__(self, loop: Any) -> None:
        self.waiting: list[Future] = []

    def add(self, future: Future) -> None:
        self.waiting.append(future)

    def __next__(self) -> Future:
        return self.waiting.pop(0)

    def __iter__(self) -> Iterator[Future]:
        return self


def test_a_chunk_that_kills_workers_gets_a_process_for_each_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import distributed

    monkeypatch.setattr(distributed, "as_completed", Ended)
    killed, report = distributed.KilledWorker("task", "worker", 3), ChunkReport(0, 2, 0, 1.0)
    task = tasks_of(made(tmp_path))[0]
    client = Client(killed, report)
    cluster = DaskCluster(client)  # type: ignore[arg-type]
    assert cluster.slots == executors.AHEAD * 5 + 1
    ((again, found),) = cluster.run([task])
    assert found == report
    assert [one.alone for one in client.sent] == [False, True]
    assert again.alone
    assert all(future.released for future in client.futures)


@pytest.mark.parametrize(
    ("ends", "said"), [(2, "chunk 0 was given up: it ends its workers"), (0, "the scheduler was lost")]
)
def test_a_chunk_that_still_kills_workers_or_a_lost_scheduler_stops_the_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: int, said: str
) -> None:
    import distributed

    monkeypatch.setattr(distributed, "as_completed", Ended)
    killed = distributed.KilledWorker("task", "worker", 3)
    client = Client(*[killed] * ends, distributed.CancelledError("f"))
    with pytest.raises(StoppedError, match=f"^{said}$"):
        list(DaskCluster(client).run(tasks_of(made(tmp_path))[:1]))  # type: ignore[arg-type]
    assert all(future.released for future in client.futures)


def test_no_more_chunks_are_sent_than_the_cluster_has_slots_for(monkeypatch: pytest.MonkeyPatch) -> None:
    import distributed

    monkeypatch.setattr(distributed, "as_completed", Ended)
    client = Client(*[ChunkReport(0, 1, 0, 0.0)] * 30)
    tasks = (Task("s", chunk, None, "") for chunk in range(30))  # type: ignore[arg-type]
    reports = DaskCluster(client).run(tasks)  # type: ignore[arg-type]
    next(reports)
    assert len(client.sent) == executors.AHEAD * 5 + 1
    assert len(list(reports)) == 29


def test_without_a_scheduler_or_dask_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    import distributed

    def refused(*_: Any, **__: Any) -> None:
        raise OSError("Timed out trying to connect")

    monkeypatch.setattr(distributed, "Client", refused)
    with (
        pytest.raises(SweepError, match=r"no Dask scheduler answers at tcp://127.0.0.1:1 \(Timed out"),
        executors.executor(scheduler="tcp://127.0.0.1:1"),
    ):
        pass
    without(monkeypatch, "distributed")
    with (
        pytest.raises(SweepError, match=r"--scheduler needs Dask: pip install 'computeleap\[cluster\]'"),
        executors.executor(scheduler="tcp://127.0.0.1:1"),
    ):
        pass
    with executors.executor(workers=2) as place:  # worker processes need none
        assert isinstance(place, LocalProcesses)


def test_a_scheduler_that_answers_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    import distributed

    ended = []

    class Answering(Client):
        def __enter__(self) -> Answering:
            return self

        def __exit__(self, *_: Any) -> None:
            ended.append(True)

    monkeypatch.setattr(distributed, "Client", lambda address, **_: Answering())
    with executors.executor(scheduler="tcp://there:1") as place:
        assert isinstance(place, DaskCluster)
    assert ended == [True]
