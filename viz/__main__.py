"""The command ``computeleap``, or ``python -m viz``: signals are handled before anything else is imported."""

from __future__ import annotations

import sys

from viz.cli.shadowed_packages import shadowing_package, without_compiler
from viz.cli.signals import Interrupted, exit_code, exit_now, resend_swallowed, set_handler


def main() -> None:
    """Run the command line."""
    set_handler(exit_now)
    resend_swallowed()
    for stream in (sys.stdout, sys.stderr):  # what the terminal cannot show becomes a question mark
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    hindrance = shadowing_package() or without_compiler()
    if hindrance:
        print(f"computeleap: {hindrance}", file=sys.stderr)
        sys.exit(2)
    from viz.cli.commands import app

    try:
        app()
    except Interrupted:  # a signal outside the blocks that expect one
        exit_now(exit_code() - 128)


if __name__ == "__main__":
    main()
