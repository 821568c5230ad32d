"""Figure of the benchmark: the reduced economy in eleven programs, from the committed results.

``python -m benchmarks.figure docs/bench FILE.png`` draws it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from viz.figures.figure_style import DPI, WIDTH, png
from viz.palette import BLUE, GREY, ORANGE


def bench_figure(compare: pd.DataFrame, about: Mapping[str, Any]) -> Figure:
    """Draw time against C at the largest size at which each tool was run.

    ``compare``: label, firms, ns_min (ns per firm and step).
    """
    figure = Figure(figsize=(WIDTH, 3.6), dpi=DPI, layout="constrained")
    figure.suptitle("The same small economy, eleven programs", x=0.01, ha="left", fontsize=11, weight="bold")
    axes = figure.subplots()
    yardstick = compare[compare["label"] == compare["label"].iloc[0]].set_index("firms")["ns_min"]
    largest = (
        compare.dropna(subset=["ns_min"])
        .sort_values("firms")
        .groupby("label", sort=False)
        .tail(1)
        .set_index("label")
    )
    ratio = (largest["ns_min"] / yardstick.reindex(largest["firms"]).to_numpy()).sort_values()
    _points(axes, ratio, "time against C at the largest size that was run", "{:.3g}×")
    machine = f"{about['date']}, {about['processor']}, {about['cores']} cores"
    note = "logarithmic axis; up to 1,000,000 firms; all results agree"
    figure.supxlabel(f"{note}; {machine}", fontsize=7.5)
    return figure


def _points(axes: Axes, values: pd.Series, title: str, form: str) -> None:
    colours = [
        BLUE if "ComputeLeap" in label else ORANGE if label.startswith("C,") else GREY
        for label in values.index
    ]
    places = range(len(values) - 1, -1, -1)
    axes.hlines(list(places), float(values.min()) * 0.6, values.to_numpy(), color="0.85", linewidth=1.0)
    axes.scatter(values.to_numpy(), list(places), color=colours, s=34, zorder=3)
    axes.set_yticks(list(places), list(values.index), fontsize=7.5)
    for place, value in zip(places, values, strict=True):
        axes.text(value * 1.15, place, form.format(value), va="center", fontsize=7.5)
    axes.set_xscale("log")
    axes.set_xlim(float(values.min()) * 0.6, float(values.max()) * 3.0)
    axes.set_title(title, fontsize=8.5, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=7.5)


def main(arguments: Sequence[str]) -> None:
    """Draw the results of a folder into a file."""
    folder, target = Path(arguments[0]), Path(arguments[1])
    compare = json.loads((folder / "compare.json").read_text(encoding="utf-8"))
    figure = bench_figure(pd.DataFrame(compare["rows"]), compare["about"])
    target.write_bytes(png(figure))


if __name__ == "__main__":
    main(sys.argv[1:])
