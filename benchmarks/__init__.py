"""Benchmarks: one small economy in ten tools, timed side by side, and the full model.

``tools.reduced_economy`` defines the economy; every other module of ``tools`` writes it as a user of that
tool would. ``equivalence_gate`` decides whether the results agree, and ``compare`` times them;
``full_model`` times the model itself.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any


@dataclass(frozen=True)
class Tool:
    """A way to run the economy.

    The module has ``prepare(firms, seed, rate, **options)``, which returns a state, ``advance(state,
    steps)``, ``measures(state)``, ``run(firms, steps, seed, **options)`` and ``SOURCE_LINES``; it may have
    ``missing()``. ``needs`` are packages that must be importable; ``most_firms`` is the largest size at which
    timing the tool is worth the wait.
    """

    name: str
    label: str
    module: str
    needs: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    most_firms: int = 10_000_000

    def missing(self) -> str | None:
        """Return the reason why the tool cannot run here, or None."""
        if importlib.util.find_spec(self.module) is None:
            return f"{self.module} is not written yet"
        for name in self.needs:
            if importlib.util.find_spec(name) is None:
                return f"{name} is not installed"
        try:
            reason = getattr(self.load(), "missing", None)
        except Exception as error:  # a package may be there and yet not work with the others installed
            return f"{type(error).__name__} on import: {error}"
        return None if reason is None else reason()

    def load(self) -> ModuleType:
        """Import and return the tool's module."""
        return importlib.import_module(self.module)

    def prepare(self, firms: int, seed: int, **more: Any) -> Any:
        """Return a state ready for the first step."""
        return self.load().prepare(firms, seed, **self.options, **more)

    def run(self, firms: int, steps: int, seed: int) -> dict[str, float]:
        """Return the six measures after ``steps`` steps."""
        return self.load().run(firms, steps, seed, **self.options)


def _tool(name: str, label: str, module: str, *needs: str, most: int = 10_000_000, **options: Any) -> Tool:
    return Tool(name, label, f"{__name__}.tools.{module}", needs, options, most)


# The first is the yardstick of the ratios.
TOOLS = {
    tool.name: tool
    for tool in (
        _tool("c", "C, blocked, libmvec", "c_model"),
        _tool("c_strict", "C, blocked, libmvec, no contraction", "c_model", strict=True),
        _tool("engine", "ComputeLeap engine", "engine_model", "numba"),
        _tool(
            "engine_fast",
            "ComputeLeap engine, fused multiply-add",
            "engine_model",
            "numba",
            arithmetic="fast",
        ),
        _tool("numpy", "NumPy columns", "numpy_model"),
        _tool("jax_f32", "JAX jit + scan, f32", "jax_model", "jax", precision="float32"),
        _tool("jax_f64", "JAX jit + scan, f64", "jax_model", "jax", precision="float64"),
        _tool("ambr", "ambr, vectorised lane", "ambr_model", "ambr"),
        _tool("mesa_frames", "mesa-frames (Polars)", "mesa_frames_model", "mesa_frames", most=1_000_000),
        _tool("mesa", "Mesa, agents.do", "mesa_model", "mesa", most=1_000_000),
        _tool("agentpy", "agentpy", "agentpy_model", "agentpy", most=100_000),
    )
}
YARDSTICK = "c"
REFERENCE = "numpy"
