"""What the measurement of the page reads and does; it is run by hand, with a browser and quiet cores."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks import page_speed


class Page:
    """Stands for a page in a browser: it notes what is clicked, and shows a date."""

    def __init__(self, date: str) -> None:
        self.date, self.done = date, []

    def locator(self, where: str, **more: str) -> Page:
        self.done.append(where)
        return self

    def get_by_role(self, role: str, name: str) -> Page:
        self.done.append(name)
        return self

    def click(self) -> None:
        self.done.append("click")

    def wait_for(self) -> None:
        self.done.append("wait")

    def inner_text(self) -> str:
        return self.date


@pytest.mark.parametrize(
    ("date", "quarters"), [("start of 2005", 8020), ("end of 2005Q1", 8021), ("end of 2012Q4", 8052)]
)
def test_quarters_are_read_from_the_date(date: str, quarters: int) -> None:
    assert page_speed.quarter(Page(date)) == quarters


def test_a_run_is_reset_and_played() -> None:
    page = Page("")
    page_speed.reset_and_play(page)
    assert page.done == [
        ".cl-controls",
        "Reset",
        "click",
        ".cl-when b",
        "wait",
        ".cl-main-button:not([disabled])",
        "click",
    ]


def test_growth_of_memory_counts_from_the_second_time(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    psutil = pytest.importorskip("psutil")
    sizes, times = iter([100, 120, 125, 121]), iter([0.0, *(float(k) for k in range(1, 9)), 61.0, 62.0])
    taken = lambda: SimpleNamespace(rss=next(sizes) * 2**20)  # noqa: E731
    monkeypatch.setattr(psutil, "Process", lambda pid: SimpleNamespace(memory_info=taken))
    monkeypatch.setattr(page_speed, "time", SimpleNamespace(monotonic=lambda: next(times)))
    page: Any = Page("")
    page_speed.watch_memory(page, 1, 1.0)
    said = capsys.readouterr().out.splitlines()
    assert "played to 2030 2 times: 120 MB" in said[1]
    assert said[-1] == "memory grew by 5 MB after the second time"
