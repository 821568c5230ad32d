"""Commands and options of earlier versions, each with its present name."""

from __future__ import annotations

from collections.abc import Sequence

COMMANDS = {
    "check": "extension check",
    "metrics": "convergence",
    "study seeds": "study mechanisms",
    "schema edges": "schema links",
    "sweep ready": "sweep presets",
    "sweep rerun": "sweep debug",
}
OPTIONS = {
    "--check": "--check-invariants",
    "--edges": "--links",
    "--with": "--also",
    "--replications": "--seeds",
}
IN_USE = {("cities", "--check")}  # an old name that means something else in this command


def renamed(words: Sequence[str]) -> str | None:
    """Return a sentence that gives the new name of an old command or option on the command line."""
    for old, new in COMMANDS.items():
        parts = old.split()
        if list(words[: len(parts)]) == parts:
            return f"computeleap {old} is now computeleap {new}"
    for word in words:
        option = word.partition("=")[0]
        if option in OPTIONS and (words[0], option) not in IN_USE:
            return f"{option} is now {OPTIONS[option]}"
    return None
