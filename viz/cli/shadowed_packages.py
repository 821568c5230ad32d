"""A check that Python imports the packages of ComputeLeap and not others of the same names."""

from __future__ import annotations

import importlib.util
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
