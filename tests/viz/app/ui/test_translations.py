"""Texts of the page: equal keys and placeholders in both languages, and no text elsewhere."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from experiments.measures.effect_tables import CHANNELS
from experiments.measures.findings import FINDINGS
from experiments.measures.heterogeneity import SPLITS
from experiments.questions.ablation import MECHANISMS
from experiments.questions.layouts import MEASURES
from experiments.questions.question_catalogue import QUESTIONS
from experiments.questions.regimes import MAPS
from experiments.sweep.experiment_file import KINDS
from experiments.sweep.measures import EFFECTS, METRICS
from model.parameters import Parameters, describe
from model.scenarios.scenario_catalogue import SCENARIOS
from tests import ROOT
from viz.app.results.run_charts import GAPS, GROUPS, slug, unit_name
from viz.app.ui.translations import FOLDER, translator

PAGE = ROOT / "viz" / "app"
EN, ZH = translator("en"), translator("zh")
PLACEHOLDER = re.compile(r"{(\w*)}")
HAN = re.compile(r"[\u4e00-\u9fff]")
# What is the same in both languages: names, symbols, commands, formats.
SAME = re.compile(r"^(%|σ|t|PNG|SVG|CSV|Parquet|computeleap .*)$")


def keys_of(table: dict[str, object], start: str = "") -> list[str]:
    found: list[str] = []
    for key, value in table.items():
        found += keys_of(value, f"{start}{key}.") if isinstance(value, dict) else [start + key]
    return found


def test_both_languages_have_the_same_keys():
    assert set(EN.texts) == set(ZH.texts)
    assert len(EN.texts) > 500


def test_both_languages_fill_in_the_same_places():
    places = {key: [set(PLACEHOLDER.findall(tr(key))) for tr in (EN, ZH)] for key in EN.texts}
    assert {key: both for key, both in places.items() if both[0] != both[1]} == {}
    assert [key for key in EN.texts if not (EN(key).strip() and ZH(key).strip())] == []


def test_no_key_is_in_two_files():
    for language in ("en", "zh"):
        keys = [
            key
            for path in FOLDER.glob(f"*{language}.toml")
            for key in keys_of(tomllib.loads(path.read_text(encoding="utf-8")))
        ]
        assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_the_chinese_is_chinese():
    left = {key: text for key, text in ZH.texts.items() if not HAN.search(text) and not SAME.match(text)}
    assert not left
    untranslated = [key for key, text in ZH.texts.items() if text == EN(key) and not SAME.match(text)]
    assert not untranslated


def test_the_english_has_no_chinese():
    assert [key for key, text in EN.texts.items() if HAN.search(text)] == []


def test_chinese_sentences_end_as_chinese_sentences_do():
    # A Western full stop after a Chinese letter is a slip of the keyboard; so is a Western comma.
    slips = {key: text for key, text in ZH.texts.items() if re.search(r"[\u4e00-\u9fff][.,;?!](\s|$)", text)}
    assert not slips


# ── Names of the model are translated ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("tr", [EN, ZH], ids=["en", "zh"])
def test_all_names_of_results_are_translated(tr):
    wanted = [f"measures.{name}" for name in (*METRICS, *EFFECTS)]
    wanted += [f"scenarios.{name}" for name in SCENARIOS]
    wanted += [f"results.study.{name}" for name in QUESTIONS]
    wanted += [f"results.layout.{name}" for name in MEASURES]
    wanted += [f"results.finding.{one.id}" for one in FINDINGS]
    wanted += [f"results.mechanism.{one.id}" for one in MECHANISMS]
    wanted += [f"results.splits.{one.id}" for one in SPLITS]
    wanted += [f"results.map_of.{one.id}" for one in MAPS]
    axes = {axis.name.replace(" ", "_") for one in MAPS for axis in (one.x, one.y)}
    wanted += [f"results.regime_{what}.{name}" for name in axes for what in ("axis", "unit")]
    wanted += [f"results.channel.{measure}" for _, measure, _, _ in CHANNELS]
    wanted += [f"results.effects.{slug(name)}" for name in GROUPS]
    wanted += [f"results.gap.{slug(name)}" for name in GAPS]
    wanted += [f"results.design.{kind}" for kind in KINDS]
    assert [key for key in wanted if key not in tr.texts] == []


def test_every_unit_has_a_chinese_name():
    units = {unit for unit, _ in (*METRICS.values(), *EFFECTS.values())}
    units |= {unit for _, unit in MEASURES.values()} | {one.unit for one in FINDINGS}
    units |= {str(describe(name)["unit"]) for name in Parameters.model_fields}
    left = {unit for unit in units if not HAN.search(unit_name(unit, ZH)) and unit != "%"}
    assert left <= {"Tbit/s per compute"}


# ── No text of the page is outside the files of translations ──────────────────────────────────────────────

# Callables whose text a visitor reads, by the place or keyword of that text.
READ = {
    "Button": ("label",),
    "Text": (0,),
    "Markdown": (0,),
    "Error": (0,),
    "Info": (0,),
    "Warning": (0,),
    "Success": (0,),
    "Select": (0,),
    "Switch": ("label",),
    "Checkbox": ("label",),
    "InputText": (0,),
    "Heading": (0,),
    "Note": (0,),
    "Empty": (0, 1),
    "Number": (0, 1),
    "Tooltip": (0,),
    "DownloadButton": (0,),
    "tag": (1, 2),
}
KEYWORDS = ("label", "title", "text", "placeholder", "hint", "no_data_text", "unavailable", "note", "empty")
PROSE = re.compile(r"[A-Za-z]{2,}")


def stray_texts(path: Path) -> list[str]:
    """Literal English in what a component shows."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        shown = [
            node.args[place]
            for place in READ.get(name, ())
            if isinstance(place, int) and place < len(node.args)
        ]
        if name == "Button" and node.args:
            shown.append(node.args[0])
        if name[:1].isupper() or name in READ:
            shown += [word.value for word in node.keywords if word.arg in KEYWORDS]
        for keyword in node.keywords:
            if keyword.arg == "children" and isinstance(keyword.value, ast.List):
                shown += keyword.value.elts
            if keyword.arg == "attributes" and isinstance(keyword.value, ast.Dict):
                named = zip(keyword.value.keys, keyword.value.values, strict=True)
                shown += [
                    v
                    for k, v in named
                    if isinstance(k, ast.Constant) and k.value in ("aria-label", "title", "alt")
                ]
        found += [
            f"{path.name}:{node.lineno}: {text}"
            for one in shown
            for text in literals(one)
            if PROSE.search(text)
        ]
    return found


def literals(node: ast.expr) -> list[str]:
    """Text of a literal or of the fixed parts of an f-string."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        return [text for part in node.values for text in literals(part)]
    if isinstance(node, ast.BinOp | ast.BoolOp | ast.IfExp):
        return [
            text
            for child in ast.iter_child_nodes(node)
            if isinstance(child, ast.expr)
            for text in literals(child)
        ]
    return []


# The product's name, and commands that are typed as they stand.
ALLOWED = re.compile(r"ComputeLeap|computeleap run --config|computeleap sweep run")


@pytest.mark.parametrize("path", sorted(PAGE.rglob("*.py")), ids=lambda path: path.name)
def test_components_show_no_text_of_their_own(path):
    assert [text for text in stray_texts(path) if not ALLOWED.search(text)] == []


def test_the_scan_finds_a_stray_text(tmp_path):
    path = tmp_path / "stray.py"
    path.write_text(
        'import solara\nsolara.Button("Click here")\ntag("p", f"So {x} it is")\n'
        'solara.Div(attributes={"title": "Hm hm"})\n'
        'solara.Button(tr("a.b"), color="primary")\n',
        encoding="utf-8",
    )
    assert [text.split(": ")[1] for text in stray_texts(path)] == ["Click here", "So ", " it is", "Hm hm"]


def test_every_key_that_the_code_names_exists():
    pattern = re.compile(r"""tr\(\s*"([a-z0-9_.]+)"|tr\(\s*'([a-z0-9_.]+)'""")
    missing = []
    for path in PAGE.rglob("*.py"):
        for match in pattern.finditer(path.read_text(encoding="utf-8")):
            key = match[1] or match[2]
            if key not in EN.texts and not key.endswith("."):
                missing.append(f"{path.name}: {key}")
    assert missing == []
