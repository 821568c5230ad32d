"""A signal while a compiled rule that never ends runs in the main thread."""

import os
import signal
import threading

from agents.columns import Column
from model.engine.engine import Engine
from model.engine.events import procedure
from model.engine.schema import Schema
from model.engine.state import State
from viz.cli import signals

NATION = (Column("quarter", "quarter", "now"), Column("wealth", "money", "wealth", start=2.0))
SCHEMA = Schema(tables={"nation": NATION}, through={}, pairs={}, whole={"nation_": "nation"})


def spin(nation_wealth: list[float], patience: float) -> None:
    """End in the first quarter, which compiles, and never in the second."""
    while nation_wealth[0] > patience:
        nation_wealth[0] += 1.0
    nation_wealth[0] = 3.0


signals.UNHEARD = 0.3
signals.set_handler(signals.exit_now)
signals.end_in_compiled_code()
state = State({"nation": 1}, SCHEMA, {"patience": 2.5})
engine = Engine([procedure("spins", spin)], state, {}, {"patience": 2.5}, 1)
engine.run(0)
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM)).start()
engine.run(1)
