"""The group `computeleap sweep`."""

from __future__ import annotations

import os
import subprocess
import sys

from tests import ROOT


def test_sweep_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom viz.__main__ import main\nsys.argv = ['computeleap', 'sweep', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('HEAVY', sorted({'mesa', 'pandas', 'numpy', 'distributed', 'duckdb'} & set(sys.modules)))\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    answer = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert "HEAVY []" in answer.stdout
