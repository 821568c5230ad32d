"""A signal inside text that Python evaluates."""

import os  # noqa: F401
import signal  # noqa: F401
import sys
import time  # noqa: F401

import viz.__main__
import viz.cli.commands
from viz.cli.signals import exit_code, interrupt, on_signal


def app() -> None:
    """A command that a signal ends."""
    with on_signal(interrupt):
        try:
            eval("os.kill(os.getpid(), signal.SIGTERM) or time.sleep(9)")
        except KeyboardInterrupt:
            sys.exit(exit_code())


viz.cli.commands.app = app  # type: ignore[assignment]
viz.__main__.main()
