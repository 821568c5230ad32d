"""Speed of the page without Python: ``python -m benchmarks.browser_page_speed`` (needs Chromium).

Prints, for the default country (338 cities, 10,000 firms) and one of 60 cities and 2,000 firms, each with
its twin and three more seeds in the background: the time from opening the file to the first map and to a
page that can be played, quarters played a second, how long the page takes to answer a click while seeds run
in the background and a slider while it plays, and the memory of its process. ``--one-core`` leaves the
browser one core.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.page_speed import FLAGS

COUNTRIES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "default": ({"scenario": "actual", "seeds": 4}, []),
    "small": ({"scenario": "poor_sites_network", "cities": "synthetic:60", "seeds": 4}, ["firms=2000"]),
}
CLICKS, SLIDERS, SECONDS = 20, 8, 6.0
READY = """() => new Promise((done) => {
    const look = () => (page.ready ? done(performance.now()) : setTimeout(look, 5));
    look();
})"""
FIRST_MAP = "() => performance.getEntriesByName('first-frame')[0].startTime"
# Quarters of the other seeds so far.
BACKGROUND_QUARTERS = """() => Object.entries(page.seen).filter(([seed]) => seed !== page.seed)
    .reduce((sum, [, kept]) => sum + kept[page.measure].size, 0)"""
# Notes the milliseconds from each click on Play or Pause to the next frame after the button has changed.
WATCH = """() => {
    const button = $("play"), now = () => performance.now();
    let clicked = 0, said = button.textContent;
    window.answers = [];
    button.addEventListener("click", (event) => { clicked = event.timeStamp; }, true);
    new MutationObserver(() => {
        if (button.textContent === said) return;
        const from = clicked;
        said = button.textContent;
        requestAnimationFrame(() => window.answers.push(now() - from));
    }).observe(button, {childList: true});
    $("speed").value = "250";
}"""
ANSWERS = "() => window.answers"
RESET = '() => $("reset").click()'
# Plays as fast as possible; quarters and seconds from the fifth quarter on.
PLAY = """async (seconds) => {
    const wait = (time) => new Promise((done) => setTimeout(done, time));
    $("speed").value = "0";
    $("play").click();
    while (page.quarter < 4) await wait(2);
    const first = page.quarter, began = performance.now(), passed = () => (performance.now() - began) / 1000;
    while (page.quarter < bundle.last && passed() < seconds) await wait(2);
    const found = [page.quarter - first, passed()];
    if (page.playing) $("play").click();
    return found;
}"""
# Moves sliders while it plays; milliseconds until the frame with the first quarter of each value is drawn.
SLIDE = """async (times) => {
    const wait = (time) => new Promise((done) => setTimeout(done, time)), found = [], drawing = draw;
    let drawn = 0;
    window.draw = () => { drawing(); drawn = page.quarter; };
    const inputs = [...document.querySelectorAll("#sliders input")];
    $("speed").value = "0";
    $("play").click();
    while (page.quarter < 4) await wait(2);
    for (let k = 0; k < times && page.quarter < bundle.last - 8; k++) {
        const input = inputs[k % inputs.length], before = page.log.length, began = performance.now();
        input.value = 0.9 * Number(input.value) + 0.1 * Number(input.max);
        input.dispatchEvent(new Event("change"));
        while (page.playing && (page.log.length === before || drawn <= page.log.at(-1)[0])) {
            if ($("error").textContent) throw new Error($("error").textContent);
            await wait(1);
        }
        if (!page.playing) break;
        await new Promise((done) => requestAnimationFrame(done));
        found.push(performance.now() - began);
        await wait(50);
    }
    if (page.playing) $("play").click();
    return found;
}"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the pages, open each in a browser, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--browser", default="/usr/bin/chromium", help="path of Chromium")
    parser.add_argument("--one-core", action="store_true", help="leave the browser one core")
    parser.add_argument("--pages", type=Path, help="folder of pages made before; those missing are made")
    options = parser.parse_args(arguments)
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as temporary:
        folder = options.pages or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        files = [made(folder, name) for name in COUNTRIES]
        if options.one_core:
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        cores = len(os.sched_getaffinity(0))
        with sync_playwright() as playwright:
            for file in files:
                browser = playwright.chromium.launch(executable_path=options.browser, args=list(FLAGS))
                print(f"{file.stem} country, cores: {cores}, load of the machine {os.getloadavg()[0]:.1f}")
                tab = browser.new_context(offline=True, viewport={"width": 1280, "height": 900}).new_page()
                tab.goto(file.resolve().as_uri())
                measure(tab)
                browser.close()
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")


def made(folder: Path, name: str) -> Path:
    """Return the page of a country, which is made where it is missing."""
    file = folder / f"{name}.html"
    if not file.exists():
        from experiments.browser.browser_bundle import browser_bundle
        from experiments.study.settings import merge_settings
        from viz.reports.browser_page import browser_page

        given, changes = COUNTRIES[name]
        file.write_text(browser_page(browser_bundle(merge_settings(None, given, changes))), encoding="utf-8")
    return file


def measure(tab: Any) -> None:
    """Wait for the page, then click, play and move sliders."""
    ready = tab.evaluate(READY)
    print(f"first map after {tab.evaluate(FIRST_MAP) / 1000:.2f} s, playable after {ready / 1000:.2f} s")
    click(tab)
    restart(tab)
    quarters, seconds = tab.evaluate(PLAY, SECONDS)
    print(f"{quarters / seconds:.1f} quarters a second with the twin ({quarters} in {seconds:.1f} s)")
    restart(tab)
    print(f"sliders: {told(tab.evaluate(SLIDE, SLIDERS))}")
    print(f"memory of the page: {memory():.0f} MB")


def click(tab: Any) -> None:
    """Click Play and Pause in turn while other seeds run in the background."""
    while not tab.evaluate(BACKGROUND_QUARTERS):
        time.sleep(0.1)
    tab.evaluate(WATCH)
    before = tab.evaluate(BACKGROUND_QUARTERS)
    for _ in range(CLICKS):
        tab.click("#play")
        tab.wait_for_timeout(250)
    answers = tab.evaluate(ANSWERS)
    behind = tab.evaluate(BACKGROUND_QUARTERS) - before
    print(f"{len(answers)} of {CLICKS} clicks answered: {told(answers)}")
    print(f"{behind} quarters of other seeds meanwhile")


def restart(tab: Any) -> None:
    """Return to the first quarter, and wait for the burn-in."""
    tab.evaluate(RESET)
    tab.evaluate(READY)


def told(times: Sequence[float]) -> str:
    """Return median and worst of times in milliseconds."""
    if not len(times):
        return "none"
    return f"median {np.median(times):.0f} ms, worst {max(times):.0f} ms, of {len(times)}"


def memory() -> float:
    """Return the memory in MB that the largest of the browser's page processes has for itself."""
    import psutil

    processes = psutil.Process().children(recursive=True)
    pages = [one for one in processes if "--type=renderer" in " ".join(one.cmdline())]
    return max(one.memory_full_info().uss for one in pages) / 1e6


if __name__ == "__main__":
    main()
