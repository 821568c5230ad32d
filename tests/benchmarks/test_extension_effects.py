"""The four worked extensions with measures, and the table of what all ten change."""

import json
import runpy

import numpy as np
import pytest

from benchmarks import extension_effects
from benchmarks.extension_effects import EXAMPLES, MARKS, MEASURES, NAMES, PAGE, PLACE, table
from experiments.pages.marked_blocks import replace_block
from model import Opening, Parameters, RegionalModel, Scenario
from model.extensions.extended_model import extended
from tests import ROOT

OWN = ("bank", "certificates", "learning", "lock_in")
FILES = [f"{EXAMPLES / name}.py" for name in OWN]


def rules(name):
    return runpy.run_path(f"{EXAMPLES / name}.py")


def test_the_table_and_the_pages_are_those_of_the_stored_numbers_and_files():
    values = json.loads((ROOT / PLACE).read_text(encoding="utf-8"))
    assert tuple(values["effects"]) == NAMES
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    assert replace_block(page, *MARKS, lambda: table(values)) == page
    for name in OWN:
        text = (ROOT / "docs" / "extensions" / f"{name}.md").read_text(encoding="utf-8")
        assert (EXAMPLES / f"{name}.py").read_text(encoding="utf-8") in text


def test_rules_by_hand():
    bank = rules("bank")
    assert bank["lent_share"](4.0, 6.0, 1.0, 8.0) == 0.5  # room for 2 of the 4 that are asked for
    assert bank["lent_share"](1.0, 6.0, 1.0, 8.0) == 1.0
    assert bank["lent_share"](1.0, 9.0, 1.0, 8.0) == 0.0
    assert bank["lost"](10.0, 2.0, 1.0, 1.0) == 11.0
    assert bank["loan"](10.0, 2.0, 1.0, 0.0) == 11.0
    price = rules("certificates")["certificate_price"]
    assert price(0.1, 10.0, 10.0, 0.2, 0.3) == 0.1
    assert price(0.1, 10.0, 5.0, 0.2, 0.3) == pytest.approx(0.1 * np.exp(0.1), rel=1e-12)
    assert price(0.29, 10.0, 0.0, 0.5, 0.3) == 0.3
    action = rules("learning")["action"]
    assert [action(0.0, 0.1, 0.2, 0.1, 0.5, 0.0), action(0.3, 0.1, 0.2, 0.1, 0.5, 0.0)] == [2.0, 0.0]
    assert [action(0.0, 0.0, 0.0, 0.1, 0.05, draw) for draw in (0.1, 0.5, 0.9)] == [0.0, 1.0, 2.0]
    signed, moved = np.array([0.5, 0.0, 0.0, 0.2]), np.zeros(2)
    rules("lock_in")["count_moves"](np.array([0.3, 0.2, 0.0, 0.2]), signed, moved)
    assert moved.tolist() == pytest.approx([0.2 / 6, 0.0])


def test_all_four_together_balance_and_are_neutral_when_off(country):
    openings = tuple(Opening(kind, 2, kind, 0, 0.1) for kind in ("basic", "intelligent"))
    scenario = Scenario("two", "two centres", openings=openings)

    def run(extension, **changes):
        made = RegionalModel(
            Parameters(firms=80, burn_in=2),
            scenario,
            1,
            cities=country,
            extension=extension,
            engine="interpreted",
            check_invariants=True,
            **changes,
        )
        made.run_until(6)
        return made

    on = run(FILES)
    found = on.measures().iloc[-1]
    assert found["credit"] == pytest.approx(on.state["banks"]["loans"].sum(), rel=1e-9)
    assert found["credit"] > 0.0
    assert 0.0 < found["certificate_price"] <= 0.3
    assert 0.0 <= found["mean_action"] <= 2.0
    neutral = {name: value for one in extended(FILES).extensions for name, value in one.neutral.items()}
    off, alone = run(FILES, **neutral), run(None)
    assert np.array_equal(off.history["innovation"], alone.history["innovation"])
    assert not np.array_equal(on.history["innovation"], alone.history["innovation"])


def test_effects_are_measured_against_the_extension_switched_off(country, monkeypatch, tmp_path):
    found = extension_effects.effects("learning", (1, 2), 60, 2006, country)
    assert set(found) == set(MEASURES)
    assert found[MEASURES[1]]["se"] >= 0.0
    assert np.isnan(found[MEASURES[0]]["mean"])  # no centre opens by then
    found = {measure: {"mean": -1.5, "se": 0.25} for measure in MEASURES}
    place, page = tmp_path / "found.json", tmp_path / "page.md"
    page.write_text("\n".join(("before", *MARKS, "after")), encoding="utf-8")
    monkeypatch.setattr(extension_effects, "PLACE", place)
    monkeypatch.setattr(extension_effects, "PAGE", page)
    monkeypatch.setattr(extension_effects, "effects", lambda *_: found)
    extension_effects.main(["learning"])
    assert list(json.loads(place.read_text(encoding="utf-8"))["effects"]) == ["learning"]
    line = "| [learning](extensions/learning.md) | −1.50 ± 0.25 |"
    assert line in page.read_text(encoding="utf-8")
