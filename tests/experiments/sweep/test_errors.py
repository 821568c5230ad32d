"""A sweep that stopped early is told apart from one that cannot be run."""

from __future__ import annotations

from agents.user_error import UserError
from experiments.sweep.errors import StoppedError, SweepError


def test_a_sweep_that_stopped_is_an_error_of_a_sweep() -> None:
    assert issubclass(StoppedError, SweepError)
    assert issubclass(SweepError, UserError)
    assert not isinstance(SweepError("the file is missing"), StoppedError)
