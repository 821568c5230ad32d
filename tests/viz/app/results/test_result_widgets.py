"""Cards, figures, tables and selections of results and stories."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

import ipyvuetify
import solara

from tests.support.rendered_page import texts_of, within
from viz.app.results import result_widgets as widgets
from viz.app.ui.translations import translator

EN = translator("en")


@pytest.fixture
def render() -> Any:
    opened = []

    def rendering(element: Any) -> Any:
        box, found = solara.render(element, handle_error=False)
        opened.append(found)
        return box, found

    yield rendering
    for found in opened:
        found.close()


def test_text_is_text_and_no_html(render: Any) -> None:
    box, _ = render(widgets.Note("<b>bold</b>"))
    (note,) = box.children
    assert (note.tag, note.children, note.class_) == ("div", ["<b>bold</b>"], "cs-note")
    box, _ = render(widgets.Heading("About", 2))
    assert (box.children[0].tag, texts_of(box)) == ("h2", "About")


def test_an_empty_place_says_why_and_which_command_helps(render: Any) -> None:
    box, _ = render(widgets.Empty("Nothing yet", "Run something.", "computeleap run"))
    assert [child.tag for child in box.children[0].children] == ["h3", "p", "code"]
    box, _ = render(widgets.Empty("Nothing yet", "Run something."))
    assert [child.tag for child in box.children[0].children] == ["h3", "p"]


def test_a_number_leaves_out_notes_that_are_empty(render: Any) -> None:
    box, _ = render(widgets.Number("Effect", "+1.5", ("", "sure"), "up"))
    assert texts_of(box).split() == ["Effect", "+1.5", "sure"]
    assert any(str(getattr(part, "class_", "")) == "cs-value cs-up" for part in within(box))


def test_a_click_saves_the_picture_of_a_figure_once_more(render: Any) -> None:
    box, found = render(widgets.Figure(EN, "Title", {"series": []}, "name", note="why", ran="seeds 1–9"))
    chart = next(part for part in within(box) if part.has_trait("option"))
    assert chart.text == "Title. why"
    told = {"name": "name", "title": "Title", "note": "seeds 1–9"}
    assert chart.saved == {"count": 0, "format": "png", **told}
    buttons = {texts_of(button).strip(): button for button in found.find(ipyvuetify.Btn).widgets}
    assert set(buttons) == {"PNG", "SVG"}  # a figure without a table has no data to take home
    for kind, count in (("SVG", 1), ("SVG", 2), ("PNG", 3)):
        buttons[kind].click()
        assert chart.saved == {"count": count, "format": kind.lower(), **told}


def test_a_figure_with_a_table_offers_its_data(render: Any) -> None:
    _, found = render(widgets.Figure(EN, "T", {}, "n", lambda: pd.DataFrame({"a": [1]})))
    assert {"CSV", "Parquet"} <= {texts_of(b).strip() for b in found.find(ipyvuetify.Btn).widgets}


def test_a_table_is_searched_by_what_is_typed(render: Any) -> None:
    headers = [("name", "Name", "start"), ("value", "Value", "end")]
    _, found = render(widgets.Table(EN, headers, [{"name": "a", "value": 1}]))
    table, field = found.find(ipyvuetify.DataTable).widget, found.find(ipyvuetify.TextField).widget
    assert [head["text"] for head in table.headers] == ["Name", "Value"]
    assert table.items == [{"name": "a", "value": 1}]
    field.v_model = "b" * 500
    assert table.search == "b" * 200
    field.v_model = None  # the cross that empties it
    assert table.search == ""
    _, found = render(widgets.Table(EN, headers, [], search=False))
    assert found.find(ipyvuetify.TextField).widgets == []


def test_a_selection_gives_the_key_of_its_text(render: Any) -> None:
    chosen: list[str] = []
    _, found = render(
        widgets.Pick("Measure", {"theil": "Theil index", "gini": "Gini"}, "gini", chosen.append)
    )
    select = found.find(ipyvuetify.Select).widget
    assert (select.items, select.v_model) == (["Theil index", "Gini"], "Gini")
    select.v_model = "Theil index"
    assert chosen == ["theil"]


def test_a_long_command_is_cut_on_the_card_of_a_result(render: Any) -> None:
    box, _ = render(widgets.ResultCard(EN, "Mine", ("a.toml", "x = 1"), "c" * 400, ["of today"]))
    shown = texts_of(box)
    assert "c" * 239 + "…" in shown
    assert "c" * 240 not in shown
    assert "of today" in shown


def test_failed_runs_are_noted() -> None:
    assert widgets.failure_notes({"failures": {"seed 1": "x", "seed 2": "y"}}, EN) == [
        EN("results.failures", count=2)
    ]
    for none in ({}, {"failures": {}}, {"failures": 3}):
        assert widgets.failure_notes(none, EN) == []
