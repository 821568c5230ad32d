"""Forks of a history at the decision; a run that several cities or questions share is made once."""

from __future__ import annotations

import copy

from experiments.questions.decision.plans import Plan, carry_out
from model.regional_model import RegionalModel
from model.run_copies import restored, snapshot

SHARED = ("records", "own", "views", "agents")  # parts of a snapshot that a fork may not share


class Forks:
    """The runs that plans make of one history, which must stay where it stands.

    Doing nothing is the same for all cities, and half of a budget of 4 bn CNY is a budget of 2.
    """

    def __init__(self, history: RegionalModel) -> None:
        """Keep the history, and what a copy needs of it."""
        self.history = history
        self._kept = snapshot(history)
        self._runs: dict[tuple[object, ...], RegionalModel] = {}
        self._city = -1

    def fork(self) -> RegionalModel:
        """Return the same as ``history.fork``, in half of its time: the snapshot is taken once."""
        fresh = self.history.fresh_copy()
        again = {id(self.history): fresh, id(self.history.country): self.history.country}
        own = copy.deepcopy({name: self._kept[name] for name in SHARED}, again)
        return restored(fresh, type(self.history), self._kept | own)

    def run(self, plan: Plan, city: int, share: float, until: int) -> RegionalModel:
        """Return the run in which the plan is carried out (``carry_out``); not to be stepped further.

        Runs that spend something are kept until another city asks.
        """
        if city != self._city:
            self._runs = {key: run for key, run in self._runs.items() if key[0] == 0.0}
            self._city = city
        spent = plan.part * share if plan.kind or plan.vouchers else 0.0
        key = (spent, plan.kind, plan.wait, plan.vouchers, until)
        if key not in self._runs:
            self._runs[key] = carry_out(self.history, plan, city, share, until, self.fork)
        return self._runs[key]
