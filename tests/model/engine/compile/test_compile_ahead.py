"""Kernels compiled before they are called: in processes, shared among workers, and left alone where few."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from model.engine.compile import compile_ahead
from model.engine.compile.compile_ahead import PendingKernels
from model.engine.compile.compile_kernel import load_kernel
from model.engine.compile.kernel_cache import is_kept
from model.engine.compile.kernel_source import header
from model.engine.events import Rule

TEXT = header("strict") + "\n\n@_compiled\ndef kernel(x):\n    return x + {}\n"
WRONG = header("strict") + '\n\n@_compiled\ndef kernel(x):\n    return x + "a"\n'


@pytest.fixture
def expect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[PendingKernels, list[Rule]]]:
    """Kernels in a cache folder of their own, expected with one number."""
    monkeypatch.setenv("COMPUTELEAP_CACHE", str(tmp_path))
    monkeypatch.setattr(compile_ahead, "WORTH", 1)

    def expected(*texts: str) -> tuple[PendingKernels, list[Rule]]:
        for name in [name for name in sys.modules if name.startswith("computeleap_kernel_ahead_")]:
            del sys.modules[name]  # as a process that starts finds them
        pending, kernels = PendingKernels(), [load_kernel("ahead", text) for text in texts]
        for kernel in kernels:
            pending.add(kernel, lambda: [1.0])
        return pending, kernels

    return expected


def took_kept_code(kernel: Rule, answer: float) -> bool:
    assert kernel(2.0) == answer
    return bool(kernel.stats.cache_hits)  # type: ignore[attr-defined]


def no_process(*_: object, **__: object) -> None:
    raise AssertionError("a process was started")


def test_processes_keep_the_code_and_one_that_cannot_be_compiled_is_left_out(expect, monkeypatch):
    monkeypatch.setattr("numba.config.NUMBA_NUM_THREADS", 2)
    pending, kernels = expect(TEXT.format(1.0), WRONG, TEXT.format(2.0))
    pending.compile()
    assert list(map(is_kept, kernels)) == [True, False, True]
    assert took_kept_code(kernels[0], 3.0)
    assert took_kept_code(kernels[2], 4.0)


def test_what_is_kept_or_little_starts_no_process(expect, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", no_process)
    first, kernels = expect(TEXT.format(3.0))
    monkeypatch.setattr(compile_ahead, "WORTH", 10_000)
    first.compile()  # little
    assert not took_kept_code(kernels[0], 5.0)
    monkeypatch.setattr(compile_ahead, "WORTH", 1)
    again, kernels = expect(TEXT.format(3.0))
    again.compile()  # kept
    assert took_kept_code(kernels[0], 5.0)


def test_one_core_compiles_when_a_kernel_is_called(expect, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", no_process)
    monkeypatch.setattr("numba.config.NUMBA_NUM_THREADS", 1)
    pending, kernels = expect(TEXT.format(4.0))
    pending.compile()
    assert not is_kept(kernels[0])


def test_a_worker_among_others_compiles_itself_what_the_others_have_not_kept(expect, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", no_process)
    monkeypatch.setattr(compile_ahead, "parent_process", lambda: "the one that started it")
    pending, kernels = expect(TEXT.format(5.0), TEXT.format(6.0))
    assert took_kept_code(kernels[1], 8.0) is False  # another worker was faster with this one
    pending.compile()
    assert all(map(is_kept, kernels))
    assert kernels[0].signatures
    assert len(kernels[1].signatures) == 1


def test_a_machine_that_starts_no_process_compiles_later(expect, monkeypatch):
    def refuses(*_: object, **__: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", refuses)
    monkeypatch.setattr("numba.config.NUMBA_NUM_THREADS", 2)
    pending, kernels = expect(TEXT.format(7.0))
    pending.compile()
    assert kernels[0](1.0) == 8.0
