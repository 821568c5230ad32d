"""The visitor's plans: two or three sets of options side by side, their editing, and undo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import solara

from experiments.measures.plan_accounts import building_cost
from model.country.country import Country
from model.scenarios.scenario import Place, quarter_of
from viz.app.explore.city_search import find_cities
from viz.app.explore.page_state import PageState
from viz.app.explore.run_options import (
    LAST_YEAR,
    MAX_CENTRES,
    RunOptions,
    RunOptionsError,
    parse_centre,
)
from viz.app.model_catalogue import available_scenarios
from viz.app.ui.event_filters import Form

PLANS = ("A", "B", "C")
MAX_UNDO = 50
COMMON = ("seed", "firms")  # of all plans: only equal draws can be compared


@dataclass(frozen=True)
class PlanSet:
    """All plans, and which of them is on the page."""

    plans: tuple[RunOptions, ...]
    shown: int


class PlanState(PageState):
    """A page with plans; ``options`` are those of the plan that is shown."""

    def __init__(self, country: Country, cities_file: str = "") -> None:
        super().__init__(country, cities_file)
        self.plans: solara.Reactive[tuple[RunOptions, ...]] = solara.reactive((self.options.peek(),))
        self.plan = solara.reactive(0)
        self.past: solara.Reactive[tuple[PlanSet, ...]] = solara.reactive(())
        self.future: solara.Reactive[tuple[PlanSet, ...]] = solara.reactive(())

    def rerun(self) -> None:
        """Set up the runs of the plan that is shown again, and run to where the page is."""

    # ── The set of plans ───────────────────────────────────────────────────────────────────────────

    @property
    def plan_set(self) -> PlanSet:
        """The plans as they are chosen now."""
        kept, shown = list(self.plans.peek()), self.plan.peek()
        chosen = self.options.peek()
        common = {name: getattr(chosen, name) for name in COMMON}
        plans = [chosen if k == shown else replace(one, **common) for k, one in enumerate(kept)]
        return PlanSet(tuple(plans), shown)

    def compared_plans(self) -> tuple[RunOptions, ...]:
        """Return the plans that are run: the one that is shown as it runs, the others as chosen."""
        made, running = self.plan_set, self.running.peek()
        common = {name: getattr(running, name) for name in COMMON}
        return tuple(
            replace(running if k == made.shown else one, until="", **common)
            for k, one in enumerate(made.plans)
        )

    def _put(self, made: PlanSet) -> None:
        self.set(self.plans, made.plans)
        self.set(self.plan, made.shown)
        self.set(self.options, made.plans[made.shown])

    def show_plans(self, shown: RunOptions, others: tuple[RunOptions, ...] = (), place: int = 0) -> None:
        """Replace all plans: the one that is shown, the others, and its place among them."""
        self.remember()
        self._put(PlanSet((*others[:place], shown, *others[place:]), place))

    def remember(self) -> None:
        """Keep the plans as they are, for undo."""
        made = self.plan_set
        if not self.past.peek() or self.past.peek()[-1] != made:
            self.set(self.past, (*self.past.peek(), made)[-MAX_UNDO:])
        self.set(self.future, ())

    def undo(self) -> None:
        """Bring back the plans before the last change; the run stays until it is applied."""
        self._swap(self.past, self.future)

    def redo(self) -> None:
        """Make the change that was undone."""
        self._swap(self.future, self.past)

    def _swap(
        self, source: solara.Reactive[tuple[PlanSet, ...]], other: solara.Reactive[tuple[PlanSet, ...]]
    ) -> None:
        now = self.plan_set
        kept = [one for one in source.peek() if one != now]
        if not kept:
            return
        self.set(source, tuple(kept[:-1]))
        self.set(other, (*other.peek(), now)[-MAX_UNDO:])
        self._put(kept[-1])
        self.refresh()

    def set_options(self, **values: Any) -> None:
        """Change options such as scenario, seed and number of firms; they take effect at Reset."""
        if set(values) != {"twin"}:
            self.remember()
        super().set_options(**values)

    def show_plan(self, number: int) -> None:
        """Show another plan: its runs are set up, and run to where the page is."""
        made = self.plan_set
        if 0 <= number < len(made.plans) and number != made.shown:
            self._put(replace(made, shown=number))
            self.rerun()

    def add_plan(self, scenario: str = "") -> None:
        """Add a copy of the plan that is shown, by request with another scenario or layout, and show it."""
        made = self.plan_set
        if len(made.plans) >= len(PLANS) or (scenario and scenario not in available_scenarios()):
            return
        self.remember()
        new = made.plans[made.shown]
        if scenario:
            new = replace(new, scenario=scenario)
        self._put(PlanSet((*made.plans, new), len(made.plans)))
        self.side.value = "plans"
        self.rerun() if scenario else self.refresh()

    def drop_plan(self, number: int) -> None:
        """Remove a plan; the first of the others is shown if it was on the page."""
        made = self.plan_set
        if not 0 <= number < len(made.plans) or len(made.plans) < 2:
            return
        self.remember()
        left = tuple(one for k, one in enumerate(made.plans) if k != number)
        shown = made.shown - (number < made.shown)
        was = made.shown == number
        self._put(PlanSet(left, 0 if was else shown))
        self.rerun() if was else self.refresh()

    # ── The centres of the plan that is shown ────────────────────────────────────────────────────────

    def put_centre(self, filled: Form, number: int | None = None) -> None:
        """Add a centre at a date, or change one of the plan: its city, kind, size, date or industry."""

        def put() -> None:
            chosen = self.options.peek().centres
            old = self.own_centres[number] if number is not None else None
            place = self.planned_centre(filled, old)
            if old is None or old not in chosen:
                if len(chosen) >= MAX_CENTRES:
                    raise RunOptionsError("most_centres", most=MAX_CENTRES)
                self.set_options(centres=(*chosen, place))
            elif place != old:
                self.set_options(centres=tuple(place if one == old else one for one in chosen))

        if number is None or 0 <= number < len(self.own_centres):
            self.act(put)

    def planned_centre(self, filled: Form, old: Place | None = None) -> Place:
        """Return the centre of a form; what it leaves out is that of ``old``. Raises RunOptionsError."""
        given: dict[str, object] = {}
        if old is not None:
            given = {"kind": old.kind, "size": old.size, "industry": old.industry}
        kind, size, industry = parse_centre({**given, **filled})  # type: ignore[dict-item]
        city = old.city if old is not None else 0
        if "city" in filled or old is None:
            found = find_cities(self.country, str(filled.get("city", "")))
            if len(found) != 1:
                raise RunOptionsError("city", given=repr(str(filled.get("city", ""))[:40]))
            city = int(self.country.cities["city_id"].iloc[found[0]])
        date = str(filled.get("opens", "" if old is None else old.opens))[:6]
        parameters = self.options.peek().checked()[0]
        first, last = parameters.start_year, LAST_YEAR
        try:
            quarter = quarter_of(date, first)
        except ValueError:
            quarter = -1
        if not 0 <= quarter < 4 * (last - first + 1):
            raise RunOptionsError("opens", low=first, high=last, given=repr(date))
        return Place(city, kind, date, size, industry)

    def centre_state(self, place: Place) -> str:
        """Return ``removed`` or ``added`` for a centre that the next run changes, else ``""``."""
        if place not in self.options.value.centres:
            return "removed"
        return "" if place in self.running.value.centres else "added"

    def plan_cost(self, options: RunOptions) -> float:
        """Return the cost of building a plan's own centres, money."""
        parameters, scenario, _ = options.checked()
        applied = scenario.applied_to(parameters)
        return float(np.sum([building_cost(place, applied) for place in options.centres]))
