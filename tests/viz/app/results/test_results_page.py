"""The Results tab without a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

import ipyvuetify
import solara

from tests.support.rendered_page import texts_of, wait_for
from viz.app.results.results_page import Results
from viz.app.ui.translations import translator

EN = translator("en")


class Visitor:
    """What the page needs of a session."""

    def __init__(self, folder: Path | None) -> None:
        self.language = solara.reactive("en")
        self.results_folder = folder


@pytest.fixture
def page(folder):
    visitor = Visitor(folder)
    box, found = solara.render(Results(visitor), handle_error=False)
    yield visitor, box, found
    found.close()


def click(found: Any, text: str) -> None:
    button = next(b for b in found.find(ipyvuetify.Btn).widgets if text in texts_of(b))
    button.click()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("random_hosts", "Innovation of host cities"),
        ("layouts", "Change of the gap between cities"),
        ("tiny_morris", "Elementary effects"),
        ("damaged", "is damaged"),
        ("odd_store", "cannot be read"),
    ],
)
def test_one_click_opens_what_is_on_the_shelf(page, name, expected):
    visitor, box, found = page
    assert "Choose results on the left" in texts_of(box)
    click(found, name)
    wait_for(lambda: expected in texts_of(box))
    visitor.language.value = "zh"
    wait_for(lambda: "结果文件夹" in texts_of(box))


def test_without_a_folder_the_page_says_how_to_have_one(tmp_path, monkeypatch):
    monkeypatch.delenv("COMPUTELEAP_RESULTS", raising=False)
    for folder, sentence in ((None, "has no results folder"), (tmp_path, "There are no results yet")):
        box, found = solara.render(Results(Visitor(folder)), handle_error=False)
        wait_for(lambda box=box, sentence=sentence: sentence in texts_of(box))
        found.close()
