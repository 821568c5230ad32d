"""SIGTERM and SIGHUP end a command as Ctrl-C does, each with its own exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests import ROOT
from viz.cli import signals
from viz.cli.signals import exit_code, finishing, heard

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of Unix")


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "_last", [int(signal.SIGINT)])
    monkeypatch.setattr(signals, "_heard", [])


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_each_signal_interrupts_with_its_own_code(number: int, code: int) -> None:
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), heard():
        os.kill(os.getpid(), number)
    assert exit_code() == code
    assert signal.getsignal(number) is before


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    """As under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with heard():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_writing_is_finished_unless_a_second_signal_comes(capfd: pytest.CaptureFixture[str]) -> None:
    with finishing():
        os.kill(os.getpid(), signal.SIGTERM)
    assert "their results are being written" in capfd.readouterr().err
    with pytest.raises(KeyboardInterrupt):
        _twice()
    assert exit_code() == 143


def _twice() -> None:
    with finishing():
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)


def ended(program: str) -> tuple[int, str, str]:
    """How a program in a process of its own ends: exit code and both streams."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout, done.stderr


def test_before_the_first_run_it_leaves_at_once() -> None:
    program = """
import os, signal
from viz.cli.signals import leaving_at_once
with leaving_at_once():
    os.kill(os.getpid(), signal.SIGTERM)
"""
    assert ended(program) == (143, "", "computeleap: interrupted\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_while_the_program_is_still_being_read_it_leaves_in_a_word(number: int) -> None:
    """As soon as a text is compiled, in the middle of Typer's work."""
    program = f"""
import os, sys
from viz.__main__ import main
sys.argv = ["computeleap", "--help"]
sys.addaudithook(lambda event, words: os.kill(os.getpid(), {int(number)}) if event == "compile" else None)
main()
"""
    assert ended(program) == (128 + number, "", "computeleap: interrupted\n")


def test_a_signal_that_python_swallows_comes_again() -> None:
    program = """
import os, signal, sys, time, weakref
from viz.cli.signals import exit_code, from_now_on, heard
class Thing: pass
from_now_on()
with heard():
    try:
        thing = Thing()
        watch = weakref.ref(thing, lambda _: os.kill(os.getpid(), signal.SIGTERM) or time.sleep(1))
        del thing
        print("swallowed", flush=True)
        time.sleep(30)
    except KeyboardInterrupt:
        sys.exit(exit_code())
"""
    assert ended(program) == (143, "swallowed\n", "")


def test_the_exit_code_is_the_signals_own_wherever_it_came() -> None:
    """CPython remembers a KeyboardInterrupt that passed a text it evaluated, and would end with SIGINT."""
    program = """
import os, signal, sys, time
import viz.__main__, viz.cli.commands
from viz.cli.signals import exit_code, heard
def app():
    with heard():
        try:
            eval("os.kill(os.getpid(), signal.SIGTERM) or time.sleep(9)")
        except KeyboardInterrupt:
            sys.exit(exit_code())
viz.cli.commands.app = app
viz.__main__.main()
"""
    assert ended(program) == (143, "", "")


def test_a_signal_between_two_that_hear_it_ends_the_command_in_a_word() -> None:
    program = """
import viz.__main__, viz.cli.commands
from viz.cli import signals
viz.cli.commands.app = lambda: signals.hear(15)
viz.__main__.main()
"""
    assert ended(program) == (143, "", "computeleap: interrupted\n")


def test_an_error_that_a_library_makes_of_a_signal_is_the_signal() -> None:
    program = """
import os, signal, sys, time
from viz.__main__ import main
def query(*words, **more):
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(9)
    except KeyboardInterrupt:
        raise RuntimeError("Query interrupted") from None
import viz.cli.commands
viz.cli.commands.Commands.__mro__[1].invoke = query
sys.argv = ["computeleap", "scenarios"]
main()
"""
    assert ended(program) == (143, "", "computeleap: interrupted\n")
