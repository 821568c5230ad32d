"""A file dropped on the page: another country, another list of results, a sentence on a mistake."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from model.country.country import build_country
from model.country.synthetic import synthetic_country
from tests.support.rendered_page import RenderedPage, texts_of, wait_for, within
from tests.support.small_page import SMALL
from viz.app import page as app_page
from viz.app.explore import page_state, seed_sample
from viz.app.serving_options import OPENS_AT
from viz.cli.country_commands import write_cities


@pytest.fixture
def page(monkeypatch) -> Iterator[RenderedPage]:
    land = build_country(synthetic_country(12, 4))
    monkeypatch.setattr(app_page, "load_country", lambda path: land)
    monkeypatch.setattr(page_state, "RunOptions", lambda: replace(SMALL, scenario="none"))
    monkeypatch.setattr(seed_sample, "OTHERS", 0)
    monkeypatch.setenv(OPENS_AT, "")
    opened = RenderedPage()
    opened.wait("start of 2005")
    yield opened
    opened.close()


def drop(page: RenderedPage, name: str, data: bytes) -> None:
    zone = page.part("most")
    zone.vue_begin({"name": name, "size": len(data)})
    half = len(data) // 2
    for part in (data[:half], data[half:]):
        zone.vue_part({"part": base64.b64encode(part).decode()})


def test_own_cities_are_run_and_a_mistake_leaves_the_page_as_it_is(page, tmp_path):
    path = tmp_path / "mine.csv"
    write_cities(synthetic_country(14, 2), path)
    drop(page, "mine.csv", b"city_id;gdp\n1;x\n")
    wait_for(lambda: "The table cannot be used" in page.said)
    drop(page, "mine.csv", b"\x1f\x8b" + b"0" * 20)
    wait_for(lambda: "did not arrive whole" in page.said)
    assert len(page.part("cities").cities["x"]) == 12
    drop(page, "mine.csv", path.read_bytes())
    wait_for(lambda: "The page now shows your own table" in page.said)
    page.wait("start of 2005")
    wait_for(lambda: any(one.has_trait("cities") for one in within(page.box)))
    assert len(page.part("cities").cities["x"]) == 14


def test_own_results_are_on_the_list_and_nothing_else_changes(page):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mine/summary.json", '{"study": "layouts", "seeds": [1], "date": "2026-01-02"}')
    drop(page, "results.zip", made.getvalue())
    wait_for(lambda: "mine" in texts_of(page.box))
