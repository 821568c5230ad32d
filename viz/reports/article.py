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
from viz.figures.article_figures import article_figures
from viz.figures.figure_style import write_figures
from viz.reports.article_numbers import ArticleNumbers, in_words
from viz.reports.page_template import TEMPLATES, data_url, template

DOCS = Path("docs")
DISPLAYED = re.compile(r"^\$\$\n(.+?)\n\$\$$", re.MULTILINE | re.DOTALL)
PICTURE = re.compile(r'<p><img src="([^"]*)" alt="([^"]*)" ?/?></p>')
CHROMIUM = Path("/usr/bin/chromium")
WIDE = "covered_with_discrepancy"
CAPACITIES = ("0.25", "1", "2", "4", "8")
CONTESTS = ("grants, provinces", "grants, large cities", "GDP, provinces", "people, provinces")


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

    power = numbers.audit_cell("double ML", "random", "power")
    return {
        "row": row,
        "cell_heads": " | ".join(CAPACITIES),
        "audit_power": str(number(100.0 * float(power), 0)),
        "audit_is_old": numbers.about("audit_version") != versions()["computeleap"],
        "forecast_rows": "\n".join(contest_row(numbers, name) for name in CONTESTS),
        "interval_note": interval_note(numbers),
    }


def contest_row(numbers: ArticleNumbers, name: str) -> str:
    """Return the line of a contest in the table of forecasts."""
    one = next(one for one in numbers.forecast["contests"] if one["name"] == name)
    others = [row for row in one["scores"] if not row["forecast"].startswith("ComputeLeap")]
    best = min(others, key=lambda row: row["rmse"])
    told = f"{number(best['rmse'], 3)} ({best['forecast']})"
    cells = (name, numbers.rmse(name), numbers.rmse(name, "random walk"), told, numbers.covered(name))
    return f"| {' | '.join(cells)} |"


def interval_note(numbers: ArticleNumbers) -> str:
    """Return what is said on the intervals: over members, and with the model's past error."""
    wide = [
        f"{numbers.covered(one['name'], WIDE)} per cent of {one['name']}"
        for one in numbers.forecast["contests"]
        if any(row.get(WIDE) is not None for row in one["scores"])
    ]
    text = (
        "Its intervals over members are far too narrow: they hold parameters and chance of the model, and "
        "nothing that the model leaves out."
    )
    if wide:
        text += (
            " With the model's own error of the known period, scaled by the square root of time, they hold "
            f"{' and '.join(wide)}; that error was known at the origin, though it was added after the narrow "
            "intervals had failed, and ninety would be right. For product and people one known year gives no "
            "such error."
        )
    return text


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
