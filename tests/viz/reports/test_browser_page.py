"""The page without Python: one file that asks for nothing, and, in a browser, the bits of Python."""

import base64
import gzip
import json
import re

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


CASES = [
    (scenario, seed, point, "")
    for scenario in ("actual", "none", "poor_sites_network", "hub_sites_network")
    for seed in (1, 2, 3)
    for point in range(4)
]
CASES += [("poor_sites_network", 1, 0, "lock_in")]
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


@pytest.mark.skipif(not FULL, reason="compiles every rule for the browser: part of make reliability")
@pytest.mark.parametrize(("scenario", "seed", "point", "extension"), some(CASES, 2))
def test_a_browser_has_the_bits_of_python(scenario, seed, point, extension, tmp_path):
    from tests.support.browser import CHROMIUM, chromium

    if not CHROMIUM.exists():
        pytest.skip("needs a browser")
    given = {"scenario": scenario, "cities": "synthetic:24", "until": 2012, "first_seed": seed, "seeds": 1}
    if extension:
        given["extension"] = f"{ROOT}/examples/extensions/{extension}.py:extension"
    settings = merge_settings(None, given, ["firms=300", "burn_in=8"])
    (tmp_path / "page.html").write_text(browser_page(browser_bundle(settings, vectors=point % 2 == 0)))
    start = {"voucher_effort": 0.01 * point}
    acts = [
        [6, "open", 7, 1, 2.0],
        [20, "open", 7, 0, 1.5],
        [20, "set", "talent_mobility", 0.01 * (point + 1)],
    ]
    with chromium() as browser:
        tab = browser.new_context(offline=True).new_page()
        asked = []
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(f"file://{tmp_path}/page.html")
        tab.locator("#key", has_text="no effect yet").wait_for()
        assert "1 seed" in tab.locator("#band-key").inner_text()
        tab.add_script_tag(content=(ASSETS / "world.js").read_text(encoding="utf-8"))
        found = tab.evaluate(STATE, [str(seed), start, acts, 30])
        assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []
    study = make_study(settings)
    own = {"country": study.country, "extension": study.extension}
    model = RegionalModel(study.parameters, study.scenario, seed, **own, **start)
    ids = study.country.cities["city_id"].tolist()
    model.run_until(6.0)
    model.open_centre(ids[7], "intelligent", 2.0)
    model.run_until(20.0)
    model.open_centre(ids[7], "basic", 1.5)
    model = model.fork(talent_mobility=acts[2][3])
    model.run_until(30.0)
    compared = 0
    for name, table in model.state.tables.items():
        for column, values in table.columns.items():
            ours = np.frombuffer(bytes.fromhex(found[f"{name}.{column}"]), values.dtype)
            assert np.array_equal(ours, values, equal_nan=values.dtype.kind == "f"), f"{name}.{column}"
            compared += 1
    assert compared > 200
