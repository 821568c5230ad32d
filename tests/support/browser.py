"""What tests in a real browser share: Chromium, a server of the page, and tabs that are watched."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import ROOT
from tests.support.page_program import PROGRAM
from viz.app.serving_options import OPENS_AT

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")
sync_api = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install playwright")

CHROMIUM = Path(os.environ.get("COMPUTELEAP_CHROMIUM", "/usr/bin/chromium"))
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# The rules of WCAG 2.2 by axe-core 4.14.1, unchanged (Deque Systems, MPL-2.0).
AXE = ROOT / "tests" / "support" / "axe.min.js"
SERIOUS = """() => axe.run(document, {resultTypes: ["violations"]}).then((found) => found.violations
    .filter((one) => ["critical", "serious"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`))"""
PATIENCE = 60_000  # ms: a busy machine, or a fresh checkout that compiles
MARKS = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not CHROMIUM.exists(), reason=f"needs a browser at {CHROMIUM}: apt-get install chromium"
    ),
]


@contextmanager
def served(*options: str) -> Iterator[str]:
    """The address of a page that a process of its own serves."""
    command = [sys.executable, *PROGRAM, "app", "--port", "0", *options]
    start = {OPENS_AT: ""}  # of the run's first quarter, where most tests begin
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=start | os.environ) as server:
        try:
            line = server.stdout.readline()
            assert "ComputeLeap is at http://127.0.0.1:" in line
            yield line.split(" (")[0].split()[-1]
        finally:
            server.terminate()


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser without a window."""
    with sync_api.sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield made
        made.close()


@contextmanager
def tabs(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Opens tabs, of 1280 × 800 or another size; at the end none has had an error or asked another host."""
    errors, elsewhere, opened = [], [], []

    def open_tab(width: int = 1280, height: int = 800) -> Any:
        page = browser.new_page(viewport={"width": width, "height": height}, accept_downloads=True)
        opened.append(page)
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: errors.append(f"{error} {error.stack}"))
        page.on("request", lambda sent: elsewhere.append(sent.url))
        page.goto(address)
        return page

    yield open_tab
    for page in opened:
        page.close(run_before_unload=False)
    assert not errors, f"the page's scripts failed: {errors}"
    strangers = [url for url in elsewhere if not url.startswith((address, "data:", "blob:"))]
    assert not strangers, f"the page asked other hosts: {strangers}"


def serious_rules(page: Any, *waits: str) -> list[str]:
    """Rules of accessibility that a tab breaks critically or seriously, once these parts are there."""
    for part in waits:
        page.locator(part).first.wait_for()
    page.wait_for_timeout(400)
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return list(page.evaluate(SERIOUS))
