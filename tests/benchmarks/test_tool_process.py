"""Workers, one process a tool: what they refuse, and what is told of their end."""

from __future__ import annotations

import os

import numpy as np
import pytest

from benchmarks import REFERENCE, Tool, compare
from benchmarks.compare import Racer
from benchmarks.tool_process import Runner, Worker, WorkerError, _memory
from benchmarks.tools import c_model, numpy_model


def test_the_worker_refuses_a_tool_that_cannot_run_and_tells_versions(monkeypatch):
    monkeypatch.setitem(compare.TOOLS, "absent", Tool("absent", "Absent", "no_module_of_this_name"))
    with pytest.raises(WorkerError, match="not written yet"):
        Runner("absent")
    named = Tool("named", "N", "benchmarks.tools.numpy_model", ("numpy", "agents"))
    monkeypatch.setitem(compare.TOOLS, "named", named)
    runner = Runner("named")
    assert runner.about()["versions"] == {"numpy": np.__version__, "agents": "unknown"}
    assert runner.gate([1], 50, 2)["sample"]["total_output"] == [named.run(50, 2, 1)["total_output"]]
    assert _memory("VmRSS") > 10.0
    assert _memory("NoSuchKey") > 10.0  # the peak of the process, where the system does not tell


def test_a_worker_that_dies_is_told_in_its_own_last_words(monkeypatch):
    from benchmarks import tool_process as worker

    code = "import sys; print('first'); sys.stderr.write('out of memory\\n'); sys.exit(3)"
    monkeypatch.setattr(worker.sys, "executable", "/bin/sh")
    real = worker.subprocess.Popen
    monkeypatch.setattr(
        worker.subprocess, "Popen", lambda words, **more: real([sys_executable(), "-S", "-c", code], **more)
    )
    made = worker.Worker("numpy", None)
    assert made.process.stdout.readline() == "first\n"
    with pytest.raises(WorkerError, match="the worker ended with code 3: out of memory"):
        made.answer()
    with pytest.raises(WorkerError, match="the worker ended with code 3: no message"):
        made.ask("about")
    made.close()


def sys_executable():
    return os.readlink("/proc/self/exe")


def test_what_the_machine_does_not_tell_is_unknown(monkeypatch):

    assert compare._first("/proc/no such file", "MemTotal") == ""

    def missing():
        raise OSError("no gcc")

    monkeypatch.setattr(c_model, "gcc_version", missing)
    assert compare.machine()["gcc"] == "not installed"


def test_worker_answers_and_reports_errors():
    worker = Worker(REFERENCE, None)
    try:
        assert worker.ask("about")["lines"] == numpy_model.SOURCE_LINES
        found = Racer(REFERENCE, 200, worker)
        found.warm_up(steps=20, rounds=2, budget=5.0)
        found.round(seed=1)
        row = found.row(worker.ask("about"))
        assert row["steps"] == 20
        assert row["ns_min"] > 0.0
        with pytest.raises(WorkerError, match="TypeError"):
            worker.ask("round", firms="many")
    finally:
        worker.close()
