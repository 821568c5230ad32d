"""Results and tour in a real browser: open, hover, compare, download, switch language, load a story."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.support.browser import MARKS, served, tabs
from tests.support.long_version import LONG

pytestmark = [*MARKS, LONG]


@pytest.fixture(scope="module")
def address(small_shelf: Path, some_cities: Path) -> Iterator[str]:
    with served("--results", str(small_shelf), "--cities", str(some_cities)) as place:
        yield place


@pytest.fixture
def visit(address, browser) -> Iterator[Callable[..., Any]]:
    """Opens one of the page's three parts in a tab."""
    with tabs(browser, address) as open_tab:

        def visiting(part: str, width: int = 1280, height: int = 800) -> Any:
            page = open_tab(width, height)
            page.locator("[role=tab]", has_text=part).click()
            return page

        yield visiting


def entry(page: Any, name: str) -> Any:
    """The button on the shelf."""
    return page.locator(".cs-entry .v-btn", has=page.get_by_text(name, exact=True))


def downloaded(page: Any, section: Any, label: str) -> tuple[str, bytes]:
    with page.expect_download() as waiting:
        section.get_by_role("button", name=label, exact=True).click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def test_results_are_opened_compared_and_taken_home(visit):
    page = visit("Results")
    page.get_by_text("Choose results on the left").wait_for()
    entry(page, "random_hosts").focus()
    page.keyboard.press("Enter")  # by keyboard
    chart = page.locator("section", has=page.get_by_role("heading", name="Innovation of the country"))
    chart.locator("canvas").first.wait_for()
    chart.locator("canvas").first.hover(position={"x": 180, "y": 90})
    page.get_by_text("95 % from").first.wait_for()  # the interval, on hovering
    assert downloaded(page, chart, "PNG")[1].startswith(b"\x89PNG")
    name, picture = downloaded(page, chart, "SVG")
    assert name == "random_hosts-innovation.svg"
    assert b"change against the twin, %" in picture
    assert b'width="2000"' in picture
    for told in (b"Innovation of the country", b"seeds 1", b"compared with: twin without any centre"):
        assert told in picture
    page.get_by_label("As change against the twin").click(force=True)
    drawn = chart.locator(".cl-chart").element_handle()
    page.wait_for_function("(box) => box.__vue__.chart.getOption().series.length > 3", arg=drawn)
    assert b"innovations per year" in downloaded(page, chart, "SVG")[1]
    table = pd.read_csv(io.BytesIO(downloaded(page, chart, "CSV")[1]))
    assert set(table["arm"]) == {"with", "without"}
    assert len(pd.read_parquet(io.BytesIO(downloaded(page, chart, "Parquet")[1]))) == len(table)
    name, text = downloaded(page, page.locator(".cs-main"), "Experiment file")
    assert (name, tomllib.loads(text.decode())["scenario"]) == ("random_hosts.toml", "random_hosts")
    page.get_by_label("Compare actual with the others").click(force=True)
    page.get_by_role("heading", name="Effects and gaps compared").wait_for()
    page.get_by_role("heading", name="actual: Innovation of the country").wait_for()


def test_leaving_before_the_charts_have_come_is_no_error(visit, address):
    """On a slow connection a visitor turns to another part while the library of the charts is on its way."""
    page = visit("Explore")
    held: list[Any] = []
    page.route("**/echarts*", lambda sent: held.append(sent))
    page.goto(address)
    while not held:
        page.wait_for_timeout(100)
    page.locator("[role=tab]", has_text="Learn").click()
    page.get_by_role("heading", name="A country, twice").wait_for()
    with page.expect_response("**/echarts*"):
        held[0].continue_()
    page.wait_for_timeout(500)


def test_a_sweep_a_study_and_what_is_broken(visit):
    page = visit("Results")
    entry(page, "tiny_morris").click()
    page.get_by_role("heading", name="Elementary effects").wait_for()
    entry(page, "tiny").click()
    page.get_by_text("12 / 12").wait_for()
    page.get_by_role("heading", name="over two factors").wait_for()
    page.get_by_label("Search").fill("no such run")
    page.get_by_text("Nothing matches.").wait_for()
    entry(page, "layouts").click()
    page.get_by_role("heading", name="Change of the gap between cities").wait_for()
    for name in ("damaged", "<b>garbled"):
        entry(page, name).click()
        page.get_by_role("alert").wait_for()
    page.get_by_role("button", name="中文").click()
    page.get_by_role("heading", name="结果文件夹").wait_for()


def test_a_story_is_read_and_loaded(visit):
    page = visit("Learn", 768, 1024)
    page.get_by_role("heading", name="A country, twice").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 768  # nothing sticks out
    page.get_by_role("button", name="The gap").click()
    page.get_by_role("heading", name="Left to local demand").wait_for()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("heading", name="East data, west computing").wait_for()
    page.get_by_role("button", name="中文").click()
    page.get_by_role("heading", name="东数西算").wait_for()
    page.get_by_role("button", name="English").click()
    page.get_by_role("heading", name="East data, west computing").wait_for()
    page.get_by_role("button", name="Catch-up").click()
    page.get_by_role("heading", name="A country, twice").wait_for()
    page.get_by_role("button", name="Load into Explore").click()
    page.locator("[role=tab][aria-selected=true]", has_text="Explore").wait_for()
    page.get_by_text("end of 2009Q4").first.wait_for(timeout=180_000)
