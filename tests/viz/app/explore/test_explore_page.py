"""The page in a real browser: what a visitor does, from loading it to downloading what it showed."""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.browser import MARKS, serious_rules, served, tabs
from tests.support.long_version import LONG

pytestmark = MARKS


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served("--max-sessions", "2") as place:
        yield place


@pytest.fixture
def visit(address, browser) -> Iterator[Callable[..., Any]]:
    """Opens a tab."""
    with tabs(browser, address) as open_tab:

        def visiting(width: int = 1280, height: int = 800, ready: bool = True) -> Any:
            page = open_tab(width, height)
            if ready:
                date(page, "start of 2005")
            return page

        yield visiting


def date(page: Any, text: str) -> None:
    """Wait until the run is there and rests."""
    page.locator(".cl-when b", has_text=re.compile(f"^{text}$")).wait_for()
    page.locator(".cl-controls .cl-button:not([disabled])").nth(2).wait_for()


def quarter(page: Any) -> int:
    """Quarters run."""
    said = page.locator(".cl-when b").inner_text()
    found = re.search(r"(\d{4})(?:Q(\d))?", said)
    return 4 * (int(found[1]) - 2005) + int(found[2] or 0)


def click(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def choose_city(page: Any, name: str) -> None:
    page.get_by_placeholder("Find a city").fill(name)
    page.keyboard.press("Enter")
    page.locator(".cl-city h2", has_text=name).wait_for()


def test_play_pause_settings_and_mistakes(visit):
    page = visit()
    page.locator(".cl-six canvas").nth(5).wait_for()
    click(page, "Step")
    date(page, "end of 2005Q1")
    page.get_by_label("Speed").select_option("0")
    click(page, "Play")
    page.locator(".cl-when b", has_text=re.compile(r"20(0[7-9]|[1-4]\d)")).wait_for()
    click(page, "Pause")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    time.sleep(0.5)  # the quarter under way ends
    stopped = quarter(page)
    time.sleep(0.5)
    assert quarter(page) == stopped
    page.get_by_label("year to run to").fill("soon")
    click(page, "Run to year")
    page.locator(".cl-problem", has_text="must be a whole number from 2005 to 2050, not 'soon'").wait_for()
    # A slider, by keyboard; a number out of range; and back.
    page.get_by_role("button", name="Talent (M3)").click()
    slider = page.get_by_label("talent mobility", exact=True)
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.locator(".cl-row.changed").wait_for()
    number = page.get_by_label("talent mobility, 1/quarter")
    number.fill("7")
    number.press("Enter")
    page.locator(".cl-wrong", has_text="A number from 0 to 0.5").wait_for()
    page.get_by_label("Firms", exact=True).fill("<script>alert(1)</script>")
    page.get_by_label("Firms", exact=True).press("Enter")
    page.locator(".cl-stale").wait_for()
    page.locator(".cl-controls").get_by_role("button", name="Reset").click()
    page.locator(".cl-problem", has_text="not '<script>").wait_for()
    page.get_by_label("Firms", exact=True).fill("600")
    page.get_by_label("Firms", exact=True).press("Enter")
    page.get_by_role("button", name="reset all").click()
    page.locator(".cl-controls").get_by_role("button", name="Reset").click()
    date(page, "start of 2005")
    assert page.locator(".cl-row.changed").count() == 0


def test_a_centre_is_opened_compared_and_downloaded(visit, tmp_path):
    page = visit()
    page.get_by_label("year to run to").fill("2012")
    click(page, "Run to year")
    date(page, "end of 2012Q4")
    # A click on the map selects a city: the middle of Urumqi, far from all others.
    canvas = page.locator(".cl-map canvas")
    box = canvas.bounding_box()
    spot = page.evaluate(
        """() => { const map = document.querySelector('.cl-map').__vue__;
                   return map.spot(map.cities.en.indexOf('Urumqi')); }"""
    )
    page.mouse.click(box["x"] + spot[0], box["y"] + spot[1])
    page.locator(".cl-city h2", has_text="Urumqi").wait_for()
    page.get_by_label("kind").select_option("super")
    page.get_by_label("size").fill("2")
    click(page, "Open")
    page.locator(".cl-own-row", has_text="Urumqi · supercomputing · 2 · 2013Q1").wait_for()
    page.locator(".cl-table", has_text="supercomputing").wait_for()
    assert page.get_by_label("compared with").input_value() == "own"
    page.get_by_label("year to run to").fill("2014")
    click(page, "Run to year")
    date(page, "end of 2014Q4")
    page.get_by_role("tab", name="Country").click()
    page.get_by_label("Twins side by side").check()
    page.locator(".cl-map-title", has_text="twin without your centres").wait_for()
    page.get_by_label("Links by load").check()
    page.get_by_label("Flows").select_option("tasks")
    page.locator(".cl-map-flow").wait_for()
    page.get_by_role("tab", name="Ranks").click()
    page.locator(".cl-table").wait_for()
    with page.expect_download() as scenario:
        click(page, "Reproduce")
    path = tmp_path / "page.toml"
    scenario.value.save_as(path)
    assert scenario.value.suggested_filename == "computeleap-scenario.toml"
    assert tomllib.loads(path.read_text(encoding="utf-8"))["openings"] == [
        {"city": 650100, "kind": "super", "opens": "2013Q1", "size": 2.0}
    ]
    with page.expect_download() as picture:
        page.get_by_label("Save the map as a picture").first.click()
    picture.value.save_as(tmp_path / "map.png")
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")


@LONG
def test_sessions_are_apart_and_limited_and_closing_a_tab_makes_room(visit):
    first, second = visit(), visit()
    click(first, "Step")
    date(first, "end of 2005Q1")
    date(second, "start of 2005")
    third = visit(ready=False)
    third.locator(".cl-problem", has_text="All 2 places of this server are taken").wait_for()
    first.close(run_before_unload=True)
    for _ in range(20):
        time.sleep(0.5)
        third.reload()
        third.locator(".cl-problem, .cl-controls").first.wait_for()
        if third.locator(".cl-controls").count():
            break
    date(third, "start of 2005")
    assert quarter(second) == 0


def test_narrow_screens_and_the_other_language(visit):
    page = visit(1024, 768)
    for width, height in ((1024, 768), (768, 1024), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(f"document.querySelector('.cl-map canvas').clientWidth < {width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator(".cl-map canvas").bounding_box()["height"] > 200
    choose_city(page, "Chengdu")
    assert serious_rules(page, ".cl-city canvas, .cl-pair canvas") == []
    click(page, "中文")
    page.locator(".cl-city h2", has_text="成都市").wait_for()
    date(page, "2005 年初")
    page.wait_for_function("document.documentElement.lang === 'zh'")  # set by a message of its own
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert serious_rules(page) == []


@LONG
def test_the_state_is_saved_as_a_file_and_opened_again(visit, tmp_path):
    page = visit()
    page.get_by_label("year to run to").fill("2006")
    click(page, "Run to year")
    date(page, "end of 2006Q4")
    page.wait_for_function("location.hash.includes('until=2006Q4')")
    with page.expect_download() as kept:
        click(page, "Save")
    kept.value.save_as(tmp_path / "page.json")
    click(page, "Step")
    date(page, "end of 2007Q1")
    page.locator(".cl-file-input").set_input_files(tmp_path / "page.json")
    date(page, "end of 2006Q4")
    (tmp_path / "other.json").write_text('{"hello": 1}', encoding="utf-8")
    page.locator(".cl-file-input").set_input_files(tmp_path / "other.json")
    page.get_by_role("alert").get_by_text("This is not a file of this page.").wait_for()
    assert quarter(page) == 8
