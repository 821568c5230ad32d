"""A bundle as one HTML file that needs nothing: no Python, no server, no network."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
from collections.abc import Iterable
from importlib.resources import files

from experiments.browser.browser_bundle import Bundle

ASSETS = files("viz") / "assets" / "browser"
WORKER = ("world.js", "worker.js")
PAGE = ("charts.js", "map.js", "page.js")


def browser_page(bundle: Bundle) -> str:
    """Return the page of a bundle."""
    facts, said = bundle.facts, json.dumps(bundle.facts, ensure_ascii=False, separators=(",", ":"))
    data = {"facts": said.encode(), "data": bundle.data, "module": bundle.module}
    parts = {name: _packed(content) for name, content in data.items()}
    parts["texts"] = json.loads(_text("browser_texts.json"))
    about = f"ComputeLeap {facts['version']} · rules {facts['fingerprint']}"
    if facts["extensions"]:
        about += " · " + ", ".join(facts["extensions"])
    filled = {
        "title": html.escape(f"{facts['scenario']['name']}: {facts['scenario']['meaning']}"),
        "style": _text("browser.css"),
        "about": html.escape(about),
        "parts": json.dumps(parts, ensure_ascii=False).replace("</", "<\\/"),
        "worker": _texts(WORKER),
        "script": _texts(PAGE),
    }
    return re.sub(r"\{\{ (\w+) \}\}", lambda match: filled[match[1]], _text("browser.html"))


def _packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()


def _texts(names: Iterable[str]) -> str:
    return "\n".join(map(_text, names))


def _text(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")
