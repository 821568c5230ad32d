"""A signal that a library turns into an error of its own."""

import os
import signal
import sys
import time
from typing import Any

from viz.__main__ import main
from viz.cli.command_group import CommandGroup


def invoke(*_: Any, **__: Any) -> None:
    """Run a query that a signal interrupts."""
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(9)
    except KeyboardInterrupt:
        raise RuntimeError("Query interrupted") from None


CommandGroup.__mro__[1].invoke = invoke  # type: ignore[method-assign]
sys.argv = ["computeleap", "scenarios"]
main()
