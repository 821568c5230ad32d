"""``python -m viz.reports.article``: the article, made from the committed files of results.

It writes docs/paper/article.md for the documentation, computeleap.html (one file, equations as MathML), its
figures and, with ``--pdf``, computeleap.pdf, which Chromium prints (Playwright).
"""

from __future__ import annotations

import argparse
import html
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from experiments.measures.number_text import number
from experiments.storage.provenance import versions
from experiments.validation.forecast.contest import MODEL
from experiments.validation.forecast.contest_page import LOST, outcome
from viz.figures.article_figures import article_figures
from viz.figures.figure_style import write_figures
from viz.reports.article_numbers import ArticleNumbers, in_words
from viz.reports.page_template import TEMPLATES, data_url, template

DOCS = Path("docs")
DISPLAYED = re.compile(r"^\$\$\n(.+?)\n\$\$$", re.MULTILINE | re.DOTALL)
PICTURE = re.compile(r'<p><img src="([^"]*)" alt="([^"]*)" ?/?></p>')
CHROMIUM = Path("/usr/bin/chromium")
COVERED = {
    "effect_hosts": "hosts",
    "effect_others": "other cities",
    "effect_national": "the country",
    "effect_gdp": "real product",
    "change_gdp_theil_per_head": "the gap in product per head",
}
CAPACITIES = ("0.25", "1", "2", "4", "8")


def article_text(numbers: ArticleNumbers) -> str:
    """Return the article as Markdown, with every number from the files."""
    page = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        keep_trailing_newline=True,
        autoescape=False,
    )
    page.filters["words"] = lambda text: in_words(int(text))
    return page.get_template("article.md.j2").render(**numbers.functions(), **composed(numbers))


def composed(numbers: ArticleNumbers) -> dict[str, object]:
    """Return parts of the text that are made of several numbers."""

    def row(first: str, name: str) -> str:
        return " | ".join(numbers.cell(first, name, column) for column in CAPACITIES)

    power = numbers.audit_cell("double ML, lasso", "random", "power")
    return {
        "row": row,
        "cell_heads": " | ".join(CAPACITIES),
        "audit_power": str(number(100.0 * float(power), 0)),
        "audit_is_old": numbers.about("audit_version") != versions()["computeleap"],
        "forecast_rows": "\n".join(contest_row(numbers, one["name"]) for one in numbers.forecast["contests"]),
        "interval_note": interval_note(numbers),
        "coverage_note": coverage_note(numbers),
    }


def contest_row(numbers: ArticleNumbers, name: str) -> str:
    """Return the line of a contest in the table of forecasts."""
    one = next(one for one in numbers.forecast["contests"] if one["name"] == name)
    others = [row for row in one["scores"] if not row["forecast"].startswith(MODEL)]
    best = min(others, key=lambda row: row["rmse"])
    still = next((number(row["rmse"], 3) for row in others if row["forecast"] == "random walk"), "none")
    lost = sum(outcome(row) == LOST for row in others)
    cells = (name, numbers.rmse(name), still, f"{number(best['rmse'], 3)} ({best['forecast']})")
    return f"| {' | '.join(cells)} | {lost} of {len(others)} | {numbers.covered(name)} |"


def interval_note(numbers: ArticleNumbers) -> str:
    """Return what is said on the intervals: predictive ones, and the range over members."""
    own = {
        one["name"]: next(row for row in one["scores"] if row["forecast"] == MODEL)
        for one in numbers.forecast["contests"]
    }
    narrow = [100.0 * row["covered_by_members"] for row in own.values()]
    given = [name for name, row in own.items() if row["covered"] is not None]
    text = (
        f"Over members alone the range holds {number(min(narrow), 0)} to {number(max(narrow), 0)} per cent "
        "of the units: it has parameters and chance of the model, nothing that the model leaves out. It is "
        "no forecast interval."
    )
    if not given:
        return text
    held = ", ".join(f"{numbers.covered(name)} ({name})" for name in given)
    return (
        "The interval of the table is predictive: it adds the model's own error of the known period, which "
        f"grows in proportion to time. Of a hundred units it holds {held}; ninety would be right. That error "
        "was known at the origin, though it was added after the range over members had been seen to fail; "
        f"without a known period no interval is given. {text}"
    )


def coverage_note(numbers: ArticleNumbers) -> str:
    """Return what ranges hold of members outside their fold: of runs and, with seeds enough, of truths."""
    rows = numbers.held_out["rows"]

    def shares(which: str, error: str) -> str:
        held = [
            f"{number(100.0 * row[which], 0)} ± {number(100.0 * row[error], 0)} for {COVERED[row['effect']]}"
            for row in rows
        ]
        return f"{', '.join(held[:-1])} and {held[-1]}"

    text = (
        f"Members are split into folds, and a member is judged by those of the other folds alone. "
        f"{rows[0]['members']} members were run again with {in_words(rows[0]['seeds'])} seeds that none had "
        f"({rows[0]['runs']:,} runs). Of these runs the five to ninety-five per cent of the others hold "
        f"{shares('covered', 'se')} (per cent, with a standard error over members, as runs of one are not "
        "independent)."
    )
    if "truths" not in rows[0]:
        return text
    return (
        f"{text} The range that is shown with a headline is narrower, as the variance of seeds is taken from "
        f"it; of the members' means over the new seeds it holds {shares('truths', 'truths_se')}."
    )


def article_html(text: str, folder: Path) -> str:
    """Return the article as one HTML file. folder: that of the Markdown, which pictures are relative to."""
    from latex2mathml.converter import convert
    from markdown_it import MarkdownIt

    def drawn(found: re.Match[str]) -> str:
        tex = " ".join(found[1].split())
        math = convert(tex, display="block").replace("<math ", f'<math alttext="{html.escape(tex)}" ', 1)
        return f'<div class="equation">{math}</div>'

    def embedded(found: re.Match[str]) -> str:
        picture = data_url((folder / found[1]).read_bytes())
        return f'<figure><img alt="{found[2]}" src="{picture}"><figcaption>{found[2]}</figcaption></figure>'

    body = MarkdownIt("commonmark", {"html": True}).enable("table").render(DISPLAYED.sub(drawn, text))
    title = text.splitlines()[0].removeprefix("# ")
    return template("article.html.j2", escape=False).render(title=title, body=PICTURE.sub(embedded, body))


def write_article(docs: Path, pdf: bool = False) -> list[Path]:
    """Write the article and its figures into the folder ``paper`` of the documentation; return the files."""
    numbers = ArticleNumbers(docs)
    folder = docs / "paper"
    drawn = article_figures(numbers.ranges, numbers.parts, numbers.indices, numbers.card, numbers.forecast)
    written = write_figures(folder / "figures", drawn)
    text = article_text(numbers)
    page = folder / "computeleap.html"
    (folder / "article.md").write_text(text, encoding="utf-8")
    page.write_text(article_html(text, folder), encoding="utf-8")
    if pdf:
        print_pdf(page, page.with_suffix(".pdf"))
        written.append(page.with_suffix(".pdf"))
    return [*written, folder / "article.md", page]


def print_pdf(page: Path, target: Path) -> None:
    """Print a page to PDF with Chromium: that of the machine, or else Playwright's own."""
    from playwright.sync_api import sync_playwright

    own = CHROMIUM if CHROMIUM.exists() else None
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=own, args=["--no-sandbox"])
        tab = browser.new_page()
        tab.goto(page.resolve().as_uri())
        tab.pdf(path=str(target), prefer_css_page_size=True, print_background=True)
        browser.close()


def main(arguments: list[str] | None = None) -> None:
    """Write the article; say which files."""
    parser = argparse.ArgumentParser(prog="python -m viz.reports.article")
    parser.add_argument("--docs", type=Path, default=DOCS, help=f"documentation (default {DOCS})")
    parser.add_argument(
        "--pdf", action="store_true", help="print computeleap.pdf too (needs Playwright's Chromium)"
    )
    given = parser.parse_args(arguments)
    for path in write_article(given.docs, given.pdf):
        print(path)


if __name__ == "__main__":
    main()
