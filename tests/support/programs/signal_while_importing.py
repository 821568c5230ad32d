"""The signal of the first argument, as soon as Typer compiles a source text."""

import os
import sys

from viz.__main__ import main

number = int(sys.argv[1])
sys.argv = ["computeleap", "--help"]
sys.addaudithook(lambda event, _: os.kill(os.getpid(), number) if event == "compile" else None)
main()
