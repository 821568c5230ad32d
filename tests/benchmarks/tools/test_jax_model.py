"""The reduced economy in JAX, in both precisions."""

from __future__ import annotations

import pytest

from tests.support.reduced_economies import assert_follows_numpy


@pytest.mark.parametrize(("name", "rel"), [("jax_f64", 1e-9), ("jax_f32", 1e-4)])
def test_it_follows_the_equations(name: str, rel: float) -> None:
    assert_follows_numpy(name, rel)
