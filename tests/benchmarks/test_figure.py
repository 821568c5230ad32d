"""The figure of the benchmark is made from the committed results."""

import json

import pandas as pd

from benchmarks.figure import bench_figure, main
from tests import ROOT

BENCH = ROOT / "docs" / "bench"


def test_it_shows_every_tool_with_the_time_of_its_largest_country():
    compare = json.loads((BENCH / "compare.json").read_text(encoding="utf-8"))
    table = pd.DataFrame(compare["rows"])
    (axes,) = bench_figure(table, compare["about"]).axes
    tools = set(table["label"])
    assert {label.get_text() for label in axes.get_yticklabels()} == tools
    shown = {
        label.get_text(): text.get_text()
        for label, text in zip(axes.get_yticklabels(), axes.texts, strict=True)
    }
    at = table[table["firms"] == 1_000_000].set_index("tool")["ns_min"]
    assert shown["ComputeLeap engine"] == f"{at['engine'] / at['c']:.3g}×"


def test_the_file_is_written(tmp_path):
    main([str(BENCH), str(tmp_path / "figure.png")])
    assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")
