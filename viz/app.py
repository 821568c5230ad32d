# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""The page in the browser: choose a scenario, watch it run beside its twin without centres.

Every browser session has its own ``Session`` with its own pair of runs. The page reads snapshots only.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import solara

from model import Parameters
from model.parameters import ParameterError, describe
from model.scenario import SCENARIOS
from viz.app_panels import MAPS, Country, Pair, Snapshot, curves, load_country, picture
from viz.commands.screen import UserError, say
from viz.wording import number

CITIES = "COMPUTELEAP_CITIES"  # environment: table of cities of the server
FEWEST, MOST = 500, 20_000  # firms: more would not step at the pace of the page
LAST_YEAR = 2050
PACE = 0.4  # seconds a quarter takes in play, at least
GLIMPSE = 0.7  # seconds between pictures on the way to a year
STYLE = """
.v-navigation-drawer { min-width: 290px !important; max-width: 290px !important; }
"""

# Parameters with a slider: one or two of each mechanism, the rest is for the command line and Python.
SLIDERS = (
    "compute_weight", "substitution", "talent_mobility", "data_elasticity", "conversion_probability",
    "voucher_effort", "remote_access", "interoperability_friction", "opening_discount", "tender_rate",
)  # fmt: skip

# ── A session ────────────────────────────────────────────────────────────────────────────────────


class ChoiceError(ValueError):
    """Something typed on the page that cannot be; the text is a sentence."""


@dataclass(frozen=True)
class Choice:
    """What is set on the page; numbers that are typed stay text until a run begins."""

    scenario: str = "actual"
    seed: str = "1"
    firms: str = "10000"
    changes: tuple[tuple[str, float], ...] = ()

    def changed(self, name: str, value: float) -> Choice:
        """The choice with one parameter at another value; its default leaves no trace."""
        changes = {**dict(self.changes), name: value}
        if value == describe(name)["default"]:
            del changes[name]
        return replace(self, changes=tuple(sorted(changes.items())))

    def checked(self) -> tuple[Parameters, str, int]:
        """Parameters, scenario and seed. Raises ChoiceError or ParameterError."""
        seed = whole_number(self.seed, "the seed", 0, 2**53)
        firms = whole_number(self.firms, "the number of firms on this page", FEWEST, MOST)
        return Parameters.checked(firms=firms, **dict(self.changes)), self.scenario, seed


def whole_number(text: str, what: str, low: int, high: int) -> int:
    """The number that was typed. Raises ChoiceError."""
    try:
        value = int(text)
    except ValueError:
        value = low - 1
    if not low <= value <= high:
        raise ChoiceError(f"{what} must be a whole number from {low:,} to {high:,}, not {text!r}")
    return value


@dataclass(frozen=True, eq=False)
class Order:
    """What the session's thread is to do: build, advance through a quarter, or rest."""

    what: str
    choice: Choice | None = None
    until: int = 0
    pace: float = 0.0  # seconds per quarter; 0: as fast as it goes


class Session:
    """The runs of one browser session, and what its page shows of them."""

    def __init__(self, country: Country) -> None:
        self.country = country
        self.choice = solara.reactive(Choice())
        self.until = solara.reactive("2030")
        self.running = solara.reactive(Choice())  # the choice that the runs were made with
        self.snapshot: solara.Reactive[Snapshot | None] = solara.reactive(None)
        self.problem = solara.reactive("")
        self.order = solara.reactive(Order("build", Choice()))
        self._pair: Pair | None = None
        self._working = threading.Lock()
        self._ordering = threading.Lock()

    def step(self) -> None:
        """Run one quarter, at once."""
        self._act(lambda: self._advance_one(self._last_quarter(str(LAST_YEAR))))

    def play(self) -> None:
        """Run quarter after quarter, slowly enough to watch."""
        self._act(lambda: self._go(Order("advance", until=self._last_quarter(str(LAST_YEAR)), pace=PACE)))

    def run_to_year(self) -> None:
        """Run through the year that is typed, as fast as it goes."""
        self._act(lambda: self._go(Order("advance", until=self._last_quarter(self.until.value))))

    def pause(self) -> None:
        """Stop at the end of the quarter."""
        self.give(Order("rest"))

    def reset(self) -> None:
        """Begin anew with what is chosen."""
        self._act(self._begin)

    def change(self, name: str) -> Callable[[float], None]:
        """What sets one parameter."""

        def put(value: float) -> None:
            self.choice.value = self.choice.value.changed(name, value)

        return put

    def _begin(self) -> None:
        self.choice.value.checked()
        self.give(Order("build", self.choice.value))

    def give(self, order: Order) -> None:
        """Let the thread do something else from now on."""
        with self._ordering:
            self.order.value = order

    def _act(self, action: Callable[[], None]) -> None:
        self.problem.value = ""
        try:
            action()
        except Exception as error:
            self._tell(error)

    def _go(self, order: Order) -> None:
        if self._pair and order.until <= self._pair.quarter:
            raise ChoiceError(f"the run is at the {self._pair.snapshot().date} already: Reset begins anew")
        self.give(order)

    def _last_quarter(self, year: str) -> int:
        start = self._pair.start_year if self._pair else 0
        return 4 * (whole_number(year, "the year to run to", start, LAST_YEAR) - start + 1)

    def _advance_one(self, until: int) -> None:
        with self._working:
            if self._pair is None:
                return
            if self._pair.quarter >= until:
                raise ChoiceError(f"the page runs to the end of {LAST_YEAR}: Reset begins anew")
            self._pair.step()
            self.snapshot.value = self._pair.snapshot()

    def carry_out(self, order: Order, cancelled: threading.Event) -> None:
        """Do what is ordered; the session's thread runs this for every order, one after the other."""
        try:
            if order.what == "build" and order.choice is not None:
                self._build(order.choice)
            elif order.what == "advance":
                self._advance(order, cancelled)
        except Exception as error:
            self._tell(error)
        with self._ordering:
            if order.what != "rest" and self.order.peek() is order:
                self.order.value = Order("rest")

    def _build(self, choice: Choice) -> None:
        pair = Pair(self.country, *choice.checked())
        with self._working:
            self._pair = pair
            self.running.value = choice
            self.snapshot.value = pair.snapshot()

    def _advance(self, order: Order, cancelled: threading.Event) -> None:
        pair, shown = self._pair, time.monotonic()
        while pair is not None and pair.quarter < order.until and not cancelled.is_set():
            began = time.monotonic()
            with self._working:
                pair.step()
                last = pair.quarter >= order.until
                if order.pace or last or began - shown > GLIMPSE:
                    self.snapshot.value = pair.snapshot()
                    shown = time.monotonic()
            cancelled.wait(max(0.0, order.pace - (time.monotonic() - began)))
        if pair is not None and self._pair is pair:
            self.snapshot.value = pair.snapshot()

    def _tell(self, error: Exception) -> None:
        if isinstance(error, ChoiceError | ParameterError):
            self.problem.value = str(error)[:1].upper() + str(error)[1:] + "."
        else:
            logging.getLogger(__name__).exception("an error on the page")
            self.problem.value = f"This is a bug ({type(error).__name__}: {error}); Reset begins anew."


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


@solara.component
def Page() -> None:
    """The page of one browser session."""
    session = solara.use_memo(lambda: Session(load_country(os.environ.get(CITIES))), [])
    order = session.order.value
    solara.use_thread(
        lambda cancelled: session.carry_out(order, cancelled), dependencies=[order], intrusive_cancel=False
    )
    solara.Title("ComputeLeap")
    solara.Style(STYLE)
    with solara.Sidebar():
        Settings(session)
    with solara.Column(gap="8px", style={"padding": "12px 16px"}):
        Controls(session)
        if session.problem.value:
            solara.Error(session.problem.value, dense=True)
        if session.snapshot.value is None:
            if order.what == "build":
                solara.ProgressLinear(True)
                solara.Text(
                    "The economy is being set up; the very first time, compiling takes about a minute."
                )
        else:
            Panels(session.snapshot.value)


@solara.component
def Controls(session: Session) -> None:
    """Buttons that move time, and where the run stands."""
    snapshot, busy = session.snapshot.value, session.order.value.what
    ready = snapshot is not None and busy == "rest"
    with solara.Row(gap="8px", style={"align-items": "center", "flex-wrap": "wrap"}):
        solara.Button("Step", on_click=session.step, disabled=not ready, color="primary")
        solara.Button("Play", on_click=session.play, disabled=not ready)
        solara.Button("Pause", on_click=session.pause, disabled=busy != "advance")
        solara.Button("Reset", on_click=session.reset, disabled=busy == "build")
        with solara.Row(gap="8px", style={"align-items": "center", "margin-left": "12px"}):
            solara.Button("Run to year", on_click=session.run_to_year, disabled=not ready)
            solara.v.TextField(
                v_model=session.until.value, on_v_model=session.until.set, dense=True, hide_details=True,
                style_="max-width: 64px", attributes={"aria-label": "year to run to"},
            )  # fmt: skip
    if snapshot is not None and session.choice.value != session.running.value:
        solara.Info("The settings differ from those of this run: Reset begins one with them.", dense=True)
    if snapshot is not None:
        centres = int(snapshot.cities["centre"].sum())
        solara.HTML(
            tag="div",
            unsafe_innerHTML=(
                f"<b>{snapshot.date[:1].upper()}{snapshot.date[1:]}</b> · {snapshot.title} · "
                f"{number(snapshot.firms, 0)} firms · {centres} {'city' if centres == 1 else 'cities'} "
                f"with an open centre · {snapshot.summary}"
            ),
        )


@solara.component
def Panels(snapshot: Snapshot) -> None:
    """The map and the curves."""
    shown, show = solara.use_state(next(iter(MAPS)))
    with solara.ColumnsResponsive(default=[12], medium=[7, 5], gutters_dense=True):
        with solara.Column(gap="0px"):
            with solara.ToggleButtonsSingle(value=shown, on_value=show, dense=True):
                for name in MAPS:
                    solara.Button(name, value=name, text=True, style={"text-transform": "none"})
            Picture(MAPS[shown], snapshot, f"Map of cities, {shown}, {snapshot.date}.")
        Picture(curves, snapshot, f"Curves over time until the {snapshot.date}. {snapshot.summary}")


@solara.component
def Picture(draw: Callable[[Snapshot], Any], snapshot: Snapshot, text: str) -> None:
    """A figure as an image, drawn once for each snapshot; ``text`` says what it shows."""
    source = solara.use_memo(lambda: picture(draw, snapshot), [draw, snapshot])
    solara.v.Html(tag="img", attributes={"src": source, "alt": text}, style_="width: 100%; max-width: 860px")


@solara.component
def Settings(session: Session) -> None:
    """Scenario, seed, size and parameters; they take hold at Reset."""
    choice = session.choice.value

    def put(**values: Any) -> None:
        session.choice.value = replace(session.choice.value, **values)

    with solara.Column(gap="4px", style={"padding": "4px 8px"}):
        with solara.Tooltip(SCENARIOS[choice.scenario].meaning), solara.Div():
            solara.Select("Scenario", list(SCENARIOS), choice.scenario, lambda name: put(scenario=name))
        solara.InputText("Seed", choice.seed, lambda text: put(seed=text))
        label = f"Number of firms ({FEWEST:,} to {MOST:,})"
        solara.InputText(label, choice.firms, lambda text: put(firms=text))
        changes = dict(choice.changes)
        for name in SLIDERS:
            value = changes.get(name, describe(name)["default"])
            Slider(name, value, session.change(name))
        solara.Button("Defaults", on_click=lambda: session.choice.set(Choice()), text=True, small=True)


@solara.component
def Slider(name: str, value: float, on_value: Callable[[float], None]) -> None:
    """A slider made from the description of a parameter."""
    row = describe(name)
    step = slider_step(row)
    unit = "" if row["unit"] in ("0 or 1", "0-1") else f" {row['unit']}"
    limits = f"from {row['low']:g} to {row['high']:g} ({row['unit']})"
    about = f"{row['meaning']}; default {row['default']:g}, {limits}"
    with solara.Column(gap="0px"):
        with solara.Tooltip(about), solara.Div():
            solara.Text(f"{name.replace('_', ' ')}: {value:g}{unit}", style={"font-size": "13px"})
        solara.v.Slider(
            v_model=value, on_v_model=lambda number: on_value(round(number, 6)), min=row["low"],
            max=row["high"], step=step, dense=True, hide_details=True,
            attributes={"aria-label": name.replace("_", " ")},
        )  # fmt: skip


def slider_step(row: dict[str, Any]) -> float:
    """The largest of 1, 0.5, 0.1, 0.05, ... that parts the range in 50 or more and meets the default."""
    if row["unit"] == "0 or 1":
        return 1.0
    for step in (10.0**-power * part for power in range(7) for part in (1.0, 0.5)):
        places = (row["default"] - row["low"]) / step
        if (row["high"] - row["low"]) / step >= 50 and abs(places - round(places)) < 1e-6:
            return step
    return 1e-6


# ── The server ───────────────────────────────────────────────────────────────────────────────────


def run(host: str = "127.0.0.1", port: int = 8765, cities: Path | None = None) -> None:
    """Serve the page until Ctrl-C. Port 0 takes a free one.

    Raises UserError if the address cannot be had, InputError of model.tables for a bad table of cities.
    """
    if cities is not None:
        os.environ[CITIES] = str(cities)
    load_country(os.environ.get(CITIES))  # mistakes in the table come before the server
    listener = _listen(host, port)
    if not _is_loopback(host):
        say(
            f"warning: whoever can reach {host} over the network can use this page and the processor of this "
            "machine; there is no password"
        )
    server = _make_server(listener)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        say("stopped")
    finally:
        listener.close()


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    if sys.platform != "win32":  # there it would share a port that is taken
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise UserError(
            f"the page cannot be served at {host}, port {port}: {error.strerror} "
            "(--host and --port name others)"
        ) from None
    return listener


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _make_server(listener: socket.socket) -> Any:
    # Read when Solara's server is imported.
    os.environ["SOLARA_APP"] = "viz.app"
    os.environ["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] = "False"
    import uvicorn
    from solara.server import settings

    settings.telemetry.mixpanel_enable = False
    settings.main.mode = "production"  # no watching of files
    settings.theme.show_banner = False
    warnings.filterwarnings("ignore", "Cookies with samesite=none require https")  # no iframe here
    settings.kernel.cull_timeout = os.environ.get("SOLARA_KERNEL_CULL_TIMEOUT", "1h")
    if not any(settings.assets.proxy_cache_dir.glob("@widgetti")):
        say("the page's scripts come from the network; pip install solara-assets makes it work without")
    host, port = listener.getsockname()[:2]
    name = f"[{host}]" if ":" in host else host

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                print(f"ComputeLeap is at http://{name}:{port} (Ctrl-C stops it)", flush=True)

    return Server(
        uvicorn.Config(
            "solara.server.starlette:app", log_level="warning", access_log=False, timeout_graceful_shutdown=2
        )
    )
