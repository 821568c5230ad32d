"""The regional economy, its engine and its order of events.

>>> from model import Parameters, RegionalModel
>>> model = RegionalModel(Parameters(firms=2_000), scenario="actual", rng=1)
>>> model.run_until(2030)
"""

from typing import NoReturn

from agents.columns import NO_PARTNER, Column
from agents.rules import Rules
from model.engine.births import PARENT, born
from model.engine.events import for_each, procedure
from model.engine.rule_source import interpreted
from model.extensions.account import Account
from model.extensions.agent_kind import AgentKind
from model.extensions.agent_links import Links
from model.extensions.extension import Extension
from model.extensions.measure import Measure
from model.extensions.option import Option, choice
from model.extensions.placed_events import after, before, inside, instead_of
from model.extensions.wrapping import wraps
from model.parameters import Parameter, Parameters
from model.regional_model import RegionalModel
from model.scenarios.parameter_paths import By, Dated, Ramp, Step
from model.scenarios.scenario import Opening, Scenario

__all__ = [
    "NO_PARTNER",
    "PARENT",
    "Account",
    "AgentKind",
    "By",
    "Column",
    "Dated",
    "Extension",
    "Links",
    "Measure",
    "Opening",
    "Option",
    "Parameter",
    "Parameters",
    "Ramp",
    "RegionalModel",
    "Rules",
    "Scenario",
    "Step",
    "after",
    "before",
    "born",
    "choice",
    "for_each",
    "inside",
    "instead_of",
    "interpreted",
    "procedure",
    "wraps",
]

# Names of version 0.1.0 → names of today.
_RENAMED = {
    "each": "model.for_each",
    "clear": "model.procedure",
    "binding": "model.engine.binding",
    "events": "model.engine.events",
    "extension": "model.extensions.extension",
    "geography": "model.country.city_tables",
    "invariants": "model.economy.invariants",
    "network": "model.country.network",
    "rule_text": "model.engine.rule_source",
    "scenario": "model.scenarios.scenario",
    "synthetic": "model.country.synthetic",
    "tables": "model.files.user_tables",
}


def __getattr__(name: str) -> NoReturn:
    if name in _RENAMED:
        raise ImportError(f"model.{name} is now {_RENAMED[name]}")
    raise AttributeError(f"module 'model' has no attribute {name!r}")
