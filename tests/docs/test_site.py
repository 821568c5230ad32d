"""The documentation as a site: it builds without a warning, needs no network, and no link is dead."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from tests.support.fenced_blocks import FENCE, ROOT, pages
from tests.support.long_version import FULL

LINK = re.compile(r"!?\[[^\]\[]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`[^`]*`")


def links(page: str) -> list[str]:
    """Targets of the links of a page, outside code."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return LINK.findall(CODE.sub("", FENCE.sub("", text)))


def anchors(page: Path) -> set[str]:
    """Names of a page's headings, as GitHub and MkDocs make them, and those given by hand."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    found = set(re.findall(r"\{ ?#([\w-]+) ?\}", text))
    for heading in re.findall(r"^#+ (.+?)(?: \{ ?#.*)?$", text, re.MULTILINE):
        plain = re.sub(r"\]\([^)]*\)|[`*\[]", "", heading).strip().lower()
        found.add(re.sub(r"[\s]+", "-", re.sub(r"[^\w\s-]", "", plain)))
    return found


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built as `make docs` does; Mermaid, MathJax and fonts would come from elsewhere.

    Without --quiet, which would hide warnings from --strict; without the index of search, a quarter of the
    time, but in the long version.
    """
    pytest.importorskip("material")
    pytest.importorskip("latex2mathml")
    pytest.importorskip("jieba")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "DOCS_SEARCH": str(FULL).lower()},
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_it_builds_without_a_warning_and_has_every_page(site):
    for page in pages():
        if page.startswith("docs/"):
            assert (site / page.removeprefix("docs/")).with_suffix(".html").exists(), page
    assert (site / "first_look.html").exists()
    assert not FULL or (site / "search").is_dir()


def test_it_loads_nothing_from_elsewhere(site):
    loaded = re.compile(r"""<(?:script|link|img|iframe)\b[^>]*?(?:src|href)=["']?(https?:)?//""")
    for file in site.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert not loaded.search(text), file
        assert 'class="mermaid"' not in text, file  # its script would be fetched from a content network
    for file in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import )[\"']?(?:https?:)?//", file.read_text(encoding="utf-8")), (
            file
        )


def test_every_page_is_in_the_navigation_under_its_section(site):
    text = (site / "index.html").read_text(encoding="utf-8")
    named = set(re.findall(r'href="([\w/-]+\.html)"', text))
    sections = ["Start", "Tutorials", "How-to", "The model (ODD)", "Explanation", "Reference", "Validation"]
    assert [name for name in sections if name not in text] == []
    assert len(named) > 15


def test_every_page_has_a_switch_to_the_same_page_in_the_other_language(site):
    """Or to the first page there, if it has no counterpart."""
    for file in site.rglob("*.html"):
        if file.name == "404.html":
            continue
        text = file.read_text(encoding="utf-8")
        name = file.relative_to(site).as_posix()
        chinese = name.startswith("zh/")
        assert f'<html lang="{"zh" if chinese else "en"}"' in text, name
        switch = dict(re.findall(r'<a href="([^"]+)" hreflang="(\w+)" class="md-select__link"', text))
        reached = {
            language: (file.parent / address).resolve().relative_to(site.resolve()).as_posix()
            for address, language in switch.items()
        }
        here = name.removeprefix("zh/")
        assert reached.keys() == {"en", "zh"}, name
        assert reached["en"] == here, name
        assert reached["zh"] == (f"zh/{here}" if (site / "zh" / here).exists() else "zh/index.html"), name


def test_what_newcomers_read_is_there_in_chinese():
    """The first page, all tutorials and how-tos, glossary and limits."""
    for folder in ("tutorials", "howto"):
        english = {path.name for path in (ROOT / "docs" / folder).glob("*.md")}
        assert {path.name for path in (ROOT / "docs/zh" / folder).glob("*.md")} == english
    for name in ("index.md", "start.md", "glossary.md", "explanation/limits.md"):
        assert (ROOT / "docs/zh" / name).exists()


def test_the_glossary_has_the_same_entries_in_both_languages():
    english, chinese = (
        {
            frozenset(row)
            for table in re.split(r"\n\n", (ROOT / page).read_text("utf-8"))
            if table.startswith(header)
            for row in re.findall(r"^\| ([^|]+) \| ([^|]+) \|", table, re.MULTILINE)[1:]
        }
        for page, header in (
            ("docs/glossary.md", "| English | 中文"),
            ("docs/zh/glossary.md", "| 中文 | 英文"),
        )
    )
    assert len(english) > 60
    assert not english - chinese


def test_equations_are_drawn_without_a_script(site):
    for page in ("model.html", "closed_economy.html", "zh/tutorials/read-a-report.html"):
        text = (site / page).read_text(encoding="utf-8")
        assert "<math " in text, page
        assert "$$" not in text, page
    assert (site / "assets/math.woff2").exists()


def test_the_summary_for_language_models_names_pages_that_exist(site):
    named = re.findall(r"\]\(([^)]+)\)", (site / "llms.txt").read_text(encoding="utf-8"))
    assert len(named) > 15
    assert [name for name in named if not (site / name).exists()] == []


@pytest.mark.parametrize("page", [page for page in pages() if page.startswith("README")])
def test_no_link_of_a_readme_is_dead(page):
    """MkDocs in its strict mode holds the same for docs."""
    found = [target for target in links(page) if not urlsplit(target).scheme]
    assert found
    for target in found:
        path, _, anchor = unquote(target).partition("#")
        place = ROOT / path if path else ROOT / page
        assert place.exists(), target
        if anchor:
            assert anchor in anchors(place), target


def test_addresses_elsewhere_are_well_formed():
    """By form only: tests need no network."""
    found = {target for page in pages() for target in links(page) if urlsplit(target).scheme}
    assert found
    for target in found:
        parts = urlsplit(target)
        assert parts.scheme == "https", target
        assert re.fullmatch(r"[\w-]+(\.[\w-]+)+", parts.netloc), target


def test_the_citation_is_that_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert citation["cff-version"] == "1.2.0"
    assert citation["title"] == "ComputeLeap"
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])
    assert {"message", "authors", "date-released"} <= set(citation)
    page = (ROOT / "docs/cite.md").read_text(encoding="utf-8")
    assert page.count(project["version"]) == 2
    assert str(citation["date-released"].year) in page


CONCEPTS = (
    "Basic principles",
    "Emergence",
    "Adaptation",
    "Objectives",
    "Learning",
    "Prediction",
    "Sensing",
    "Interaction",
    "Stochasticity",
    "Collectives",
    "Observation",
)
ELEMENTS = (
    "Purpose and patterns",
    "Entities, state variables and scales",
    "Process overview and scheduling",
    "Design concepts",
    "Initialisation",
    "Input data",
    "Submodels",
)


def test_the_model_page_has_every_element_of_the_protocol():
    """ODD as of Grimm et al. (2020): seven elements in this order, eleven design concepts in this order."""
    text = (ROOT / "docs/model.md").read_text(encoding="utf-8")
    assert tuple(re.findall(r"^## [1-7] (.+)$", text, re.MULTILINE)) == ELEMENTS
    section = text.split("\n## 4 ")[1].split("\n## 5 ")[0]
    assert tuple(re.findall(r"^- \*\*(.+?)\.\*\*", section, re.MULTILINE)) == CONCEPTS
