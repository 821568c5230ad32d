"""Memory that ended sessions leave behind goes back to the operating system."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from tests import ROOT

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="needs the C library of Linux")


def test_memory_that_ended_threads_freed_is_returned():
    """Of 240 MB; only what threads share can be told to be free, so most of it and not all."""
    command = [sys.executable, "-m", "tests.support.programs.freed_threads"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) > 50, done.stdout
