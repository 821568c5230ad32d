"""Templates of reports and their pictures."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest

from viz.reports.page_template import data_url, read_images, template


def test_a_missing_value_is_an_error_and_text_is_escaped() -> None:
    with pytest.raises(jinja2.UndefinedError, match="'body' is undefined"):
        template("article.html.j2").render(title="a")
    assert "a &lt; b" in template("article.html.j2").render(title="a < b", body="")
    assert "<b>x</b>" in template("article.html.j2", escape=False).render(title="", body="<b>x</b>")


def test_a_picture_is_part_of_the_page(tmp_path: Path) -> None:
    (tmp_path / "gap.png").write_bytes(b"abc")
    images = read_images([tmp_path / "gap.png"])
    assert images == {"gap": b"abc"}
    assert data_url(images["gap"]) == "data:image/png;base64,YWJj"
