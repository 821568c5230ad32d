"""The rules of WCAG 2.2 on every page, in both languages, by axe-core: none broken seriously."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.browser import MARKS, chromium, serious_rules, served
from tests.support.long_version import LONG
from tests.support.results_shelf import fill

pytestmark = [*MARKS, LONG]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    shelf = fill(tmp_path_factory.mktemp("server") / "results")
    with served("--results", str(shelf)) as place:
        yield place


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as made:
        yield made


@pytest.fixture(params=["en-US", "zh-CN"])
def page(request: pytest.FixtureRequest, browser: Any, address: str) -> Iterator[Any]:
    """A tab of a browser of that language; the page opens in it."""
    context = browser.new_context(locale=request.param, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    page.locator(".cl-controls .cl-button:not([disabled])").nth(2).wait_for()
    page.wait_for_function(f"document.documentElement.lang === '{request.param[:2]}'")
    yield page
    context.close()


def test_explore_breaks_no_serious_rule(page):
    found = {"country": serious_rules(page, ".cl-six canvas")}
    page.locator(".cl-search").fill("成都")
    page.keyboard.press("Enter")
    found["city"] = serious_rules(page, ".cl-city h2")
    sides = page.locator(".cl-tools.tabs [role=tab]")
    for number in range(2, sides.count()):
        sides.nth(number).click()
        found[f"panel {number}"] = serious_rules(page, ".cl-charts .cl-tools.tabs")
    page.locator(".cl-headline [aria-describedby]").first.click()
    found["story"] = serious_rules(page, ".cl-story")
    assert {part: rules for part, rules in found.items() if rules} == {}


def test_results_and_learn_break_no_serious_rule(page):
    tabs, found = page.locator(".cl-bar [role=tab]"), {}
    tabs.nth(1).click()
    found["list"] = serious_rules(page, ".cs-entry")
    for name in ("random_hosts", "layouts", "tiny", "damaged"):
        page.locator(".cs-entry .v-btn", has=page.get_by_text(name, exact=True)).click()
        found[name] = serious_rules(page, f".cs-chosen:has-text('{name}')", ".cs-card, .cs-empty")
    tabs.nth(2).click()
    found["learn"] = serious_rules(page, ".cs-tour")
    assert {part: rules for part, rules in found.items() if rules} == {}
