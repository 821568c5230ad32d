# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""Parts of the page that are drawn in the browser, each one widget: a bar, buttons, a map, a form, a table.

What a visitor does comes back as an event with plain data, which the session checks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import solara

Plain = Mapping[str, Any]
Heard = Callable[[Any], None]


def unheard(_: Any = None) -> None:
    """What answers an event that nobody listens to."""


@solara.component_vue("../assets/bar.vue")
def Bar(
    *, tab: str, tabs: Sequence[Plain], language: str, languages: Sequence[Plain], words: Plain,
    event_show: Heard = unheard, event_speak: Heard = unheard,
) -> None:  # fmt: skip
    """Name, tabs and languages."""


@solara.component_vue("../assets/controls.vue")
def TimeControls(
    *, words: Plain, ready: bool, failed: bool, doing: str, building: str, goal: str, until: str, speed: int,
    speeds: Sequence[int], frame: Plain | None = None, event_play: Heard = unheard,
    event_pause: Heard = unheard, event_step: Heard = unheard, event_reset: Heard = unheard,
    event_pace: Heard = unheard, event_jump: Heard = unheard,
) -> None:  # fmt: skip
    """Buttons that move time; ``frame`` is {date, text, part of the way in %}."""


@solara.component_vue("../assets/tools.vue")
def Tools(
    *, items: Sequence[Plain], label: str = "", kind: str = "", file: Plain | None = None,
    event_set: Heard = unheard,
) -> None:  # fmt: skip
    """A row of selects, choices, check boxes, search fields and buttons; each says {key, value}.

    ``file``, {count, name, text}, is downloaded at each new count.
    """


@solara.component_vue("../assets/map.vue")
def CityMap(
    *, cities: Plain, links: Sequence[Sequence[int]], look: Plain, selected: int | None = None,
    frame: Plain | None = None, event_select: Heard = unheard, event_drawn: Heard = unheard,
) -> None:  # fmt: skip
    """The map: wheel and buttons zoom, dragging moves it, a click selects; viz/app/explore/map.py has its data."""


@solara.component_vue("../assets/settings.vue")
def SettingsForm(
    *, words: Plain, scenario: str, scenarios: Sequence[Plain], meaning: str, seed: str, firms: str,
    stale: bool, centres: Sequence[str], groups: Sequence[Plain], values: Plain, defaults: Plain,
    changed: Sequence[str], event_choose: Heard = unheard, event_change: Heard = unheard,
    event_defaults: Heard = unheard, event_reset: Heard = unheard, event_take_back: Heard = unheard,
) -> None:  # fmt: skip
    """Scenario, seed, size, one's own centres and the parameters, by mechanism."""


@solara.component_vue("../assets/city.vue")
def CityHead(
    *, words: Plain, kinds: Sequence[Sequence[str]], industries: Sequence[Sequence[str]], ready: bool,
    frame: Plain | None = None, event_open: Heard = unheard,
) -> None:  # fmt: skip
    """Name and figures of a city, and the form that opens a centre in it."""


@solara.component_vue("../assets/table.vue")
def Rows(
    *, title: str, heads: Sequence[str], numbers: Sequence[int], empty: str, frame: Plain | None = None,
    event_select: Heard = unheard,
) -> None:  # fmt: skip
    """A table; ``frame`` has its rows, and with ``links`` the city that the first cell of each selects."""
