"""The regional economy, its engine and its order of events.

>>> from model import Parameters, RegionalModel
>>> model = RegionalModel(Parameters(firms=2_000), scenario="actual", rng=1)
>>> model.run_until(2030)
"""

from agents.columns import Column
from agents.rules import Rules
from model.engine.engine import interpreted
from model.engine.events import for_each, procedure
from model.extensions.extension import AgentKind, Extension, after, before, instead_of
from model.parameters import Parameter, Parameters
from model.regional_model import RegionalModel
from model.scenarios.scenario import Opening, Scenario

__all__ = [
    "AgentKind",
    "Column",
    "Extension",
    "Opening",
    "Parameter",
    "Parameters",
    "RegionalModel",
    "Rules",
    "Scenario",
    "after",
    "before",
    "for_each",
    "instead_of",
    "interpreted",
    "procedure",
]
