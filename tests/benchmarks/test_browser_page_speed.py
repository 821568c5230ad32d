"""What the measurement of the page without Python prints; it is run by hand, with quiet cores."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks import browser_page_speed as browser_page


class Tab:
    """Stands for a page in a browser: it has answers to scripts, and notes what is clicked."""

    def __init__(self, answers: dict[str, list[Any]]) -> None:
        self.answers = answers
        self.clicked: list[str] = []

    def evaluate(self, script: str, given: object = None) -> Any:
        return self.answers[script].pop(0) if script in self.answers else None

    def click(self, where: str) -> None:
        self.clicked.append(where)

    def wait_for_timeout(self, time: float) -> None:
        pass


def test_a_dropped_click_is_seen(capsys: pytest.CaptureFixture[str]) -> None:
    answers = [4.0] * 10 + [12.0] * 9
    tab = Tab({browser_page.BACKGROUND_QUARTERS: [1, 5, 47], browser_page.ANSWERS: [answers]})
    browser_page.click(tab)
    assert tab.clicked == ["#play"] * 20
    said = capsys.readouterr().out
    assert "19 of 20 clicks answered: median 4 ms, worst 12 ms, of 19\n" in said
    assert "42 quarters of other seeds meanwhile\n" in said


def test_quarters_are_told_by_the_second(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(browser_page, "click", lambda tab: None)
    monkeypatch.setattr(browser_page, "memory", lambda: 221.4)
    answers: dict[str, list[Any]] = {
        browser_page.READY: [3400.0, 1.0, 1.0],
        browser_page.FIRST_MAP: [1234.0],
        browser_page.PLAY: [[90, 6.0]],
        browser_page.SLIDE: [[80.0, 100.0, 130.0]],
    }
    browser_page.measure(Tab(answers))
    assert capsys.readouterr().out.splitlines() == [
        "first map after 1.23 s, playable after 3.40 s",
        "15.0 quarters a second with the twin (90 in 6.0 s)",
        "sliders: median 100 ms, worst 130 ms, of 3",
        "memory of the page: 221 MB",
    ]


def test_the_largest_page_process_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    psutil = pytest.importorskip("psutil")

    def process(kind: str, size: float) -> SimpleNamespace:
        info = SimpleNamespace(uss=size)
        return SimpleNamespace(cmdline=lambda: ["chromium", f"--type={kind}"], memory_full_info=lambda: info)

    found = [process("renderer", 20e6), process("gpu-process", 900e6), process("renderer", 180e6)]
    monkeypatch.setattr(psutil, "Process", lambda: SimpleNamespace(children=lambda recursive: found))
    assert browser_page.memory() == 180.0


def test_a_page_that_is_there_is_not_made_again(tmp_path: Any) -> None:
    (tmp_path / "small.html").write_text("made before")
    assert browser_page.made(tmp_path, "small").read_text() == "made before"
