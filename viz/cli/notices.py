"""Remarks of the model on a user's files, shown on standard error: each once."""

from __future__ import annotations

import logging

TELLERS = ("model.files.user_tables", "model.scenarios.siting")
"""Loggers of modules that tell, at level INFO, how a table or a city was understood."""


class Notices(logging.Handler):
    """Shows each remark once."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.told: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Show the remark of a record."""
        text = record.getMessage()
        if text not in self.told:
            from viz.cli.command_group import error_text
            from viz.terminal import echo_err

            self.told.add(text)
            echo_err(error_text(text))


def show_notices() -> None:
    """Show remarks from now on."""
    for name in TELLERS:
        teller = logging.getLogger(name)
        teller.setLevel(logging.INFO)
        teller.handlers = [Notices()]


def hide_notices() -> None:
    """Show no remarks: the command shows itself what was understood."""
    for name in TELLERS:
        logging.getLogger(name).handlers = [logging.NullHandler()]
