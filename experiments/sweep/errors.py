"""Errors of a sweep that the user can mend, each one clear sentence."""

from __future__ import annotations

from agents.user_error import UserError


class SweepError(UserError):
    """An experiment file, a store or a command that cannot be used; each line is one sentence."""


class StoppedError(SweepError):
    """A sweep that ended before all its runs were stored; the same command continues it."""
