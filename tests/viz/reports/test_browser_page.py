"""The page without Python: one file that asks for nothing, and, in a browser, the bits of Python."""

import base64
import gzip
import itertools
import json
import re
from contextlib import contextmanager

import numpy as np
import pytest

from experiments.browser.browser_bundle import Bundle, browser_bundle
from experiments.study.prepare import make_study
from experiments.study.settings import merge_settings
from model import RegionalModel
from tests import ROOT
from tests.support.long_version import FULL, some
from viz.reports.browser_page import ASSETS, browser_page

FACTS = {
    "version": "1",
    "fingerprint": "abc",
    "extensions": ["mine"],
    "scenario": {"name": "actual", "meaning": "</script> & more"},
}


def test_the_page_is_whole_and_names_no_address():
    page = browser_page(Bundle(FACTS, b"data", b"module"))
    assert "{{ " not in page
    assert re.findall(r"https?://[^\"' )]*", page) == ["http://www.w3.org/2000/svg"]
    assert "default-src 'none'" in page
    assert "ComputeLeap 1 · rules abc · mine" in page
    assert page.count("</script>") == 3
    parts = json.loads(re.search(r"window\.PARTS = (.*);\n", page)[1])
    assert gzip.decompress(base64.b64decode(parts["module"])) == b"module"
    assert json.loads(gzip.decompress(base64.b64decode(parts["facts"]))) == FACTS


def test_both_languages_say_the_same_things():
    texts = json.loads((ASSETS / "browser_texts.json").read_text(encoding="utf-8"))
    assert texts["en"].keys() == texts["zh"].keys()
    used = set(
        re.findall(r'data-(?:text|label)="(\w+)"', (ASSETS / "browser.html").read_text(encoding="utf-8"))
    )
    used |= set(re.findall(r'\bsay\("(\w+)"', (ASSETS / "page.js").read_text(encoding="utf-8")))
    assert used <= texts["en"].keys() | {"story_"}
    for name in ("effect", "level"):
        assert name in texts["en"]


def test_the_controls_come_before_the_map_and_its_form():
    html = (ASSETS / "browser.html").read_text(encoding="utf-8")
    assert html.index('id="play"') < html.index('id="map"') < html.index('id="open"')


PAGES = [
    (scenario, extension, vectors)
    for scenario, extension in (
        ("actual", ""),
        ("none", ""),
        ("poor_sites_network", ""),
        ("hub_sites_network", ""),
        ("poor_sites_network", "lock_in"),
    )
    for vectors in (True, False)
]
SEEDS, POINTS, UNTIL = (1, 2, 3), 10, 30
STATE = """async ([seed, changes, acts, until]) => {
  const names = ["facts", "data", "module"];
  const [said, data, module] = await Promise.all(names.map((name) => unpacked(window.PARTS[name])));
  const facts = JSON.parse(new TextDecoder().decode(said));
  const whole = new Bundle(facts, new Uint8Array(data), await WebAssembly.compile(module));
  const world = new World(whole, seed, facts.seeds[seed].openings, changes), found = {};
  while (world.quarter < until) {
    for (const [when, what, ...rest] of acts) if (when === world.quarter) world[what](...rest);
    world.step();
  }
  for (const name of Object.keys(world.image.arrays)) {
    const bytes = [...world.column(name).bytes];
    found[name] = bytes.map((one) => one.toString(16).padStart(2, "0")).join("");
  }
  return found;
}"""
LONG_IN_CHROMIUM = pytest.mark.skipif(
    not FULL, reason="compiles every rule for the browser: make reliability"
)


def small_settings(scenario="actual", extension=""):
    given = {"scenario": scenario, "cities": "synthetic:24", "until": 2012, "first_seed": 1, "seeds": 3}
    if extension:
        given["extension"] = f"{ROOT}/examples/extensions/{extension}.py:extension"
    return merge_settings(None, given, ["firms=300", "burn_in=8"])


@contextmanager
def opened(file, bundle):
    """A tab without a network that shows a page; it has asked for nothing in the end."""
    browser = pytest.importorskip("tests.support.browser")
    if not browser.CHROMIUM.exists():
        pytest.skip("needs a browser")
    file.write_text(browser_page(bundle), encoding="utf-8")
    with browser.chromium() as made:
        tab = made.new_context(offline=True).new_page()
        asked = []
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(f"file://{file}")
        tab.locator("#key", has_text="no effect yet").wait_for()
        yield tab
        assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []


@LONG_IN_CHROMIUM
@pytest.mark.parametrize(("scenario", "extension", "vectors"), some(PAGES))
def test_a_browser_has_the_bits_of_python(scenario, extension, vectors, tmp_path):
    settings = small_settings(scenario, extension)
    study, bundle = make_study(settings), browser_bundle(settings, vectors=vectors)
    sliders = bundle.facts["sliders"]
    with opened(tmp_path / "page.html", bundle) as tab:
        tab.add_script_tag(content=(ASSETS / "world.js").read_text(encoding="utf-8"))
        for seed, point in itertools.product(SEEDS, range(POINTS)):
            rng = np.random.default_rng(point)
            start = {one["name"]: rng.uniform(one["low"], one["high"]) for one in sliders}
            moved = rng.uniform(0.0, 0.1)
            found = tab.evaluate(STATE, [str(seed), start, acts(moved), UNTIL])
            assert_equal_bits(found, python_run(study, seed, start, moved), (seed, point))


def acts(moved):
    return [
        [6, "open", 7, 1, 2.0],
        [20, "open", 7, 0, 1.5],
        [20, "set", "talent_mobility", moved],
    ]


def python_run(study, seed, start, moved):
    """The same run in Python, with the centres opened and the slider moved."""
    own = {"country": study.country, "extension": study.extension}
    model = RegionalModel(study.parameters, study.scenario, seed, **own, **start)
    city = study.country.cities["city_id"].tolist()[7]
    model.run_until(6.0)
    model.open_centre(city, "intelligent", 2.0)
    model.run_until(20.0)
    model.open_centre(city, "basic", 1.5)
    model = model.fork(talent_mobility=moved)
    model.run_until(float(UNTIL))
    return model


def assert_equal_bits(found, model, where):
    compared = 0
    for name, table in model.state.tables.items():
        for column, values in table.columns.items():
            ours = np.frombuffer(bytes.fromhex(found[f"{name}.{column}"]), values.dtype)
            equal = np.array_equal(ours, values, equal_nan=values.dtype.kind == "f")
            assert equal, (*where, f"{name}.{column}")
            compared += 1
    assert compared > 200


@LONG_IN_CHROMIUM
def test_moved_controls_leave_a_page_that_everyone_can_use(tmp_path):
    with opened(tmp_path / "page.html", browser_bundle(small_settings())) as tab:
        from tests.support.browser import serious_rules

        assert "seed" in tab.locator("#band-key").inner_text()
        tab.locator("summary").click()
        slider = tab.locator("#sliders input").first
        slider.focus()
        slider.press("ArrowRight")
        tab.wait_for_function("() => page.ready && page.log.length === 1")
        for name, choice in (("speed", "0"), ("measure", "real_gdp"), ("colour", "level"), ("until", "2010")):
            tab.locator(f"#{name}").select_option(choice)
        tab.locator("#play").click()
        tab.wait_for_function("() => page.quarter === 24 && !page.playing")
        tab.locator("#map").press("ArrowDown")
        tab.locator("#open button").click()
        tab.locator("#step").click()
        tab.wait_for_function("() => page.quarter === 25 && page.log.length === 2")
        tab.locator("#language").click()
        assert serious_rules(tab) == []
        tab.locator("#seed").select_option("2")
        tab.locator("#layout").select_option("none")
        tab.wait_for_function("() => page.ready && page.quarter === 0")
        assert serious_rules(tab) == []
        assert tab.locator("#error").inner_text() == ""
