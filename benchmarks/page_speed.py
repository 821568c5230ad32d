"""Speed of the page: ``python -m benchmarks.page_speed`` (needs Playwright and Chromium).

Prints, for the shipped country with 10,000 firms, a user-opened centre and its twin, map and six charts
drawn, more seeds in the background: the time from starting the command to a usable page, quarters played a
second, how long the page takes to answer a click while it plays, and how the server's memory grows over
``--minutes`` of playing to 2030 again and again.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 300_000  # ms
# Clicks Pause, then Play, and so on; milliseconds from each click until the page shows its effect.
CLICKS = """async (times) => {
    const button = document.querySelector('.cl-controls .cl-main-button'), found = [];
    for (let k = 0; k < times; k++) {
        const before = button.innerText, began = performance.now();
        button.click();
        while (button.innerText === before) await new Promise((go) => setTimeout(go, 2));
        found.push(performance.now() - began);
        await new Promise((go) => setTimeout(go, 400));
    }
    return found;
}"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Start a server and a browser, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minutes", type=float, default=0.0, help="minutes of playing to watch the memory")
    parser.add_argument("--browser", default="/usr/bin/chromium", help="path of Chromium")
    options = parser.parse_args(arguments)
    from playwright.sync_api import sync_playwright

    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.browser, args=list(FLAGS))
        began = time.perf_counter()
        command = [sys.executable, "-m", "viz", "app", "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                address = server.stdout.readline().split(" (")[0].split()[-1]
                print(f"address printed after {time.perf_counter() - began:.1f} s")
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                page.set_default_timeout(PATIENCE)
                page.goto(address)
                page.locator(".cl-headline b", has_text="2030").wait_for()
                print(f"page usable after {time.perf_counter() - began:.1f} s")
                measure(page, server.pid, options.minutes)
            finally:
                server.terminate()
        browser.close()
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")


def measure(page: Any, server: int, minutes: float) -> None:
    """Play with a user-opened centre."""
    page.get_by_placeholder("Find a city").fill("Guiyang")
    page.keyboard.press("Enter")
    page.locator(".cl-city h2").wait_for()
    began = time.perf_counter()
    page.locator(".cl-open button").click()
    page.locator(".cl-own-row").wait_for()
    print(f"a centre opened and shown after {1000 * (time.perf_counter() - began):.0f} ms")
    page.get_by_role("tab", name="Country").click()
    page.locator(".cl-six canvas").nth(5).wait_for()
    page.get_by_label("Speed").select_option("0")
    reset_and_play(page)
    time.sleep(1.0)
    first, began = quarter(page), time.perf_counter()
    time.sleep(6.0)
    last, ended = quarter(page), time.perf_counter()
    print(f"{(last - first) / (ended - began):.1f} quarters a second, map and six charts drawn")
    reset_and_play(page)
    times = page.evaluate(CLICKS, 20)
    median, late = np.median(times), np.percentile(times, 95)
    print(f"clicks are answered after {median:.0f} ms (median), {late:.0f} ms (p95)")
    if minutes:
        watch_memory(page, server, minutes)


def reset_and_play(page: Any) -> None:
    """Start again."""
    page.locator(".cl-controls").get_by_role("button", name="Reset").click()
    page.locator(".cl-when b", has_text="start of").wait_for()
    page.locator(".cl-main-button:not([disabled])").click()


def quarter(page: Any) -> int:
    """Quarters that the page shows."""
    found = re.search(r"(\d{4})(?:Q(\d))?", page.locator(".cl-when b").inner_text())
    assert found is not None
    return 4 * int(found[1]) + int(found[2] or 0)


def watch_memory(page: Any, server: int, minutes: float) -> None:
    """Play to the end, reset, play again; what counts is growth after the first time."""
    import psutil

    process, end = psutil.Process(server), time.monotonic() + 60 * minutes
    began, first, most, rounds = time.monotonic(), 0.0, 0.0, 0
    while time.monotonic() < end:
        reset_and_play(page)
        page.locator(".cl-when b", has_text="2030Q4").wait_for()
        rounds += 1
        now = process.memory_info().rss / 2**20
        if rounds == 2:
            first = now
        most = max(most, now)
        since = (time.monotonic() - began) / 60
        print(f"{since:5.1f} min, played to 2030 {rounds} times: {now:.0f} MB", flush=True)
    if rounds > 2:
        print(f"memory grew by {most - first:.0f} MB after the second time")


if __name__ == "__main__":
    main()
