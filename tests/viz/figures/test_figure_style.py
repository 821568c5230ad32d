"""Figures become files, the same each time."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from viz.figures.figure_style import png, write_figures
from viz.figures.run_figures import rank_chart

Tables = dict[str, pd.DataFrame]


def test_files_are_png_and_the_same_each_time(tables: Tables, tmp_path: Path) -> None:
    paths = write_figures(tmp_path / "figures", {"ranks": rank_chart(tables["ranks"])})
    assert paths == [tmp_path / "figures" / "ranks.png"]
    assert paths[0].read_bytes().startswith(b"\x89PNG")
    assert paths[0].read_bytes() == png(rank_chart(tables["ranks"]))
