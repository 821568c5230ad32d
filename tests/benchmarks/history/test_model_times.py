"""The timings of the history: each can be called as airspeed velocity calls it, on a small model."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from benchmarks.history import model_times
from tests import ROOT


def test_a_quarter_and_a_set_up_can_be_timed():
    quarter = model_times.Quarter()
    quarter.setup(300)
    before = quarter.model.date
    quarter.time_quarter(300)
    assert quarter.model.date != before
    start = model_times.FirstTables()
    start.firms = 300
    start.time_set_up()
    start.peakmem_set_up()


def test_the_import_that_is_timed_works():
    subprocess.run([sys.executable, "-c", model_times.Import().timeraw_import()], cwd=ROOT, check=True)


def test_the_project_names_folders_that_exist():
    text = (ROOT / "asv.conf.json").read_text(encoding="utf-8")
    project = json.loads(re.sub(r"^//.*$", "", text, flags=re.MULTILINE))
    assert (ROOT / project["benchmark_dir"] / "model_times.py").exists()
    assert "constraints.txt" in project["install_command"][0]
    assert project["results_dir"].startswith(".asv/")


def test_no_name_of_the_module_is_taken_for_its_set_up():
    """Asv calls what a module or a class names setup, in capitals too, before each timing."""
    assert [name for name in dir(model_times) if name.lower() in ("setup", "teardown", "setup_cache")] == []
