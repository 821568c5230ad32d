"""The command ``computeleap``, or ``python -m viz``: signals are handled before anything else is imported."""

from __future__ import annotations

import os
import sys

from viz.cli.shadowed_packages import shadowing_package, without_compiler
from viz.cli.signals import (
    Interrupted,
    end_in_compiled_code,
    exit_code,
    exit_now,
    resend_swallowed,
    set_handler,
)


def main() -> None:
    """Run the command line."""
    set_handler(exit_now)
    resend_swallowed()
    end_in_compiled_code()
    for name in ("stdout", "stderr"):  # what the terminal cannot show becomes a question mark
        if getattr(sys, name) is None:  # closed by the caller, as by >&-
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        getattr(sys, name).reconfigure(errors="replace")
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
