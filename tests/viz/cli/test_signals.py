"""SIGTERM and SIGHUP end a command as Ctrl-C does, each with its own exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests import ROOT
from viz.cli import signals
from viz.cli.signals import exit_code, finish_first, interrupt, on_signal

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of Unix")

INTERRUPTED = "computeleap: interrupted\n"


@pytest.fixture(autouse=True)
def _no_signal_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "received", [])


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_each_signal_interrupts_with_its_own_code(number: int, code: int) -> None:
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), on_signal(interrupt):
        os.kill(os.getpid(), number)
    assert exit_code() == code
    assert signal.getsignal(number) is before


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    """As under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with on_signal(interrupt):
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_writing_is_finished_unless_a_second_signal_comes(capfd: pytest.CaptureFixture[str]) -> None:
    with on_signal(finish_first()):
        os.kill(os.getpid(), signal.SIGTERM)
    assert "their results are being written" in capfd.readouterr().err
    with pytest.raises(KeyboardInterrupt):
        _send_twice()
    assert exit_code() == 143


def _send_twice() -> None:
    with on_signal(finish_first()):
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)


def ended(program: str, *arguments: int) -> tuple[int, str, str]:
    """Return exit code and both streams of a program in tests/support/programs."""
    file = ROOT / "tests" / "support" / "programs" / f"{program}.py"
    done = subprocess.run(
        [sys.executable, "-B", file, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def test_before_the_first_run_it_exits_at_once() -> None:
    assert ended("signal_exits_now") == (143, "", INTERRUPTED)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_while_the_program_is_still_being_imported_it_exits_at_once(number: int) -> None:
    assert ended("signal_while_importing", int(number)) == (128 + number, "", INTERRUPTED)


def test_a_signal_that_python_swallows_comes_again() -> None:
    assert ended("signal_in_weakref_callback") == (143, "swallowed\n", "")


def test_the_exit_code_is_the_signals_own_wherever_it_came() -> None:
    """CPython remembers a KeyboardInterrupt that passed a text it evaluated, and would end with SIGINT."""
    assert ended("signal_in_evaluated_text") == (143, "", "")


def test_a_signal_outside_the_blocks_that_expect_one_ends_the_command() -> None:
    assert ended("signal_outside_commands") == (143, "", INTERRUPTED)


def test_an_error_that_a_library_makes_of_a_signal_is_the_signal() -> None:
    assert ended("signal_becomes_another_error") == (143, "", INTERRUPTED)


def test_a_signal_ends_a_compiled_rule_that_never_ends() -> None:
    assert ended("signal_in_compiled_code") == (143, "", INTERRUPTED)
