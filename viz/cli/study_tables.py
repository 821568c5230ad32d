"""The tables of ``computeleap study`` in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping

import pandas as pd

from experiments.measures.heterogeneity import SPLITS
from experiments.measures.number_text import Shown, estimate, general, number, sized, verdict
from experiments.questions.ablation import MECHANISMS, ON
from experiments.questions.frontier import DIMENSIONS, ERRORS
from experiments.questions.oversupply import ACCESS
from experiments.questions.policies import MEASURES as OF_POLICIES
from experiments.questions.regimes import CLOSES, MAPS, UNCLEAR, WIDENS
from experiments.questions.source_mechanisms import FINDINGS
from viz.terminal import echo, show_table

Tables = Mapping[str, pd.DataFrame]


def show_study(name: str, tables: Tables) -> None:
    """Show the tables of a question on standard output."""
    SHOWN[name](tables)


def _splits(tables: Tables) -> None:
    for scenario, table in tables["splits"].groupby("scenario", sort=False):
        rows = []
        for split, row in zip(SPLITS, table.to_dict("records"), strict=True):
            raw, partial = (verdict(row[key], row[f"{key}_se"]) for key in ("raw", "partial"))
            rows.append(
                [
                    f"{split.id} {split.words}",
                    number(row["low"], 1),
                    number(row["high"], 1),
                    estimate(row["raw"], row["raw_se"]),
                    _direction(raw),
                    estimate(row["partial"], row["partial_se"]),
                    _direction(partial),
                    estimate(row["given"], row["given_se"]),
                ]
            )
        columns = [
            "larger effect where",
            "low",
            "high",
            "raw",
            "raw split",
            "partial",
            "others fixed",
            "given wealth",
        ]
        title = f"Effect on {table['hosts'].max()} hosts of {scenario}, %, {table['seeds'].max()} seeds"
        show_table(title, columns, rows, ["raw split", "others fixed"])


def _direction(words: str) -> str:
    return {
        "positive beyond two standard errors": "as published",
        "negative beyond two standard errors": "opposite sign",
        "not distinguishable from zero": "undecided",
    }.get(words, words)


def _ablation(tables: Tables) -> None:
    words = {one.id: one.words for one in MECHANISMS}
    for scenario, table in tables["ablation"].groupby("scenario", sort=False):
        rows = []
        for mechanism, own in table.groupby("mechanism", sort=False):
            if mechanism == ON:
                continue
            gone = own[own["outcome"].isin(["lost", "reversed"])]
            new = own[own["outcome"] == "gained"]
            rows.append(
                [
                    str(mechanism),
                    words[str(mechanism)],
                    _ids(gone),
                    _ids(new),
                    estimate(*own.set_index("id").loc["C0", ["size", "se"]]),
                ]
            )
        columns = ["off", "meaning", "findings that disappear", "that appear", "effect on hosts, %"]
        show_table(f"Findings by mechanism, {scenario}", columns, rows, columns[1:4])


def _ids(rows: pd.DataFrame) -> str:
    return (
        ", ".join(
            f"{row['id']}{' (reversed)' if row['outcome'] == 'reversed' else ''}"
            for row in rows.to_dict("records")
        )
        or "none"
    )


def _regimes(tables: Tables) -> None:
    names = {one.id: one.question for one in MAPS}
    for (scenario, of), own in tables["regimes"].groupby(["scenario", "map"], sort=False):
        rows = []
        for identity, cells in own[own["regime"] != ""].groupby("id", sort=False):
            counts = cells["regime"].value_counts()
            low, high = cells.loc[cells["mean"].idxmin()], cells.loc[cells["mean"].idxmax()]
            rows.append(
                [
                    str(identity),
                    *(str(int(counts.get(word, 0))) for word in (CLOSES, WIDENS, UNCLEAR)),
                    *(
                        cell
                        for end in (low, high)
                        for cell in (estimate(end["mean"], end["se"]), general(end["x"]), general(end["y"]))
                    ),
                ]
            )
        columns = ["gap", "closes", "widens", "unclear", "least, %", "at x", "y", "most, %", "at x", "y"]
        show_table(f"{scenario}: {names[str(of)]}, cells", columns, rows)


LAYOUT_TABLES = (
    (
        "Change of the gap between cities against the twin, % (below zero: it narrows)",
        ("theil", "theil_per_head", "theil_regions", "sigma"),
    ),
    ("Effects on innovation, %", ("country", "hosts", "others", "weakest")),
)
OF_CENTRES = ("host_cities", "centres", "capacity", "use", "price", "power", "green", "location")


def _layouts(tables: Tables) -> None:
    table = tables["layouts"]
    of_each = [(str(name), own.set_index("measure")) for name, own in table.groupby("scenario", sort=False)]
    for title, names in LAYOUT_TABLES:
        rows = [
            [name, *(estimate(own.loc[n, "mean"], own.loc[n, "se"]) for n in names)] for name, own in of_each
        ]
        show_table(title, ["scenario", *(name.replace("_", " ") for name in names)], rows)
    rows = [[name, *(number(own.loc[n, "mean"], 2) for n in OF_CENTRES)] for name, own in of_each]
    columns = ["scenario", "hosts", *OF_CENTRES[1:-1], "location"]
    show_table("Centres; share of the change of Theil due to the sites of hosts", columns, rows)


def _oversupply(tables: Tables) -> None:
    for (scenario, access), own in tables["curve"].groupby(["scenario", "access"], sort=False):
        wide = own.pivot(index="multiple", columns="measure", values="mean")
        shown = (
            "utilisation",
            "price_over_cost",
            "effect_hosts",
            "contribution",
            "social_return",
            "private_return",
        )
        rows = [
            [general(multiple), *(sized(row[name], 3 if name != "effect_hosts" else 1) for name in shown)]
            for multiple, row in wide.iterrows()
        ]
        columns = [
            "capacity ×",
            "use",
            "price / cost",
            "effect on hosts, %",
            "share",
            "innovations / unit",
            "surplus / unit",
        ]
        show_table(f"{scenario}, {access} access", columns, rows)
    for scenario, own in tables["thresholds"].groupby("scenario", sort=False):
        rows = [
            [quantity, *(_multiple(part, way) for way in ACCESS)]
            for quantity, part in own.groupby("quantity", sort=False)
        ]
        show_table(f"{scenario}: capacity (multiple of default) from which", ["", *ACCESS], rows)
    for row in tables["contribution"].to_dict("records"):
        share = estimate(row["mean"], row["se"], signed=False)
        where = f"{row['scenario']}, {row['access']} access"
        echo(f"{where}: share at {row['use']:.0%} use {share} ({row['seeds']} seeds)")
    for scenario, own in tables["elasticities"].groupby("scenario", sort=False):
        readings = [[row["reading"], estimate(row["mean"], row["se"])] for row in own.to_dict("records")]
        show_table(f"{scenario}: elasticities", ["of", "elasticity"], readings)


def _multiple(part: pd.DataFrame, access: str) -> Shown:
    found = part.loc[part["access"] == access, "multiple"]
    return general(found.iloc[0]) if len(found) and found.notna().all() else Shown("not in range")


def _single_centres(tables: Tables) -> None:
    for scenario, own in tables["bands"].groupby("scenario", sort=False):
        rows = [
            [
                str(row["group"]),
                number(row["cities"], 1),
                estimate(row["mean"], row["se"]),
                number(row["median"], 2, signed=True),
                number(100 * row["up"], 0),
                str(row["runs"]),
            ]
            for row in own.to_dict("records")
        ]
        columns = ["cities (km from the host)", "number", "mean", "median of hosts", "above 0, %", "runs"]
        show_table(f"{scenario}: one centre alone, effect on innovation, %", columns, rows)


def _frontier(tables: Tables) -> None:
    for scenario, own in tables["points"].groupby("scenario", sort=False):
        rows = [
            [
                "defaults" if row["point"] == 0 else str(row["point"]),
                *(general(row[one.name], 3) for one in DIMENSIONS),
                estimate(row["c13"], row["c13_se"]),
                estimate(row["c14"], row["c14_se"]),
                row["holds"],
            ]
            for row in own.to_dict("records")
        ]
        columns = ["point", *(one.name.replace("_", " ") for one in DIMENSIONS), "C13", "C14", "hold"]
        show_table(f"{scenario}: far less near, %; change of Theil × 1000", columns, rows, ["hold"])
    for scenario, own in tables["shares"].groupby("scenario", sort=False):
        wide = own.pivot(index="holds", columns="by", values="share")
        rows = [
            [answer, *(number(100 * wide.loc[answer, by], 0) for by in ("t", "sign"))]
            for answer in dict.fromkeys(own["holds"])
        ]
        columns = ["hold", f"beyond {ERRORS:g} s.e.", "by sign"]
        show_table(f"{scenario}: share of the drawn points, %", columns, rows)
    for scenario, own in tables["drivers"].groupby("scenario", sort=False):
        rows = [
            [str(row["dimension"]), *_slope(row, "c13"), *_slope(row, "c14")]
            for row in own.to_dict("records")
        ]
        columns = ["over the range of", "C13, points", "t", "C14, Theil × 1000", "t"]
        show_table(f"{scenario}: what turns the two", columns, rows)


def _slope(row: Mapping[Hashable, float], name: str) -> tuple[Shown, Shown]:
    return number(row[f"{name}_slope"], 2, signed=True), number(row[f"{name}_t"], 1, signed=True)


def _policies(tables: Tables) -> None:
    for scenario, own in tables["policies"].groupby("scenario", sort=False):
        rows = [
            [OF_POLICIES[row["measure"]][0], estimate(row["mean"], row["se"]), row["unit"]]
            for row in own.to_dict("records")
        ]
        show_table(
            f"{scenario}: against the same without change", ["", "mean ± s.e.", "unit"], rows, ["unit"]
        )


def _mechanisms(tables: Tables) -> None:
    rows = []
    for scenario, own in tables["policies"].groupby("scenario", sort=False):
        found = own.set_index("measure")
        rows.append([str(scenario), *(estimate(*found.loc[name, ["mean", "se"]]) for name in FINDINGS)])
    count = tables["policies"]["seeds"].max()
    title = f"Each mechanism against the same without it: %; use and concentration in points; {count} seeds"
    show_table(title, ["scenario", *FINDINGS], rows)


SHOWN: dict[str, Callable[[Tables], None]] = {
    "splits": _splits,
    "ablation": _ablation,
    "regimes": _regimes,
    "layouts": _layouts,
    "oversupply": _oversupply,
    "single_centres": _single_centres,
    "policies": _policies,
    "mechanisms": _mechanisms,
    "frontier": _frontier,
}
