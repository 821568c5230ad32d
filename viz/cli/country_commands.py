"""The commands ``computeleap cities``, ``synthetic`` and ``network``: the country of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from agents.user_error import UserError
from experiments.measures.number_text import number
from experiments.study.counted import counted
from viz.cli.command_group import error_text
from viz.cli.options import CitiesFile, FigureYear, Force, LinksFile, Sheet, argument, option
from viz.terminal import check_target, echo, show_table, write_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    import networkx as nx
    import pandas as pd

LARGEST = 10  # cities listed
TABLE_ENDINGS = (".csv", ".parquet")


def cities(
    cities: CitiesFile = None,
    compare: Annotated[Path | None, option("Observed figures, in the same columns.", metavar="FILE")] = None,
    check: Annotated[
        Path | None, option("Show how your table is understood, and every mistake in it.", metavar="FILE")
    ] = None,
    source: Annotated[
        Path | None,
        option(
            "Make a table of cities from published ones, such as a census or a folder of yearbook tables.",
            "--from",
            metavar="FILE|FOLDER",
        ),
    ] = None,
    sheet: Sheet = None,
    year: FigureYear = None,
    out: Annotated[Path | None, option("Write the table: .csv or .parquet.", metavar="FILE")] = None,
    force: Force = False,
) -> None:
    """Show the cities that a run would use, and how closely their figures match observed ones."""
    from model.country.city_estimates import fit_report
    from model.country.city_tables import load_cities
    from model.country.country import read_cities

    if check is not None:
        return _check_cities(check, cities, sheet, year, out, force)
    if source is not None:
        return _convert_cities(source, out, force)
    if cities is None and (sheet is not None or year is not None):
        raise UserError("--sheet and --year go with --cities FILE or --check FILE")
    table = read_cities(cities, sheet, year)
    observed = None if compare is None else load_cities(compare)
    if out is not None:
        write_cities(table, out, force)
    _show_summary(table)
    if observed is not None:
        _show_fit(fit_report(table, observed))
    if out is not None:
        echo(f"The table is in {out}; --cities reads it.")


def _check_cities(
    file: Path, cities: Path | None, sheet: str | None, year: int | None, out: Path | None, force: bool
) -> None:
    """Show how a table of cities is understood; write it in the program's own form with --out."""
    from model.country.country import cities_of_file
    from viz.cli.notices import hide_notices

    if cities is not None:
        raise UserError("--check names the table itself: leave --cities out")
    hide_notices()
    table = cities_of_file(file, sheet, year)
    if out is not None:
        write_cities(table, out, force)
    form, *unread = table.attrs["source"]
    echo(f"{file.name}: {form}")
    for sentence in [*table.attrs["reading"], *unread]:
        echo(f"  {error_text(sentence)}")
    if not table.attrs["reading"]:
        echo("  read as it is written")
    for figure, ids in table.attrs["filled"].items():
        if ids:
            echo(f"  {figure} is blank for {_cities(len(ids))} and is estimated")
    own = "" if out is None else f"; written to {out} in the program's own form"
    echo(f"{len(table):,} cities can be used: --cities {file}{own}")


def _convert_cities(source: Path, out: Path | None, force: bool) -> None:
    """Write published tables as a table of cities, and say what was taken from them."""
    from model.country.city_figures import cities_from

    if out is None:
        raise UserError("--from needs --out FILE, where the table of cities is written")
    check_target(out, TABLE_ENDINGS, force)
    table = cities_from(source)
    _write_table(table, out, force)
    for sentence in table.attrs["reading"]:
        echo(error_text(sentence))
    echo(f"{len(table):,} cities are in {out}; --cities reads it, and estimates what is blank.")


def synthetic(
    count: Annotated[int, argument("Number of cities, 10 to 10,000.", metavar="N")],
    out: Annotated[Path, option("Where to write it: .csv or .parquet.", metavar="FILE")],
    seed: Annotated[int, option("Seed; the same seed gives the same country.")] = 1,
    force: Force = False,
) -> None:
    """Generate a synthetic country and write it as a table of cities."""
    from model.country.synthetic import synthetic_country

    table = synthetic_country(count, seed)
    write_cities(table, out, force)
    provinces = table["province"].nunique()
    where = counted(provinces, "province")
    echo(f"{count:,} made-up cities in {where} are in {out}; --cities reads it.")


def network(
    cities: CitiesFile = None,
    links: LinksFile = None,
    out: Annotated[Path | None, option("Write the network: .graphml.", metavar="FILE")] = None,
    force: Force = False,
) -> None:
    """Show links and latencies of the compute network; write it as GraphML."""
    from model.country.country import read_cities
    from model.country.links import KINDS
    from model.country.network import build_network, link_table, write_graphml
    from model.country.user_links import read_links

    places = read_cities(cities)
    graph = build_network(places, links=None if links is None else read_links(links, places))
    if out is not None:
        write_file(out, (".graphml",), lambda part: write_graphml(graph, part), force)
    table = link_table(graph)
    kinds = {**{kind: table[table["kind"] == kind] for kind in KINDS}, "all": table}
    columns = ("links", "number", "mean km", "mean latency, ms", "capacity, Tbit/s")
    rows = [_links_row(kind, chosen) for kind, chosen in kinds.items()]
    show_table(f"Network of {len(places):,} cities", columns, rows)
    _show_latencies(graph)
    if out is not None:
        echo(f"The network is in {out}.")


def write_cities(table: pd.DataFrame, out: Path, force: bool = False) -> None:
    """Write a table of cities as CSV or Parquet in the columns that --cities reads, and `estimated`."""
    _write_table(user_columns(table), out, force)


def _write_table(columns: pd.DataFrame, out: Path, force: bool) -> None:
    def write(part: Path) -> None:
        if out.suffix.lower() == ".csv":
            columns.to_csv(part, index=False)
        else:
            columns.to_parquet(part, index=False)

    write_file(out, TABLE_ENDINGS, write, force)


def user_columns(table: pd.DataFrame) -> pd.DataFrame:
    """Return cities of `model.country.city_tables.load_cities` in the columns and units that it reads."""
    from model.country.country_columns import CITY_COLUMNS, PERSONS

    figures = {
        "population_10k": table["population_2020"] / PERSONS,
        "gdp_100m_cny": table["gdp_2022"],
        "pop_2010": table["population_2010"] / PERSONS,
    }
    whole = table.assign(**figures, provincial_capital=table["provincial_capital"].astype(int))
    whole["estimated"] = table["estimated"].astype(int)
    return whole[[*(column.name for column in CITY_COLUMNS), "estimated"]]


def _show_summary(table: pd.DataFrame) -> None:
    import numpy as np

    from model.country.city_accounts import drawn_institutions
    from model.country.city_estimates import FIGURES, gini, rank_size_slope

    provinces, capitals = table["province"].nunique(), int(table["provincial_capital"].sum())
    where = f"{counted(provinces, 'province')}, {counted(capitals, 'provincial capital')}"
    echo(f"{_cities(len(table))} in {where}.")
    guessed = int(table["estimated"].sum())
    if guessed:
        are = "is an estimate" if guessed == 1 else "are estimates"
        echo(f"Population and GDP of {guessed:,} of them {are} (see docs/data.md).")
    for figure, ids in table.attrs.get("filled", {}).items():
        if ids:
            echo(f"{figure} was blank for {_cities(len(ids))} and was filled in.")
    for name, rows in table.groupby("gdp_2022_basis", sort=True).indices.items():
        echo(f"Basis of GDP 2022, {name}: {_cities(len(rows))}.")
    for name, ids in drawn_institutions(table).items():
        if ids:
            echo(f"{name} is blank for {_cities(len(ids))}: what it measures is drawn for each seed.")
    echo()
    rows = []
    for figure, unit in zip(FIGURES, ("persons", "persons", "100 m CNY", "100 m CNY"), strict=True):
        size = table[figure].to_numpy(dtype=float)
        total = size.sum()
        top = np.sort(size)[::-1][:LARGEST].sum() / total if total > 0 else float("nan")
        unequal = gini(size) if total > 0 else float("nan")
        positive = size[size > 0]
        slope = rank_size_slope(positive, 100) if len(np.unique(positive)) > 1 else float("nan")
        rows.append([figure, unit, number(total, 0), number(100 * top, 1), number(unequal), number(slope)])
    columns = ("figure", "unit", "total", "ten largest, %", "Gini", "rank-size slope")
    show_table("Figures (rank-size slope: over the 100 largest)", columns, rows, ["unit"])
    largest = table.nlargest(LARGEST, "gdp_2022")
    listed = []
    for city in largest.to_dict("records"):
        size = [number(city[name], 0) for name in ("population_2020", "gdp_2022")]
        listed.append([str(city["city_id"]), city["name_en"], city["province"], *size])
    names = ("city_id", "name", "province", "population 2020", "GDP 2022, 100 m CNY")
    show_table("Largest by GDP", names, listed, ["name", "province"])


def _cities(count: int) -> str:
    return counted(count, "city", "cities")


def _show_fit(report: dict[str, dict[str, float]]) -> None:
    rows = []
    for figure, fit in report.items():
        correlations = (number(fit[name], 3) for name in ("spearman", "within_province"))
        error = number(100 * fit["median_error"], 1)
        rows.append([figure, number(fit["cities"], 0), *correlations, error])
    columns = ("figure", "cities compared", "rank correlation", "within provinces", "median error, %")
    show_table("Fit of the table to the observed figures", columns, rows)


def _links_row(kind: str, links: pd.DataFrame) -> Sequence[str]:
    if not len(links):
        return [kind, "0", *[number(None)] * 2, "0"]
    means = [number(links[name].mean(), 2 if name == "latency_ms" else 0) for name in ("km", "latency_ms")]
    return [kind, f"{len(links):,}", *means, number(links["capacity_tbps"].sum(), 1)]


def _show_latencies(graph: nx.Graph) -> None:
    import numpy as np

    from model.country.links import RINGS_MS
    from model.country.network import hub_nodes
    from model.country.routes import routes_to

    hubs = hub_nodes(graph)
    if not len(hubs):
        return
    latency = routes_to(graph, hubs).latency
    between = latency[:, hubs][~np.eye(len(hubs), dtype=bool)]
    nearest = latency.min(axis=0)
    names = ", ".join(graph.nodes[int(hub)]["name"] for hub in hubs)
    echo(f"Hubs: {names}.")
    if len(between):
        echo(
            f"One-way latency between two hubs: mean {between.mean():.1f} ms, longest {between.max():.1f} ms."
        )
    reached = "; ".join(f"{100 * np.mean(nearest <= ring):.0f} % within {ring:g} ms" for ring in RINGS_MS)
    echo(f"Cities from their nearest hub: {reached}; the farthest {nearest.max():.1f} ms.")
