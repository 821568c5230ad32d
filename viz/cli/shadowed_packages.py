"""Checks before anything is imported: the packages are ComputeLeap's own, and rules can be compiled."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

PACKAGES = ("model", "agents", "experiments", "viz")


def shadowing_package() -> str | None:
    """Return a sentence on a package that is missing or hidden by a foreign one, if there is one."""
    home = Path(__file__).resolve().parents[2]
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        places = list(spec.submodule_search_locations or [spec.origin or ""]) if spec else []
        if not places:
            return f"the package {name} is missing from {home}: install ComputeLeap again"
        if Path(places[0]).resolve() != home / name:
            return (
                f"another package called {name}, in {places[0]}, hides ComputeLeap's own in {home / name}: "
                "install ComputeLeap in a separate environment"
            )
    return None


def without_compiler() -> str | None:
    """Return a sentence if Numba is told not to compile, which the draws of the model need."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0"):
        return None
    return (
        "NUMBA_DISABLE_JIT is set, but draws need the compiler: unset it; a rule of your own runs "
        "interpreted in a model with engine='interpreted' (docs/howto/debug-a-rule.md)"
    )
