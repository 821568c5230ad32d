"""Widgets that the browser draws, one for each file in ``viz/assets``.

The visitor's actions come back as events with plain data, which ``viz.app.ui.event_filters`` checks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import solara

JsonObject = Mapping[str, object]
EventHandler = Callable[[object], None]


def ignore_event(_: object = None) -> None:
    """Drop an event that no part of the page handles."""


@solara.component_vue("../../assets/bar.vue")
def Bar(
    *,
    tab: str,
    tabs: Sequence[JsonObject],
    language: str,
    languages: Sequence[JsonObject],
    texts: JsonObject,
    event_show: EventHandler = ignore_event,
    event_speak: EventHandler = ignore_event,
) -> None:
    """Name, tabs and languages."""


@solara.component_vue("../../assets/controls.vue")
def TimeControls(
    *,
    texts: JsonObject,
    ready: bool,
    failed: bool,
    doing: str,
    building: str,
    goal: str,
    until: str,
    speed: int,
    speeds: Sequence[int],
    frame: JsonObject | None = None,
    event_play: EventHandler = ignore_event,
    event_pause: EventHandler = ignore_event,
    event_step: EventHandler = ignore_event,
    event_reset: EventHandler = ignore_event,
    event_pace: EventHandler = ignore_event,
    event_jump: EventHandler = ignore_event,
) -> None:
    """Buttons that move time; ``frame`` is {date, text, part of the way in %}."""


@solara.component_vue("../../assets/tools.vue")
def Tools(
    *,
    items: Sequence[JsonObject],
    label: str = "",
    kind: str = "",
    file: JsonObject | None = None,
    event_set: EventHandler = ignore_event,
) -> None:
    """A row of selects, choices, check boxes, search fields and buttons; each sends {key, value}.

    ``file``, {count, name, text}, is downloaded at each new count.
    """


@solara.component_vue("../../assets/map.vue")
def CityMap(
    *,
    cities: JsonObject,
    links: Sequence[Sequence[int]],
    look: JsonObject,
    selected: int | None = None,
    borders: JsonObject | None = None,
    frame: JsonObject | None = None,
    event_select: EventHandler = ignore_event,
    event_drawn: EventHandler = ignore_event,
) -> None:
    """The map: wheel and buttons zoom, dragging moves it, a click selects; city_map.py makes its data."""


@solara.component_vue("../../assets/settings.vue")
def SettingsForm(
    *,
    texts: JsonObject,
    scenario: str,
    scenarios: Sequence[JsonObject],
    meaning: str,
    seed: str,
    firms: str,
    stale: bool,
    centres: Sequence[JsonObject],
    groups: Sequence[JsonObject],
    values: JsonObject,
    defaults: JsonObject,
    changed: Sequence[str],
    event_choose: EventHandler = ignore_event,
    event_change: EventHandler = ignore_event,
    event_defaults: EventHandler = ignore_event,
    event_reset: EventHandler = ignore_event,
    event_take_back: EventHandler = ignore_event,
) -> None:
    """Scenario, seed, size, the visitor's centres and the parameters by mechanism."""


@solara.component_vue("../../assets/city.vue")
def CityHead(
    *,
    texts: JsonObject,
    kinds: Sequence[Sequence[str]],
    industries: Sequence[Sequence[str]],
    max_size: float,
    ready: bool,
    frame: JsonObject | None = None,
    event_open: EventHandler = ignore_event,
) -> None:
    """Name and figures of a city, and the form that opens a centre in it."""


@solara.component_vue("../../assets/table.vue")
def CityTable(
    *,
    title: str,
    heads: Sequence[str],
    numbers: Sequence[int],
    empty: str,
    frame: JsonObject | None = None,
    event_select: EventHandler = ignore_event,
) -> None:
    """A table; ``frame`` has its rows, and in ``links`` the city that the first cell of each row selects."""


@solara.component_vue("../../assets/headline.vue")
def Headline(
    *,
    texts: JsonObject,
    stories: Sequence[JsonObject],
    ready: bool,
    frame: JsonObject | None = None,
    event_replay: EventHandler = ignore_event,
    event_present: EventHandler = ignore_event,
    event_tell: EventHandler = ignore_event,
) -> None:
    """One sentence of effects, {text, note} in ``frame``, a button to replay, and the stories."""


@solara.component_vue("../../assets/plans.vue")
def PlanEditor(
    *,
    texts: JsonObject,
    plans: Sequence[JsonObject],
    free: bool,
    scenarios: Sequence[JsonObject],
    centres: Sequence[JsonObject],
    kinds: Sequence[Sequence[str]],
    cities: Sequence[str],
    cost: str,
    stale: bool,
    ready: bool,
    undo: bool,
    redo: bool,
    event_show: EventHandler = ignore_event,
    event_add: EventHandler = ignore_event,
    event_drop: EventHandler = ignore_event,
    event_undo: EventHandler = ignore_event,
    event_redo: EventHandler = ignore_event,
    event_put: EventHandler = ignore_event,
    event_take_back: EventHandler = ignore_event,
    event_apply: EventHandler = ignore_event,
) -> None:
    """Plans {letter, text, shown} and the centres of the shown one; ``free``: another plan may be added."""


@solara.component_vue("../../assets/present.vue")
def PresentBar(
    *,
    texts: JsonObject,
    place: int,
    count: int,
    playing: bool,
    frame: JsonObject | None = None,
    event_turn: EventHandler = ignore_event,
    event_play: EventHandler = ignore_event,
    event_leave: EventHandler = ignore_event,
) -> None:
    """Date and sentence, {date, text} in ``frame``, and the buttons and keys of the presenter's mode."""


@solara.component_vue("../../assets/story.vue")
def StoryStep(
    *,
    texts: JsonObject,
    step: str,
    title: str,
    parts: Sequence[JsonObject],
    place: int,
    count: int,
    event_turn: EventHandler = ignore_event,
    event_close: EventHandler = ignore_event,
    event_all: EventHandler = ignore_event,
) -> None:
    """A step of a story: its parts {name, text}, and buttons."""


@solara.component_vue("../../assets/challenge.vue")
def ChallengeCard(
    *,
    texts: JsonObject,
    frame: JsonObject | None = None,
    event_take: EventHandler = ignore_event,
    event_best: EventHandler = ignore_event,
) -> None:
    """The rules of the challenge, the score {text, won} in ``frame``, and two buttons."""


@solara.component_vue("../../assets/drop.vue")
def FileDrop(
    *,
    texts: JsonObject,
    most: int,
    event_begin: EventHandler = ignore_event,
    event_part: EventHandler = ignore_event,
) -> None:
    """A file that is chosen or dropped: {name, size}, then its parts, {part}, unless larger than ``most``."""


@solara.component_vue("../../assets/address.vue")
def Address(*, frame: JsonObject | None = None, event_open: EventHandler = ignore_event) -> None:
    """The browser's address, {text} in ``frame``; a link that is followed comes as {address, language}."""
