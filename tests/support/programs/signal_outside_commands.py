"""A signal that is raised outside the blocks that expect one."""

import signal

import viz.__main__
import viz.cli.commands
from viz.cli.signals import interrupt

viz.cli.commands.app = lambda: interrupt(signal.SIGTERM)  # type: ignore[assignment]
viz.__main__.main()
