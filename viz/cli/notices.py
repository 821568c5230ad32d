"""Remarks of the model on a user's files, shown on standard error: each once."""

from __future__ import annotations

import logging
from collections.abc import Callable

TELLERS = (
    "model.files.user_tables",
    "model.scenarios.siting",
    "experiments.evaluation.observed_panel",
    "experiments.sweep.queries",
)
"""Loggers of modules that tell, at level INFO, how a table, a city or a panel was understood."""


class Notices(logging.Handler):
    """Shows each remark once."""

    def __init__(self, show: Callable[[str], None]) -> None:
        super().__init__(logging.INFO)
        self.show = show
        self.told: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Show the remark of a record."""
        text = record.getMessage()
        if text not in self.told:
            self.told.add(text)
            self.show(text)


def show_notices(show: Callable[[str], None]) -> None:
    """Show remarks from now on."""
    shown = Notices(show)
    for name in TELLERS:
        teller = logging.getLogger(name)
        teller.setLevel(logging.INFO)
        teller.handlers = [shown]


def hide_notices() -> None:
    """Show no remarks: the command shows itself what was understood."""
    for name in TELLERS:
        logging.getLogger(name).handlers = [logging.NullHandler()]
