"""The scripts and fonts that the page loads: seven files in ``viz/assets/cdn``; no network is needed."""

from __future__ import annotations

import importlib.util
import urllib.error
import urllib.request
from pathlib import Path

from agents.user_error import UserError

SCRIPTS = Path(__file__).resolve().parents[2] / "assets" / "cdn"
NETWORK_TIMEOUT = 3.0  # seconds to look whether the page's scripts can be had
# As Solara's page names them; versions are part of the names.
ASKED = ("@widgetti/solara-vuetify-app@10.1.1/dist/solara-vuetify-app", "requirejs@2.3.6/require.js")


def knows_scripts() -> bool:
    """Return whether the page of the installed Solara asks for the scripts that are here."""
    # Of the package alone: a look below it would import Solara, which then reads its settings.
    found = importlib.util.find_spec("solara")
    places = [] if found is None else found.submodule_search_locations or []
    page = Path(*places, "server", "templates", "solara.html.j2").read_text(encoding="utf-8")
    return all(f"/{name}" in page for name in ASKED)


def check_scripts(installed: Path, network: str) -> None:
    """Raise UserError if the scripts of another version of Solara are not to be had: the page would be blank.

    Args:
        installed: Folder of ``solara-assets``, or of scripts that Solara has fetched before.
        network: Address of the content network.
    """
    if any(installed.glob("@widgetti")):
        return
    try:
        urllib.request.urlopen(urllib.request.Request(network, method="HEAD"), timeout=NETWORK_TIMEOUT)
    except urllib.error.HTTPError:
        pass  # an answer, whatever it says
    except (OSError, ValueError):
        raise UserError(
            f"this version of Solara asks for scripts that are not on this machine, and {network} cannot be "
            "reached: pip install solara-assets brings them"
        ) from None
