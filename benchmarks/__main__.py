"""Run all benchmarks, one after the other: ``python -m benchmarks``, or ``make bench``.

First the reduced economy in every tool that is installed (``benchmarks.compare``), then the full model
(``benchmarks.full_model``). Results go to ``build/bench``; the same command wrote what the documentation
quotes.
"""

from __future__ import annotations

import sys

from benchmarks import compare, full_model


def main() -> None:
    """Run the benchmarks named on the command line (compare, full), or all of them."""
    known = {
        "compare": lambda: compare.main([]),
        "full": full_model.main,
    }
    asked = sys.argv[1:] or list(known)
    wrong = [name for name in asked if name not in known]
    if wrong:
        print(f"bench: {wrong[0]!r} is not a benchmark; choose from {', '.join(known)}", file=sys.stderr)
        raise SystemExit(2)
    sys.argv[1:] = []
    for name in asked:
        print(f"bench: {name}", flush=True)
        known[name]()


if __name__ == "__main__":
    main()
