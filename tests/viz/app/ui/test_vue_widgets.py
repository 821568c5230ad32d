"""Widgets and the files that draw them: names of data and events agree."""

from __future__ import annotations

import inspect
import re

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

import solara

from tests import ROOT
from viz.app.ui import echart, vue_widgets
from viz.app.ui.vue_widgets import CityTable, TimeControls, ignore_event

ASSETS = ROOT / "viz" / "assets"
FILES = {
    echart: {"Chart": "chart.vue"},
    vue_widgets: {
        "Bar": "bar.vue",
        "TimeControls": "controls.vue",
        "Tools": "tools.vue",
        "CityMap": "map.vue",
        "SettingsForm": "settings.vue",
        "CityHead": "city.vue",
        "CityTable": "table.vue",
    },
}
WIDGETS = [(module, name, file) for module, names in FILES.items() for name, file in names.items()]


@pytest.mark.parametrize(("module", "name", "file"), WIDGETS, ids=[name for _, name, _ in WIDGETS])
def test_a_file_uses_what_its_widget_gives_and_sends_events_that_it_takes(module, name, file) -> None:
    source = inspect.getsource(module)
    declared = source.split(f"def {name}(")[1].split(") -> None:")[0]
    given = set(re.findall(r"^    (\w+):", declared, re.MULTILINE))
    text = (ASSETS / file).read_text(encoding="utf-8")
    assert f'component_vue("../../assets/{file}")\ndef {name}(' in source
    events = {word for word in given if word.startswith("event_")}
    unused = {word for word in given - events if not re.search(rf"\b{word}\b", text)}
    assert unused == set()
    assert {word for word in events if word.removeprefix("event_") not in text} == set()
    script = re.sub(r"//.*", "", text)
    sent = set(re.findall(r"\bthis\.(\w+)\(", script)) & {word.removeprefix("event_") for word in events}
    assert {f"event_{word}" for word in sent} <= events


def test_an_event_without_a_handler_is_dropped() -> None:
    assert ignore_event({"any": "thing"}) is None
    assert ignore_event() is None


def test_events_of_a_widget_call_their_handlers() -> None:
    heard = []
    element = CityTable(title="t", heads=["a"], numbers=[], empty="none", event_select=heard.append)
    box, found = solara.render(element, handle_error=False)
    (widget,) = box.children
    assert (widget.title, widget.heads, widget.empty, widget.frame) == ("t", ["a"], "none", None)
    widget.vue_select(4)
    assert heard == [4]
    found.close()


def test_what_a_page_does_not_name_has_defaults() -> None:
    words = dict(ready=True, failed=False, doing="rest", building="", goal="", until="2010", speed=1)
    box, found = solara.render(TimeControls(texts={}, speeds=[1], **words), handle_error=False)
    (widget,) = box.children
    assert (widget.doing, widget.until, widget.frame) == ("rest", "2010", None)
    widget.vue_play(None)  # nobody hears it
    found.close()
