"""What the economy is, and in what order things happen.

>>> from model import Parameters, RegionalModel
>>> model = RegionalModel(Parameters(firms=2_000), scenario="actual", rng=1)
>>> model.run_until(2030)
"""

from agents.rules import Rules
from model.engine import interpreted
from model.parameters import Parameters
from model.regional_model import RegionalModel
from model.scenario import Opening, Scenario

__all__ = ["Opening", "Parameters", "RegionalModel", "Rules", "Scenario", "interpreted"]
