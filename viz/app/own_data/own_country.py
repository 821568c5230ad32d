"""A country from a visitor's table of cities or of centres, read as the command line reads it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from model.country.city_tables import load_centres
from model.country.country import Country, build_country, cities_of_file
from model.country.country_columns import CENTRE_COLUMNS, CITY_COLUMNS
from model.files.table_headings import find_columns
from model.files.user_tables import headings
from viz.app.explore.run_options import RunOptionsError

MAX_CITIES = 1000  # as many as the page shows


@dataclass(frozen=True, eq=False)
class OwnCountry:
    """The country, and the names of the files that the command line needs for it."""

    country: Country
    cities_file: str = ""
    centres_file: str = ""


def country_of(data: bytes, before: OwnCountry) -> OwnCountry:
    """Return the country with a visitor's cities, or with the visitor's centres in the cities of ``before``.

    Raises InputError with every mistake of the table, and RunOptionsError for too many cities.
    """
    with tempfile.TemporaryDirectory(prefix="computeleap-") as folder:
        if is_table_of_centres(data, Path(folder)):
            path = Path(folder) / "centres.csv"  # the name that sentences on mistakes say
            path.write_bytes(data)
            cities, network = before.country.cities, before.country.network
            country = build_country(cities, load_centres(path, cities), network)
            return OwnCountry(country, before.cities_file, path.name)
        path = Path(folder) / "cities.csv"
        path.write_bytes(data)
        cities = cities_of_file(path)
        if len(cities) > MAX_CITIES:
            raise RunOptionsError("cities_most", most=f"{MAX_CITIES:,}", count=f"{len(cities):,}")
        return OwnCountry(build_country(cities), path.name)


def is_table_of_centres(data: bytes, folder: Path) -> bool:
    """Return whether a table has more columns of centres than of cities. Raises InputError."""
    path = folder / "table.csv"
    path.write_bytes(data)
    header = headings(path, (*CITY_COLUMNS, *CENTRE_COLUMNS))
    of_centres, of_cities = (
        len(find_columns(header, columns).chosen) for columns in (CENTRE_COLUMNS, CITY_COLUMNS)
    )
    return of_centres > of_cities
