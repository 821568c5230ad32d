"""MkDocs hook: two languages. ``zh/PAGE`` is the Chinese page of ``PAGE``; each has a switch to the other."""

from __future__ import annotations

import re
from typing import Any

from mkdocs.structure.nav import Navigation, Section

CHINESE = "zh"
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
SIGN = "[\u2014\u2018-\u201f\u3000-\u9fff\uff00-\uffef]"
BROKEN = re.compile(
    rf"(?<={SIGN})(\**)\n *(?=\**{SIGN})"
)  # a line that ends, and one that begins, in Chinese


def is_chinese(page: Any) -> bool:
    """Whether a page is one of the Chinese ones."""
    return bool(page.file.src_uri.startswith(f"{CHINESE}/"))


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Join the lines of Chinese paragraphs: a browser would show each break as a space."""
    if not is_chinese(page):
        return markdown
    blocks = FENCED.findall(markdown)
    texts = [BROKEN.sub(r"\1", text) for text in FENCED.split(markdown)]
    return "".join(part for pair in zip(texts, [*blocks, ""], strict=True) for part in pair)


def on_page_context(context: Any, page: Any, config: Any, nav: Any) -> Any:
    """Give a page its language, its part of the navigation, and the switch to the same page in the other one.

    A page without a counterpart leads to the first page of the other language.
    """
    chinese = is_chinese(page)
    addresses = {other.file.src_uri: other.file.url for other in nav.pages}
    name = page.file.src_uri.removeprefix(f"{CHINESE}/")
    config.extra["alternate"] = [
        {
            "name": title,
            "lang": language,
            "link": addresses.get(folder + name, addresses[folder + "index.md"]),
        }
        for title, language, folder in (("English", "en", ""), ("中文", "zh", f"{CHINESE}/"))
    ]
    config.theme["language"] = CHINESE if chinese else "en"
    for side in ("previous_page", "next_page"):
        neighbour = getattr(page, side)
        if neighbour is not None and is_chinese(neighbour) is not chinese:
            setattr(page, side, None)
    context["nav"] = part_of(nav, chinese)
    return context


def part_of(nav: Any, chinese: bool) -> Navigation:
    """Return the navigation of one language: the section of Chinese pages unfolded, or all others."""
    pages = [page for page in nav.pages if is_chinese(page) is chinese]
    within = [item for item in nav.items if isinstance(item, Section) and holds_chinese(item)]
    items = [child for item in within for child in item.children]
    part = Navigation(items if chinese else [item for item in nav.items if item not in within], pages)
    part.homepage = next(page for page in pages if page.file.name == "index")
    return part


def holds_chinese(item: Any) -> bool:
    """Whether a section of the navigation holds Chinese pages."""
    return any(
        holds_chinese(child) if child.children else child.is_page and is_chinese(child)
        for child in item.children
    )
