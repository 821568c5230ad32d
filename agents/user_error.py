"""The base class of every error whose text is written for the user."""

from __future__ import annotations


class UserError(ValueError):
    """An error that the user can mend: its text is a sentence that says what is wrong and what is allowed.

    The command line and the app show the text without a traceback; any other error is reported as a bug.
    """
