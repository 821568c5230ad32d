"""The command ``computeleap``, or ``python -m viz``: signals are heard before anything else is imported."""

from __future__ import annotations

import sys

from viz.cli.signals import exit_code, from_now_on, leave


def main() -> None:
    """Entry point of the command."""
    from_now_on()
    for stream in (sys.stdout, sys.stderr):  # a terminal that lacks a letter shows a question mark
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    from viz.cli.commands import app

    try:
        app()
    except KeyboardInterrupt:  # between two of those who hear it
        leave(exit_code() - 128)
    finally:
        # CPython ends itself with SIGINT if one came in the text that it evaluated last, whatever the code.
        eval("0")


if __name__ == "__main__":
    main()
