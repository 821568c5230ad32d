"""Results by point and replication."""

from __future__ import annotations

import numpy as np

from experiments.sweep.analysis.replications import Replications


def test_a_point_whose_only_run_is_left_out_keeps_it() -> None:
    values = np.array([[[1.0], [3.0]], [[5.0], [np.nan]]])
    found = Replications(("innovation",), np.arange(2), values, False, "")
    assert found.means().ravel().tolist() == [2.0, 5.0]
    assert found.means(without=0).ravel().tolist() == [3.0, 5.0]
    assert found.means(without=1).ravel().tolist() == [1.0, 5.0]
    assert found.runs().tolist() == [2, 1]
