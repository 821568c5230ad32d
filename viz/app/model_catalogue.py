"""The model that the page shows: the shipped one, or that with the extensions of the server."""

from __future__ import annotations

import os
from collections.abc import Sequence

from model.extensions.extended_model import Extended, extended
from model.extensions.loading import absolute
from model.parameters import CLOSED, ParameterError, ParameterRow, describe
from model.scenarios.scenario import Scenario
from viz.app.serving_options import EXTENSIONS, extension_names


def serve_extensions(names: Sequence[str]) -> Extended:
    """Load extensions for this process and those that it starts. Raises ExtensionError."""
    found = tuple(absolute(name) for name in names)
    made = extended(found)
    os.environ[EXTENSIONS] = "\n".join(found)
    return made


def served_model() -> Extended:
    """Return the parameters, scenarios and ``extensions`` of the model that the page shows.

    ``model.parameters.parameter_rows(served_model().parameters)`` is the table of parameters;
    ``RegionalModel(extension=…)`` takes ``served_model().extensions``.
    """
    return extended(extension_names())


def available_scenarios() -> dict[str, Scenario]:
    """Return the scenarios of the page: those that have a twin without centres."""
    return {name: scenario for name, scenario in served_model().scenarios.items() if scenario.has_twin}


def adjustable_parameters() -> tuple[str, ...]:
    """Return the parameters that have a slider: all except sizes, dates and those of the closed economy."""
    fixed = ("firms", "start_year")
    names = served_model().parameters.model_fields
    return tuple(name for name in names if name not in fixed and parameter_info(name)["group"] != CLOSED)


def parameter_info(name: str) -> ParameterRow:
    """Describe a parameter, one of an extension included. Raises ParameterError for an unknown one."""
    model_class = served_model().parameters
    if name not in model_class.model_fields:
        raise ParameterError(f"there is no parameter {name[:40]!r}")
    return describe(name, model_class)
