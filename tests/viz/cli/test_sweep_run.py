"""`computeleap sweep run`, `retry` and `debug`: what they show and store, and their exit codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from experiments.sweep import chunk
from experiments.sweep.executors import InProcess
from tests.support.sweep_commands import call, write
from viz.cli.sweep_run import is_open, worker_count


def test_the_same_command_resumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    words = ("run", str(write(tmp_path)), "--workers", "0", "--store", str(tmp_path / "s"))
    whole = InProcess.run

    def interrupt(self: InProcess, tasks: Iterable[chunk.Task]) -> Iterator[object]:
        yield from whole(self, islice(tasks, 2))
        raise KeyboardInterrupt

    monkeypatch.setattr(InProcess, "run", interrupt)
    answer = call(*words)
    assert answer.exit_code == 130
    assert "the same command continues" in answer.stderr
    missing = call("status", str(tmp_path / "s"))
    assert (missing.exit_code, missing.stdout) == (5, "4 of 8 runs are stored\n")
    monkeypatch.undo()
    answer = call(*words)
    assert answer.exit_code == 0
    assert "4 of 8 runs are stored already" in answer.stderr
    digests = {call("status", str(folder), "--digest").stdout for folder in (tmp_path / "s", store)}
    assert len(digests) == 1


def test_shards_need_no_scheduler(tmp_path: Path) -> None:
    for k in ("1/2", "2/2"):
        answer = call("run", str(write(tmp_path)), "--shard", k, "--store", str(tmp_path / "s"))
        assert answer.exit_code == 0
    assert call("status", str(tmp_path / "s")).exit_code == 0


@pytest.mark.parametrize("shard", ["3/2", "0/2", "a/2", "2"])
def test_a_wrong_shard_is_refused(tmp_path: Path, shard: str) -> None:
    answer = call("run", str(write(tmp_path)), "--shard", shard)
    assert answer.exit_code == 2
    assert "is not k/n" in answer.stderr


def test_failed_runs_have_exit_codes_of_their_own(tmp_path: Path) -> None:
    file, folder = write(tmp_path, "900000.0", "2"), tmp_path / "s"
    text = file.read_text(encoding="utf-8").replace("[0.5, 1.0]", "[0.5, 1.1]")
    file.write_text(text, encoding="utf-8")  # 1.1 × 900,000 is allowed
    assert call("run", str(file), "--workers", "0", "--store", str(folder)).exit_code == 0
    file.write_text(
        text.replace("1.1", "2.0").replace("[5.0,", "[5.5,"), encoding="utf-8"
    )  # 2 × 900,000 is not
    folder = tmp_path / "t"
    answer = call("run", str(file), "--workers", "0", "--store", str(folder))
    assert answer.exit_code == 3
    assert "8 of 8 runs are stored" in answer.stdout
    assert "2 of them failed" in answer.stdout
    assert "traffic_basic cannot be 1800000" in answer.stderr
    assert call("status", str(folder)).exit_code == 3
    assert call("retry", str(folder), "--workers", "0").exit_code == 3
    assert call("debug", str(folder), "6").exit_code == 3
    write(tmp_path, "900000.0", "1")
    file.write_text(file.read_text(encoding="utf-8").replace("[0.5, 1.0]", "[0.5, 2.0]"), encoding="utf-8")
    stopped = call("run", str(file), "--workers", "0", "--store", str(tmp_path / "u"))
    assert stopped.exit_code == 4
    assert "more than the 1 that run.max_failures allows" in stopped.stderr


def test_debug_compares_with_what_is_stored(store: Path) -> None:
    answer = call("debug", str(store), "5")
    assert (answer.exit_code, answer.stdout) == (0, "run 5 agrees with the stored one, to the last bit.\n")
    assert call("debug", str(store), "8").exit_code == 2


def test_debug_with_debug_opens_the_debugger(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []

    def fail(self: chunk.StoreContext, run: int, timeout: float | None = None) -> None:
        raise ZeroDivisionError("in a rule")

    monkeypatch.setattr(chunk.StoreContext, "simulate", fail)
    monkeypatch.setattr("pdb.post_mortem", opened.append)
    assert call("debug", str(store), "5").exit_code == 3
    assert not opened
    assert call("debug", str(store), "5", "--debug").exit_code == 3
    assert len(opened) == 1


def test_a_mistake_in_the_file_is_one_sentence(tmp_path: Path) -> None:
    file = write(tmp_path)
    file.write_text(file.read_text(encoding="utf-8").replace("seeds", "seedz"), encoding="utf-8")
    answer = call("run", str(file))
    assert answer.exit_code == 2
    assert answer.stderr == (
        f"computeleap: {file}: there is no key seedz; did you mean seeds or first_seed?\n"
    )


def test_a_scheduler_has_its_own_workers(tmp_path: Path) -> None:
    answer = call("run", str(write(tmp_path)), "--scheduler", "tcp://127.0.0.1:1", "--workers", "2")
    assert "omit --workers and --shard" in answer.stderr


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:8786", "tcp://localhost:1", "tcp://[::1]:1", "tls://10.0.0.3:1", "wss://a:1"]
)
def test_an_address_on_this_machine_or_with_tls_is_closed(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not is_open(address)
    worker_count(None, address, None)
    assert not capsys.readouterr().err


@pytest.mark.parametrize("address", ["tcp://10.0.0.3:8786", "tcp://head.cluster:1", "ws://0.0.0.0:1"])
def test_one_without_tls_beyond_it_is_warned_of(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert is_open(address)
    worker_count(None, address, None)
    assert f"warning: {address} is not encrypted" in capsys.readouterr().err
