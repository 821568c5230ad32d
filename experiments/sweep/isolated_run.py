"""One run in its own process: ``python -m experiments.sweep.isolated_run STORE RUN TIMEOUT``, by pipe."""

from __future__ import annotations

import os
import pickle
import sys


def main() -> None:
    """Run it and write the outcome to the pipe that was standard output; prints go to standard error."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    from experiments.sweep.chunk import try_run

    store, run, timeout = sys.argv[1:]
    outcome = try_run(store, int(run), None if timeout == "None" else float(timeout))
    with pipe:
        pickle.dump(outcome, pipe)
    os._exit(0)  # a run that hangs may be left in a thread


if __name__ == "__main__":
    main()
