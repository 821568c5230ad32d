"""The common look of all figures, and their PNG files. Colours are in ``viz.palette``."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

DPI = 160
WIDTH = 8.6  # inches: the width of a report's column
ERROR_BARS: dict[str, Any] = {"fmt": "none", "ecolor": "0.15", "elinewidth": 1.2, "capsize": 3}


def new_figure(height: float, title: str) -> Figure:
    """Return an empty figure, ``height`` in inches, with its title."""
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=11, fontweight="bold", x=0.01, ha="left")
    return figure


def plain_axes(axes: Axes) -> None:
    """Remove the frame above and to the right; draw a light grid behind the data."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8.5)
    axes.grid(color="0.9", linewidth=0.6)
    axes.set_axisbelow(True)


def two_errors(errors: pd.Series) -> np.ndarray:
    """Return two standard errors, 0 where none is known."""
    return 2.0 * np.nan_to_num(errors.to_numpy(dtype=float))


def error_bar_note(frame: pd.DataFrame) -> str:
    """Return what the error bars of a table with a column ``seeds`` show."""
    count = int(frame["seeds"].max())
    return f"±2 s.e. over {count} seeds" if count > 1 else "one seed, no error bars"


def png(figure: Figure) -> bytes:
    """Return the figure as a PNG file; the same figure gives the same bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return buffer.getvalue()


def write_figures(folder: Path, figures: Mapping[str, Figure]) -> list[Path]:
    """Write each figure to ``folder`` as NAME.png; return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.png" for name in figures]
    for path, figure in zip(paths, figures.values(), strict=True):
        path.write_bytes(png(figure))
    return paths
