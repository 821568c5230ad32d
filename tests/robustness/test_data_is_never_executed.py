"""Nothing that is read from disk or network becomes code: no call does so, but for those named here."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests import ROOT
from tests.support.long_version import Note

PACKAGES = ("model", "agents", "experiments", "viz")
BUILT_IN = {"eval", "exec", "compile", "__import__"}
MODULES = {
    "pickle",
    "cPickle",
    "_pickle",
    "dill",
    "cloudpickle",
    "joblib",
    "marshal",
    "shelve",
    "jsonpickle",
    "code",
}
METHODS = {  # of any object: called by these names they unpickle or run text
    "read_pickle",
    "to_pickle",
    "load_module",
    "exec_module",
    "import_module",
    "unsafe_load",
    "full_load",
    "load_all",
    "run_path",
    "run_module",
}
PICKLES = {"allow_pickle"}
SHELLS = {"system", "popen"}

# File → what it calls, and why that is no code from outside.
ALLOWED = {
    "experiments/__init__.py": {"import_module": "one of four names that it lists"},
    "experiments/evaluation/estimators/fixest_adapter.py": {
        "import_module": "packages of the extra that the adapters name"
    },
    "model/engine/compile/compile_ahead.py": {
        "pickle.dumps": "names, texts and types of kernels, for a process that this one starts",
        "pickle.load": "in that process, from a file without a name",
    },
    "model/engine/compile/compile_kernel.py": {
        "exec": "kernels: text that the model has just made, never text from a file",
        "compile": "the same",
    },
    "model/engine/compile/kernel_cache.py": {
        "pickle.load": "machine code that this user kept, behind a hash of its content",
        "pickle.loads": "the same",
        "pickle.dumps": "written there",
    },
    "model/saved_run.py": {"load": "arrays of NumPy, with pickles forbidden"},
    "viz/app/explore/shipped_seeds.py": {"load": "the same"},
    "model/engine/webassembly/portable_code.py": {
        "exec": "kernels: text that the model has just made, never text from a file",
        "compile": "the same; and Numba's own of a kernel",
    },
    "model/engine/rule_source.py": {
        "exec": "a rule that was imported as code already, with its divisions rewritten",
        "compile": "the same",
    },
    "model/engine/face_columns.py": {
        "exec": "a method that was imported as code already, with the columns that it reads as arguments",
        "compile": "the same",
    },
    "model/extensions/wrapping.py": {
        "exec": "a call of one function by another: text that the model has just made of their names",
        "compile": "the same",
    },
    "experiments/study/worker_pool.py": {
        "pickle.dumps": "over a pipe to a process that this one started",
        "pickle.loads": "the other end of that pipe",
    },
    "experiments/sweep/isolated_run.py": {"pickle.dump": "over a pipe to the process that started this one"},
    "experiments/sweep/chunk.py": {"pickle.loads": "the other end of that pipe"},
    # What a user names is code, and SECURITY.md says so.
    "model/extensions/loading.py": {"exec_module": "an extension", "import_module": "an extension"},
    "model/scenarios/scenario_file.py": {"run_path": "a scenario in Python"},
    "experiments/sweep/factors.py": {"import_module": "rules of an experiment"},
    "experiments/evaluation/generating_processes.py": {"run_path": "a process of made-up panels"},
}


def called(node: ast.Call) -> str:
    """The name of what is called, as far as it is written out: ``pickle.loads``."""
    return ast.unparse(node.func)


def suspicious(tree: ast.AST) -> Iterator[str]:
    """Calls in a syntax tree that can turn data into code; pickled arrays too."""
    names = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = called(node)
        whole = names.get(name, name)
        first, _, last = whole.rpartition(".")
        if (
            whole in BUILT_IN
            or first.split(".")[0] in MODULES
            or last in METHODS
            or (first == "os" and (last in SHELLS or last.startswith("exec")))
            or (first == "yaml" and last not in ("safe_load", "safe_dump"))
            or any(word.arg in PICKLES for word in node.keywords)
            or any(word.arg == "shell" and not _is_false(word.value) for word in node.keywords)
        ):
            yield whole if whole in BUILT_IN or first.split(".")[0] in MODULES else last


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def found() -> dict[tuple[str, str], list[int]]:
    calls: dict[tuple[str, str], list[int]] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for name in suspicious(tree):
                calls.setdefault((path.relative_to(ROOT).as_posix(), name), []).append(1)
    return calls


def test_nothing_that_is_read_becomes_code(note: Note):
    calls = found()
    allowed = {(path, call) for path, reasons in ALLOWED.items() for call in reasons}
    unknown = sorted(set(calls) - allowed)
    files = sum(1 for package in PACKAGES for _ in (ROOT / package).rglob("*.py"))
    note(what="data that becomes code: files searched for calls", count=files, faults=len(unknown), losses=0)
    assert not unknown, f"{unknown}: read it in another way, or name it here with its reason"
    needless = sorted(allowed - set(calls))
    assert not needless, f"{needless}: no such call any more"


@pytest.mark.parametrize(
    "text",
    [
        "eval(x)",
        "exec(x)",
        "import pickle\npickle.loads(x)",
        "from pickle import loads as f\nf(x)",
        "np.load(x, allow_pickle=True)",
        "yaml.load(x)",
        "pd.read_pickle(x)",
        "marshal.loads(x)",
        "os.system(x)",
        "subprocess.run(x, shell=True)",
        "joblib.load(x)",
        "runpy.run_path(x)",
    ],
)
def test_the_search_finds(text: str):
    assert list(suspicious(ast.parse(text)))


@pytest.mark.parametrize(
    "text", ["yaml.safe_load(x)", "json.loads(x)", "re.compile(x)", "subprocess.run(x)", "self.exec(x)"]
)
def test_the_search_spares(text: str):
    assert not list(suspicious(ast.parse(text)))
