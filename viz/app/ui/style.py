"""The look of the page: one scale of type and space, few colours, cards; a part's own is beside it."""

from pathlib import Path

STYLE = (Path(__file__).resolve().parents[2] / "assets" / "style.css").read_text(encoding="utf-8")
