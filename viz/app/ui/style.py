"""The style sheet of the page; each widget has its own rules in its file."""

from pathlib import Path

STYLE = (Path(__file__).resolve().parents[2] / "assets" / "style.css").read_text(encoding="utf-8")
