"""The command ``computeleap``, or ``python -m viz``: signals are heard before anything else is imported."""

from __future__ import annotations

import sys

from viz.commands.signals import from_now_on


def main() -> None:
    """Entry point of the command."""
    from_now_on()
    for stream in (sys.stdout, sys.stderr):  # a terminal that lacks a letter shows a question mark
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    from viz.cli import app

    app()


if __name__ == "__main__":
    main()
