"""The scripts of the page that are in the package."""

from __future__ import annotations

import re
import socket

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

import solara.server

from agents.user_error import UserError
from tests.support.cli import python
from tests.support.programs import PROGRAMS
from viz.app.server import page_scripts
from viz.app.server.page_scripts import SCRIPTS
from viz.app.server.request_filter import CDN, PACKAGES


def test_every_script_that_solara_names_is_in_the_package():
    """Of the page as it is served: Vuetify 2, ipywidgets 8, minified."""
    (folder,) = solara.server.__path__
    with open(f"{folder}/templates/solara.html.j2", encoding="utf-8") as file:
        asked = re.findall(r'"\{\{cdn\}\}/([^"]+)"', file.read())
    asked = [name.replace("{{ipywidget_major_version}}", "8") for name in asked]
    asked = [name for name in asked if "vuetify3" not in name and not name.endswith("app8.js")]
    assert len(asked) >= 4
    assert [name for name in asked if not (SCRIPTS / name).is_file()] == []
    assert page_scripts.knows_scripts()


def test_the_scripts_of_charts_and_icons_are_in_the_package():
    for name in ("echarts@5.4.0/dist/echarts.min.js", "font-awesome@4.5.0/css/font-awesome.min.css"):
        assert (SCRIPTS / name).is_file()
    (font,) = SCRIPTS.rglob("*.woff2")
    assert font.name in (font.parent / "fonts.css").read_text(encoding="utf-8")
    files = [path.relative_to(SCRIPTS) for path in SCRIPTS.rglob("*.*") if path.suffix in (".js", ".css")]
    assert all(PACKAGES.match(path.as_posix()) for path in files)


def test_a_script_that_is_not_in_the_package_does_not_exist(tmp_path):
    """Solara would fetch it from the network, and keep it in the package."""
    from tests.support.filter_doubles import made

    ours = made(cache=SCRIPTS)
    assert ours.is_file(CDN + "requirejs@2.3.6/require.js")
    assert not ours.is_file(CDN + "requirejs@2.3.6/require.min.js")
    assert made(cache=tmp_path).is_file(CDN + "requirejs@2.3.6/require.min.js")


def test_scripts_of_another_solara_come_from_its_package_or_from_the_network(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}/npm/"
    with pytest.raises(UserError, match="cannot be reached: pip install solara-assets brings them"):
        page_scripts.check_scripts(tmp_path, nobody)
    (tmp_path / "@widgetti").mkdir()
    page_scripts.check_scripts(tmp_path, nobody)


def test_the_look_at_solaras_page_does_not_import_solara():
    """Solara reads where its scripts are as it is imported, so the server says so before."""
    looked = "viz.app.server.page_scripts:knows_scripts"
    answer = python(str(PROGRAMS / "loaded_modules.py"), "solara", looked)
    assert "LOADED [] True" in answer.stderr


def test_another_version_of_solara_is_noticed(monkeypatch):
    monkeypatch.setattr(page_scripts, "ASKED", ("requirejs@99/require.js",))
    assert not page_scripts.knows_scripts()
