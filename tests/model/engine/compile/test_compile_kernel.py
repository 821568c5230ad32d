"""Loading of kernels: written once, found again, whatever happens to the cache folder."""

from __future__ import annotations

import io
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from model.engine.compile import compile_kernel, kernel_cache
from model.engine.compile.compile_kernel import cache_folder, compiled_procedure, load_kernel

TEXT = "def kernel(x):\n    return x + {}\n"

PACE = 2.0


def test_a_kernel_is_written_once_and_found_again(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPUTELEAP_CACHE", str(tmp_path / "cache"))
    assert load_kernel("of_a_test", TEXT.format(1))(1) == 2
    (file,) = (tmp_path / "cache").glob("*.py")
    written = file.stat().st_mtime_ns
    assert load_kernel("of_a_test", TEXT.format(1)) is load_kernel("of_a_test", TEXT.format(1))
    monkeypatch.delitem(sys.modules, file.stem)
    assert load_kernel("of_a_test", TEXT.format(1))(1) == 2  # as a new process finds it
    assert file.stat().st_mtime_ns == written
    file.write_text("damaged", encoding="utf-8")
    monkeypatch.delitem(sys.modules, file.stem)
    assert load_kernel("of_a_test", TEXT.format(1))(1) == 2
    assert file.read_text(encoding="utf-8") == TEXT.format(1)
    monkeypatch.delitem(sys.modules, file.stem)


def test_the_cache_is_where_the_system_keeps_caches(tmp_path, monkeypatch):
    monkeypatch.delenv("COMPUTELEAP_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "computeleap"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "computeleap"


def test_a_cache_that_cannot_be_written_is_replaced_by_a_temporary_one(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("COMPUTELEAP_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(kernel_cache, "_temporary", [])
    monkeypatch.setattr(kernel_cache, "not_kept", [])
    assert load_kernel("of_a_test", TEXT.format(2))(1) == 3
    (file,) = kernel_cache.temporary_folder().glob("*.py")
    assert kernel_cache.not_kept
    kernel_cache._temporary[0].cleanup()
    monkeypatch.delitem(sys.modules, file.stem)


def test_a_kernel_that_cannot_be_imported_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPUTELEAP_CACHE", str(tmp_path))
    before = set(sys.modules)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            load_kernel("of_a_test", "x = 1 / 0\n")
    assert set(sys.modules) == before


def quicken(values):
    for k in range(len(values)):
        values[k] *= PACE


def test_a_constant_of_a_procedure_that_was_changed_counts(monkeypatch):
    values = np.ones(3)
    compiled_procedure(quicken)(values)
    assert values.tolist() == [2.0, 2.0, 2.0]
    monkeypatch.setitem(quicken.__globals__, "PACE", 5.0)
    compiled_procedure(quicken)(values)
    assert values.tolist() == [10.0, 10.0, 10.0]
    assert compiled_procedure(quicken) is compiled_procedure(quicken)


def test_two_threads_that_load_a_kernel_for_the_first_time_both_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPUTELEAP_CACHE", str(tmp_path))
    text = "import time\ntime.sleep(0.2)\n\n\ndef kernel():\n    return 7\n"
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: load_kernel("slow", text)(), range(4)))
    assert found == [7] * 4


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_is_told_what_is_compiled(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPUTELEAP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(compile_kernel, "PATIENCE", 0.0)
    text = "from numba import njit\n\n\n@njit\ndef kernel(x):\n    return x + 1.0\n"
    kernel = compile_kernel.announced(compile_kernel.load_kernel("told", text), "wage")
    assert kernel(1.0) == kernel(1.0) == 2.0
    assert sys.stderr.getvalue() == "compiling the rules of event wage (once; kept for later runs)\n"
