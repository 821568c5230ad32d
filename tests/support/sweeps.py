"""A small sweep for tests, and packages that are not installed."""

from __future__ import annotations

import builtins
import sys
from typing import Any

import pytest

VALUES: dict[str, Any] = {
    "name": "t",
    "replications": 2,
    "run": {"chunk": 2},
    "base": {"cities": "synthetic:12", "until": 2005, "parameters": {"firms": 60, "burn_in": 0}},
    "design": {"factors": {"talent_mobility": [0.0, 0.05]}},
}
"""Two points, two runs each, in two chunks."""


def without(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    """Act as if a package were not installed."""
    real = builtins.__import__

    def importing(name: str, *rest: Any, **more: Any) -> Any:
        if name.split(".")[0] == package:
            raise ImportError(f"No module named {package!r}")
        return real(name, *rest, **more)

    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", importing)
