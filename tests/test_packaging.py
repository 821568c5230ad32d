"""What a wheel holds: the four packages with all of their files, and nothing else."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = PROJECT["tool"]["setuptools"]
PACKAGES = ("agents", "model", "experiments", "viz")


def files_of(package: str) -> set[Path]:
    """Every file of a package but what Python itself leaves behind."""
    return {
        path for path in (ROOT / package).rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }


def test_every_folder_with_code_is_a_package():
    """With ``namespaces = false`` setuptools skips a folder without ``__init__.py``, and all below it."""
    assert SETUPTOOLS["packages"]["find"]["namespaces"] is False
    folders = {path.parent for package in PACKAGES for path in files_of(package) if path.suffix == ".py"}
    assert not [folder for folder in folders if not (folder / "__init__.py").exists()]


def test_only_the_four_packages_are_found():
    patterns = SETUPTOOLS["packages"]["find"]["include"]
    assert sorted(patterns) == sorted([*PACKAGES, *(f"{package}.*" for package in PACKAGES)])


def test_package_data_names_every_file_that_is_no_code():
    """Each pattern matches, and together they match all: py.typed, tables, presets, assets."""
    matched: set[Path] = set()
    for package, patterns in SETUPTOOLS["package-data"].items():
        folders = [path.parent for one in PACKAGES for path in files_of(one) if path.name == "__init__.py"]
        places = folders if package == "*" else [ROOT / package.replace(".", "/")]
        for pattern in patterns:
            found = {path for place in places for path in place.glob(pattern) if path.is_file()}
            assert found, f"{package}: {pattern} matches nothing"
            matched |= found
    others = {path for package in PACKAGES for path in files_of(package) if path.suffix != ".py"}
    assert {path.relative_to(ROOT) for path in matched} == {path.relative_to(ROOT) for path in others}
    assert {path.parent.name for path in matched if path.name == "py.typed"} == set(PACKAGES)


def test_a_built_wheel_holds_the_same(tmp_path: Path):
    """The wheel as pip would build it, where setuptools is installed."""
    pytest.importorskip("setuptools", minversion="77", reason="setuptools is not installed")
    for name in (*PACKAGES, "benchmarks", "tests/support"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    build = "from setuptools import build_meta; build_meta.build_wheel('.')"
    subprocess.run([sys.executable, "-c", build], cwd=tmp_path, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        names = {name for name in file.namelist() if ".dist-info/" not in name}
    assert names == {path.relative_to(ROOT).as_posix() for package in PACKAGES for path in files_of(package)}


VERSION = PROJECT["project"]["version"]


def test_every_file_of_a_release_has_the_version():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {VERSION}\n" in citation
    date = re.search(r"^date-released: (\S+)$", citation, re.MULTILINE)[1]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\n## [{VERSION}] – {date}\n" in changes or "\n## [Unreleased]\n" in changes
    archived = json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8"))
    assert (archived["version"], archived["license"]) == (VERSION, PROJECT["project"]["license"])
    assert f'version = "{VERSION}"' in (ROOT / "release/meta.yaml").read_text(encoding="utf-8")


# Names of conda-forge that differ from those of the package index.
CONDA = {"duckdb": "python-duckdb", "matplotlib": "matplotlib-base"}


@pytest.mark.parametrize("path", ["environment.yml", "release/meta.yaml"])
def test_conda_asks_for_what_the_wheel_asks_for(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    text = text.partition("  run:")[2] or text
    named = re.findall(r"^ +- ([a-z][\w-]*) ?((?:[<>=]=?[\d.]+,?)+)$", text, re.MULTILINE)
    wanted = {"python": PROJECT["project"]["requires-python"]}
    for line in PROJECT["project"]["dependencies"]:
        name, bounds = re.fullmatch(r"([\w-]+)(.*)", line).groups()
        wanted[CONDA.get(name, name).lower()] = bounds
    assert dict(named) == wanted


def pinned() -> list[str]:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_the_lock_file_names_no_address_and_pins_all():
    assert [line for line in pinned() if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    names = [re.sub(r"[-_.]+", "-", line.partition("==")[0]).lower() for line in pinned()]
    assert len(names) == len(set(names))
    optional = PROJECT["project"]["optional-dependencies"]
    asked = [*PROJECT["project"]["dependencies"], *itertools.chain(*optional.values())]
    asked = [re.match(r"[\w-]+", line)[0].lower() for line in asked]
    assert set(asked) - set(names) <= {"computeleap"}


def test_the_container_is_built_from_files_that_exist():
    steps = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    kept = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    copied = [name for line in re.findall(r"^COPY (.+)$", steps, re.MULTILINE) for name in line.split()[:-1]]
    assert sorted(copied) == sorted(kept)
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_the_sdist_names_files_that_exist():
    text = (ROOT / "MANIFEST.in").read_text(encoding="utf-8")
    named = re.findall(r"^(?:include|graft) (.+)$", text, re.MULTILINE)
    assert [name for line in named for name in line.split() if not (ROOT / name).exists()] == []
