"""The page in the browser: sessions and snapshots without a browser, and one walk through it with one."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

solara = pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

import ipyvuetify  # noqa: E402

from model.parameters import describe  # noqa: E402
from viz.app import page as app_page  # noqa: E402
from viz.app import panels, server, session  # noqa: E402
from viz.app.panels import WITH, WITHOUT, Pair, Snapshot, load_country, picture  # noqa: E402
from viz.app.session import Choice, ChoiceError, Session  # noqa: E402
from viz.commands.screen import UserError  # noqa: E402

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def wait_for(condition: Callable[[], object], seconds: float = 300.0) -> None:
    """Long: the first run of a fresh checkout compiles."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@solara.component
def Whole() -> None:  # noqa: N802
    with solara.AppLayout():  # without it the sidebar is not rendered
        app_page.Page()


def within(widget: object) -> Iterator[object]:
    yield widget
    for child in getattr(widget, "children", None) or ():
        yield from within(child)


class Rendered:
    """A page as a browser session has it, without a browser."""

    def __init__(self) -> None:
        self.box, self.found = solara.render(Whole(), handle_error=False)
        self.wait("start of 2005")

    def wait(self, date: str) -> None:
        wait_for(lambda: any(f"{date}." in text for text in self.pictures) and self.rests)

    @property
    def rests(self) -> bool:
        return not any(self.button(name).disabled for name in ("Step", "Play", "Reset", "Run to year"))

    @property
    def pictures(self) -> list[str]:
        attributes = [getattr(widget, "attributes", None) or {} for widget in within(self.box)]
        return [named["alt"] for named in attributes if "alt" in named]

    @property
    def problems(self) -> str:
        return " ".join(str(alert.children) for alert in self.found.find(ipyvuetify.Alert).widgets)

    def button(self, name: str) -> ipyvuetify.Btn:
        return next(b for b in self.found.find(ipyvuetify.Btn).widgets if b.children == [name])

    def click(self, name: str) -> None:
        wait_for(lambda: not self.button(name).disabled, 30.0)
        self.button(name).click()

    def write(self, label: str, text: str) -> None:
        fields = self.found.find(ipyvuetify.TextField).widgets
        field = next(f for f in fields if label in (f.label or f.attributes.get("aria-label", "")))
        field.v_model = text
        if field.label:
            field.fire_event("focusout", None)

    def close(self) -> None:
        self.found.close()


@pytest.fixture
def pages() -> Iterator[Callable[[], Rendered]]:
    opened: list[Rendered] = []

    def open_page() -> Rendered:
        opened.append(Rendered())
        return opened[-1]

    yield open_page
    for page in opened:
        page.close()


@pytest.fixture(scope="module")
def pair() -> Pair:
    return Pair(load_country(), *Choice(firms="500").checked())


def test_step_advances_one_quarter_and_two_sessions_are_independent(pages):
    first, second = pages(), pages()
    first.click("Step")
    first.click("Step")
    second.click("Step")
    first.wait("end of 2005Q2")
    second.wait("end of 2005Q1")


def test_run_to_year_then_reset_with_another_size(pages):
    page = pages()
    page.write("Number of firms", "500")
    page.click("Reset")
    page.wait("start of 2005")
    page.write("year", "2011")
    page.click("Run to year")
    page.wait("end of 2011Q4")
    page.click("Run to year")
    wait_for(lambda: "is at the end of 2011 already" in page.problems)
    page.click("Step")
    page.wait("end of 2012Q1")
    wait_for(lambda: not page.problems)


def test_a_mistake_is_a_sentence_on_the_page_and_the_run_goes_on(pages):
    page = pages()
    page.click("Step")
    page.write("Number of firms", "many")
    page.click("Reset")
    wait_for(lambda: "must be a whole number from 500 to 20,000, not 'many'" in page.problems)
    page.click("Step")
    page.wait("end of 2005Q2")


def test_pause_is_heard_though_drawing_is_slower_than_the_pace(pages, monkeypatch):
    # Solara renders in whichever thread began, perhaps that of the button, until nothing changes any more.
    page = pages()

    def slow(draw: object, snapshot: Snapshot) -> str:
        time.sleep(0.1)
        return ""

    monkeypatch.setattr(app_page, "picture", slow)
    monkeypatch.setattr(session, "picture", slow)
    monkeypatch.setattr(session, "PACE", 0.01)
    monkeypatch.setattr(session, "LAST_YEAR", 2014)  # lest it plays for ever
    page.click("Play")
    time.sleep(1.0)
    page.click("Pause")
    wait_for(lambda: page.rests, 30.0)
    assert "2014Q4" not in page.pictures[0]


def test_snapshots_cannot_change_and_stay_as_they_were(pair):
    pair.step()
    before = pair.snapshot()
    values = {name: array.copy() for name, array in (*before.cities.items(), *before.series.items())}
    pair.step()
    for name, array in (*before.cities.items(), *before.series.items(), ("times", before.times)):
        assert not array.flags.writeable
        assert name == "times" or np.array_equal(array, values[name], equal_nan=True)
    with pytest.raises(AttributeError):
        before.quarter = 7  # type: ignore[misc]
    with pytest.raises(TypeError):
        before.cities["firms"] = values["firms"]  # type: ignore[index]
    assert len(pair.snapshot().times) == len(before.times) + 1


def test_before_a_centre_opens_the_twin_is_the_same(pair):
    shot = pair.snapshot()
    assert len(shot.opened) == 0
    assert np.array_equal(shot.series[f"innovation {WITH}"], shot.series[f"innovation {WITHOUT}"])
    assert not np.nan_to_num(shot.cities["effect"]).any()


@pytest.mark.parametrize("draw", [*panels.MAPS.values(), panels.curves])
def test_every_axis_has_a_label_with_its_unit(pair, draw):
    figure = draw(pair.snapshot())
    labels = [
        label
        for axes in figure.axes
        for label in (axes.get_xlabel(), axes.get_ylabel())
        if label or not axes.get_shared_x_axes().get_siblings(axes)[1:]
    ]
    units = ("degrees", "%", "no unit", "innovations/quarter", "per firm and quarter", "year")
    assert all(any(unit in label for unit in units) for label in labels if label)
    assert base64.b64decode(picture(draw, pair.snapshot()).split(",")[1]).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", app_page.SLIDERS)
def test_sliders_reach_default_and_both_ends(name):
    row = describe(name)
    step = app_page.slider_step(row)
    for value in (row["default"], row["high"]):
        places = (value - row["low"]) / step
        assert places == pytest.approx(round(places), abs=1e-6)
    assert Choice().changed(name, row["low"]).changed(name, row["default"]) == Choice()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"seed": "-1"}, "the seed must be a whole number"),
        ({"firms": "20001"}, "from 500 to 20,000, not '20001'"),
        ({"firms": "1e4"}, "not '1e4'"),
    ],
)
def test_bad_choices_are_answered(changes, sentence):
    with pytest.raises(ChoiceError, match=sentence):
        Choice(**changes).checked()


def test_a_bug_is_told_on_the_page_too(monkeypatch):
    one = Session(load_country())
    monkeypatch.setattr(Session, "_begin", lambda self: 1 / 0)
    monkeypatch.setattr(session.logging.getLogger("viz.app.session"), "disabled", True)
    one.reset()
    assert "This is a bug (ZeroDivisionError" in one.problem.value


def test_the_server_says_when_it_cannot_have_the_address(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UserError, match=r"cannot be served at 127\.0\.0\.1"):
            server.run(port=taken.getsockname()[1])


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", False), ("0.0.0.0", True)])
def test_an_address_open_to_the_network_is_warned_of(monkeypatch, capsys, host, warned):
    class Server:
        def run(self, sockets: list[socket.socket]) -> None:
            assert sockets[0].getsockname()[0] == host

    monkeypatch.setattr(server, "_make_server", lambda listener: Server())
    server.run(host, 0)
    assert ("there is no password" in capsys.readouterr().err) is warned


# ── In a browser ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def address() -> Iterator[str]:
    command = [sys.executable, "-m", "viz.cli", "app", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as server:
        try:
            line = server.stdout.readline()
            assert "ComputeLeap is at http://127.0.0.1:" in line
            yield line.split(" (")[0].split()[-1]
        finally:
            server.terminate()


@pytest.mark.slow
def test_in_a_browser(address, tmp_path):
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install playwright")
    if not CHROMIUM.exists():
        pytest.skip(f"needs a browser at {CHROMIUM}: apt-get install chromium")
    assets = Path(sys.prefix, "share", "solara", "cdn", "@widgetti")
    if not assets.exists():
        pytest.skip("needs the page's scripts: pip install solara-assets")
    errors, elsewhere = [], []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(120_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda sent: elsewhere.append(sent.url))
        page.goto(address)
        page.locator("img[alt*='start of 2005']").first.wait_for()
        page.get_by_role("button", name="Step").click()
        page.locator("img[alt*='2005Q1']").first.wait_for()
        page.get_by_role("button", name="Play").click()
        page.locator("img[alt*='2005Q3']").first.wait_for()
        page.get_by_role("button", name="Pause").click()
        page.locator("button:has-text('Step'):not([disabled])").wait_for()
        page.get_by_role("button", name="innovation per firm").click()
        page.locator("img[alt*='innovation per firm']").wait_for()
        other = browser.new_page()  # a second session starts at the beginning
        other.goto(address)
        other.locator("img[alt*='start of 2005']").first.wait_for(timeout=120_000)
        assert page.locator("img[alt*='start of 2005']").count() == 0
        browser.close()
    assert not errors
    assert all(url.startswith((address, "data:", "blob:")) for url in elsewhere)
