"""Extensions of a notebook: written to a file that worker processes load, and compared with the value."""

import linecache
import pickle
import sys
from types import ModuleType

import pytest

from experiments.sweep.sweep import from_values
from model.extensions.extension import ExtensionError
from model.extensions.loading import load_extension, name_of

CELLS = (
    "",
    "import math\nfrom model import Extension, Measure, Parameter, wraps\nunused = 1 / 1",
    "SCALE = 2.0\nscale = 3.0\n",
    "def doubled(x):\n    return SCALE * x  # a comment\n",
    "this is no Python",
    "@wraps\ndef research_spending(below, fear):\n    return below * (1.0 + 0.0 * doubled(fear))\n",
    "fear = Parameter('fear', 0.5, 0.0, 1.0, 'fraction', 'fear')\n"
    "extension = Extension('shy', rules=research_spending, parameters=fear)",
    "print('a study') if False else None",
)


@pytest.fixture
def notebook(monkeypatch, tmp_path):
    """A session in which these cells were run, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    session = ModuleType("__main__")
    session.In = list(CELLS)
    monkeypatch.setitem(sys.modules, "__main__", session)
    for number, cell in enumerate(CELLS):
        if cell.startswith("this"):
            continue
        name = f"<cell {number} of a test>"
        linecache.cache[name] = (len(cell), None, cell.splitlines(keepends=True), name)
        exec(compile(cell, name, "exec"), vars(session))
    return session


def test_a_file_holds_what_the_extension_needs_and_nothing_else(notebook, tmp_path):
    name = name_of(notebook.extension)
    text = next((tmp_path / "notebook_extensions").iterdir()).read_text(encoding="utf-8")
    assert "# a comment" in text
    assert "SCALE = 2.0" in text
    for word in ("unused", "scale = 3.0", "study", "math"):
        assert word not in text
    (found,) = load_extension(name)
    assert found.name == "shy"
    # A worker gets it by the name of the file.
    assert pickle.loads(pickle.dumps(notebook.extension)) is found
    values = {"name": "s", "extension": notebook.extension, "cities": "synthetic:12:3", "until": 2005}
    values |= {"parameters": {"firms": 60}, "design": {"factors": {"fear": [0.0, 1.0]}}}
    assert from_values(values).experiment.extension == [name]
    # What a later cell changes is another file.
    notebook.SCALE = 5.0
    notebook.In.append("SCALE = 5.0")
    assert name_of(notebook.extension) != name


def test_what_cannot_be_written_is_told(notebook):
    notebook.SCALE = 4.0  # by nobody knows which statement
    with pytest.raises(ExtensionError, match="it is not what the statements that define it give"):
        name_of(notebook.extension)
    del notebook.In[3]
    with pytest.raises(ExtensionError, match="no statement is known that defines doubled"):
        name_of(notebook.extension)
    notebook._ = notebook.__dict__.pop("extension")
    with pytest.raises(ExtensionError, match=r"cannot find shy: .*\(no variable of the notebook holds it"):
        name_of(notebook._)
