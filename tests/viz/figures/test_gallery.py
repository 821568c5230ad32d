"""The gallery: thirteen figures, each with the command that draws it."""

from __future__ import annotations

import re
import sys

import pytest

from tests import ROOT
from viz.figures import gallery

TEXT = (ROOT / gallery.PAGE).read_text(encoding="utf-8")
DRAWINGS = gallery.drawings(TEXT)


def test_every_figure_of_the_page_has_its_command_and_exists():
    shown = [f"docs/{path}" for path in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", TEXT)]
    assert len(shown) == 13
    assert sorted(shown) == sorted(kept for drawing in DRAWINGS for kept in drawing.figures.values())
    assert [path for path in shown if not (ROOT / path).exists()] == []
    assert len(DRAWINGS) == TEXT.count("```sh")


def test_only_the_commands_of_wanted_figures_run(monkeypatch, tmp_path):
    page = """<!-- figures: made/ a b -> kept/ -->
```sh
python -c "import pathlib; [pathlib.Path(f'made/{n}.png').write_text(n) for n in 'ab']"
```
<!-- figures: made/ c -> kept/other.png -->
```sh
python -c "raise SystemExit(3)"
```
"""
    (tmp_path / "made").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / gallery.PAGE).write_text(page)
    monkeypatch.setattr(gallery, "PROJECT", tmp_path)
    gallery.main(["b"])
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["b.png"]
    with pytest.raises(gallery.subprocess.CalledProcessError):
        gallery.main(["other"])
    with pytest.raises(SystemExit) as left:
        gallery.main(["none"])
    assert left.value.code == 2


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda drawing: drawing.command)
def test_every_command_is_one_of_the_program(drawing, monkeypatch, tmp_path):
    """It is called with the words of the page; figures are those that it writes into its folder."""
    called = []

    def run(words, **_):
        called.append(words)
        # `computeleap run` refuses a folder that is there and holds no results.
        assert [made for made in drawing.figures if (tmp_path / made).parent.exists()] == [
            made for made in drawing.figures if made in words
        ]
        for made in drawing.figures:
            (tmp_path / made).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / made).write_bytes(b"png")

    monkeypatch.setattr(gallery.subprocess, "run", run)
    assert gallery.draw(drawing, (), tmp_path) == list(drawing.figures.values())
    assert called[0][:2] == [sys.executable, "-m"]
    assert called[0][2] in ("viz", "viz.figures.closed_economy_figure")
