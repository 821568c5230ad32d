"""Reading a results folder."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.results.read_results import NEEDED, ResultsError, read_results
from experiments.storage import parquet


def test_results_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="is not a folder: name one that computeleap run has written"):
        read_results(tmp_path / "nowhere")
    with pytest.raises(
        ResultsError,
        match=r"computeleap run; missing: summary.json, panel.parquet, centres.parquet, city_table.parquet",
    ):
        read_results(tmp_path)
    (tmp_path / "summary.json").write_text("{}", encoding="utf-8")
    for name in NEEDED[1:]:
        parquet.write(pd.DataFrame({"a": [1]}), tmp_path / name)
    with pytest.raises(ResultsError, match="it has no text scenario"):
        read_results(tmp_path)
