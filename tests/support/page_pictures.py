"""Pictures of the page for the documentation: ``python -m tests.support.page_pictures docs/figures RESULTS``.

RESULTS is a folder that holds the results ``random_hosts``. The pictures are 1280 × 800. Set
``COMPUTELEAP_OPENS_AT=2030`` and ``RELIABILITY=full``: the first screen and seeds that visitors see.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from tests.support.browser import chromium, served, tabs

LONG = 600_000  # ms: ten thousand firms and their twins


def save(page: Any, path: Path) -> None:
    """Save what a tab shows, once its charts have come to rest, in 256 colours: no part is 25 of 255 off."""
    page.wait_for_timeout(2_000)
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    few = image.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=5, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def run_to(page: Any, year: int) -> None:
    page.get_by_label("year to run to").fill(str(year))
    page.get_by_role("button", name="Run to year", exact=True).click()
    page.locator(".cl-when b", has_text=re.compile(f"^end of {year}Q4$")).wait_for(timeout=LONG)
    page.locator(".cl-controls .cl-button:not([disabled])").nth(2).wait_for()


def all_seeds(page: Any) -> None:
    """Wait until the effects are those of all nine seeds."""
    page.get_by_text(re.compile(r"interval\] over 9 seeds")).wait_for(timeout=LONG)


def explore(page: Any, folder: Path) -> None:
    """Save the first screen, then the city and the twins after a centre was opened in Guiyang."""
    all_seeds(page)
    save(page, folder / "app-explore.png")
    page.get_by_role("button", name="Replay from 2005").click()
    page.get_by_role("button", name="Pause", exact=True).click()
    run_to(page, 2015)
    page.get_by_placeholder("Find a city").fill("Guiyang")
    page.keyboard.press("Enter")
    page.locator(".cl-city h2", has_text="Guiyang").wait_for()
    page.get_by_label("kind").select_option("intelligent")
    page.get_by_role("button", name="Open", exact=True).click()
    page.locator(".cl-own-row").wait_for(timeout=LONG)
    run_to(page, 2025)
    all_seeds(page)
    save(page, folder / "app-city.png")
    page.get_by_role("button", name="level", exact=True).click()
    page.get_by_label("Twins side by side").check()
    page.get_by_label("Links by load").check()
    page.get_by_label("Flows").select_option("tasks")
    page.get_by_role("tab", name="Ranks").click()
    page.locator(".cl-map-flow").wait_for()
    save(page, folder / "app-twins.png")


def results(page: Any, folder: Path) -> None:
    """Open the results of random hosts and point at a year."""
    page.locator("[role=tab]", has_text="Results").click()
    page.locator(".cs-entry .v-btn", has=page.get_by_text("random_hosts", exact=True)).click()
    chart = page.locator("section", has=page.get_by_role("heading", name="Innovation of the country"))
    chart.locator("canvas").first.hover(position={"x": 180, "y": 90})
    page.get_by_text("95 % from").first.wait_for()
    save(page, folder / "app-results.png")


def learn(page: Any, folder: Path) -> None:
    """Open the second step of the story of the gap."""
    page.locator("[role=tab]", has_text="Learn").click()
    page.locator(".cs-tour").get_by_role("button", name="The gap").first.click()
    page.get_by_role("heading", name="Left to local demand").wait_for()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("heading", name="East data, west computing").wait_for()
    save(page, folder / "app-learn.png")


def main(folder: str, stored: str) -> None:
    """Save all five pictures."""
    with served("--results", stored) as address, chromium() as browser, tabs(browser, address) as open_tab:
        for shown in (results, learn, explore):
            page = open_tab()
            shown(page, Path(folder))
            page.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
