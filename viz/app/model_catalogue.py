"""Extensions that a process was started with: for pages that are served by another part of the program."""

from __future__ import annotations

import os
from collections.abc import Sequence

from model.extensions.extended_model import Extended, extended
from model.extensions.loading import absolute

EXTENSIONS = "COMPUTELEAP_EXTENSIONS"  # environment: names, one a line


def choose(names: Sequence[str]) -> Extended:
    """Let this process and those it starts use the extensions of these names. Raises ExtensionError."""
    found = tuple(absolute(name) for name in names)
    made = extended(found)
    os.environ[EXTENSIONS] = "\n".join(found)
    return made


def chosen() -> Extended:
    """The model with the extensions that were chosen: its parameters, scenarios and ``extensions``.

    ``model.parameters.parameter_rows(chosen().parameters)`` is the table of parameters,
    ``chosen().extensions`` what ``RegionalModel(extension=…)`` takes.
    """
    names = os.environ.get(EXTENSIONS, "")
    return extended(tuple(names.splitlines()))
