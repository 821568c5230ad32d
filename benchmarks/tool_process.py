"""A long-lived process that runs one tool, and the parent's handle on it.

Requests and answers are lines of JSON. A worker has one core and one thread, whatever the tool would take, so
that the time of its process is the cost of the computation.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ONE_THREAD = {
    **dict.fromkeys(
        (
            "OPENBLAS_NUM_THREADS",
            "OMP_NUM_THREADS",
            "MKL_NUM_THREADS",
            "NUMBA_NUM_THREADS",
            "POLARS_MAX_THREADS",
            "NUMEXPR_NUM_THREADS",
        ),
        "1",
    ),
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    "JAX_PLATFORMS": "cpu",
}


class WorkerError(RuntimeError):
    """A failure in a worker."""


class Worker:
    """Parent's handle: ``ask`` sends a request and waits for the answer."""

    def __init__(self, tool: str, core: int | None) -> None:
        command = [sys.executable, "-m", "benchmarks.tool_process", tool, str(core)]
        self.process = subprocess.Popen(
            command,
            env=os.environ | ONE_THREAD,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[1],
        )

    def ask(self, do: str, **what: Any) -> dict[str, Any]:
        """The answer to a request; raises WorkerError with the worker's own words."""
        self.send(do, **what)
        return self.answer()

    def send(self, do: str, **what: Any) -> None:
        """Ask and do not wait."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps({"do": do, **what}) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise WorkerError(self._last_words()) from None

    def answer(self) -> dict[str, Any]:
        """Wait for the answer to what was sent."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise WorkerError(self._last_words())
        found: dict[str, Any] = json.loads(line)
        if "error" in found:
            raise WorkerError(found["error"])
        return found

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.close()
            self.process.wait(timeout=20)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    def _last_words(self) -> str:
        self.process.wait()
        assert self.process.stderr is not None
        lines = self.process.stderr.read().strip().splitlines() or ["no message"]
        return f"the worker ended with code {self.process.returncode}: {lines[-1]}"


def cores() -> list[int]:
    """Numbers of the cores this process may use."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]


def _memory(key: str) -> float:
    """Megabytes of VmRSS (now) or VmHWM (peak since ``_reset_peak``)."""
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith(key):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _reset_peak() -> None:
    with contextlib.suppress(OSError):  # without it the peak is that of the process
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _seconds() -> float:
    """CPU time of this process and of compilers it ran."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


class Runner:
    """The worker's side: answers requests for one tool."""

    def __init__(self, name: str) -> None:
        from benchmarks import TOOLS

        self.tool = TOOLS[name]
        reason = self.tool.missing()
        if reason:
            raise WorkerError(reason)
        self.module = self.tool.load()
        self.import_seconds, self.base = _seconds(), _memory("VmRSS")

    def about(self) -> dict[str, Any]:
        """Import time, lines of code and versions."""
        found = {}
        for name in self.tool.needs:
            try:
                found[name] = version(name.replace("_", "-"))
            except PackageNotFoundError:
                found[name] = "unknown"
        return {
            "import_seconds": self.import_seconds,
            "lines": self.module.SOURCE_LINES,
            "versions": found,
        }

    def gate(self, seeds: Sequence[int], firms: int, steps: int) -> dict[str, Any]:
        """Measures of one run for each seed."""
        from benchmarks.equivalence_gate import sample

        return {"sample": sample(self.tool, seeds, firms, steps)}

    def round(self, firms: int, steps: int, seed: int) -> dict[str, Any]:
        """Prepare, not timed by ``cpu`` and ``wall``, then advance, timed."""
        gc.collect()
        _reset_peak()
        begin = _seconds()
        state = self.tool.prepare(firms, seed)
        wall, cpu = time.perf_counter(), time.process_time()
        self.module.advance(state, steps)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        return {
            "cpu": cpu,
            "wall": wall,
            "whole": _seconds() - begin,
            "peak_mb": _memory("VmHWM") - self.base,
        }


def main(name: str, core: str) -> None:
    """Answer requests until the parent closes the pipe."""
    if core != "None" and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {int(core)})
    # What a tool prints must not get between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(what: Mapping[str, Any]) -> None:
        answers.write(json.dumps(what) + "\n")
        answers.flush()

    runner: Runner | None = None
    for line in sys.stdin:
        request = json.loads(line)
        do = request.pop("do")
        try:
            runner = runner or Runner(name)
            say(getattr(runner, do)(**request))
        except Exception as error:
            say({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main(*sys.argv[1:])
