"""Columns of the tables of cities and centres that a user may bring, with their headings, units and words."""

from __future__ import annotations

from dataclasses import replace

from agents.compute_provider import LARGEST_CENTRE
from model.country.administrative_units import (
    KIND_WORDS,
    PROVINCES,
    REGION_WORDS,
    STATUS_WORDS,
    short_province,
)
from model.files.table_columns import TableColumn

PERSONS = 10_000  # a user's table counts people in units of 10,000, as the statistical yearbooks do

PEOPLE_UNITS = {
    "万人": 1.0,
    "人": 1e-4,
    "10,000 persons": 1.0,
    "persons": 1e-4,
    "万": 1.0,
    "千人": 0.1,
    "百万人": 100.0,
    "10k": 1.0,
    "10,000": 1.0,
    "10,000 people": 1.0,
    "people": 1e-4,
    "person": 1e-4,
    "thousand": 0.1,
    "thousand persons": 0.1,
    "million": 100.0,
    "million persons": 100.0,
}
"""Units of people, in 10,000 persons."""

CNY_UNITS = {
    "亿元": 1.0,
    "万元": 1e-4,
    "元": 1e-8,
    "100 m CNY": 1.0,
    "CNY": 1e-8,
    "亿": 1.0,
    "亿元人民币": 1.0,
    "人民币亿元": 1.0,
    "千元": 1e-5,
    "百万元": 0.01,
    "十亿元": 10.0,
    "万亿元": 1e4,
    "100 million CNY": 1.0,
    "100 million yuan": 1.0,
    "10,000 CNY": 1e-4,
    "10,000 yuan": 1e-4,
    "million CNY": 0.01,
    "million yuan": 0.01,
    "billion CNY": 10.0,
    "billion yuan": 10.0,
    "yuan": 1e-8,
    "RMB": 1e-8,
}
"""Units of money, in 100 million CNY."""

SHARE_UNITS = {"%": 0.01, "‰": 0.001}


def headings_of(names: str, factor: float | None = 1.0) -> dict[str, float | None]:
    """Return headings, written without spaces, all with one factor; None if they must name their unit."""
    return dict.fromkeys(names.split(), factor)


PEOPLE_HEADINGS = {
    **headings_of(
        "常住人口 人口 总人口 年末常住人口 年末总人口 常住人口数 人口数 population people pop residents", None
    ),
    "pop_#": 1.0,
    "popu_#": 1e-4,  # the public table of the censuses by prefecture
}
"""Headings of residents; # stands for a year."""

GDP_HEADINGS = {
    **headings_of("地区生产总值 生产总值 国内生产总值 地方生产总值 地区生产总值GDP gdp grp", None),
    "gdp_#": 1.0,
}

CODE_HEADINGS = headings_of(
    "城市代码 城市编码 市代码 地级市代码 行政区划代码 区划代码 行政代码 地区代码 代码 编码 "
    "citycode code adcode cityid id"
)
YEAR_HEADINGS = headings_of("年份 年 年度 year")
NAME_HEADINGS = headings_of(
    "城市 城市名 城市名称 市 地级市 地区 地区名称 名称 中文名 城市中文名 "
    "city cityname name cityzh namecn citycn"
)

PROVINCE_WORDS = {
    word.lower(): english
    for _, letters, chinese, english in PROVINCES
    for word in (letters, chinese, short_province(chinese), english)
}

CITY_COLUMNS = (
    TableColumn(
        "city_id",
        "integer",
        "id; GB/T 2260 codes match the shipped cities",
        "",
        1,
        10**15,
        required=True,
        blank=False,
        headings=CODE_HEADINGS,
    ),
    TableColumn(
        "lon",
        "number",
        "longitude of the seat",
        "degrees east",
        73,
        136,
        required=True,
        blank=False,
        headings=headings_of("经度 东经 longitude lng long"),
    ),
    TableColumn(
        "lat",
        "number",
        "latitude of the seat",
        "degrees north",
        3,
        54,
        required=True,
        blank=False,
        headings=headings_of("纬度 北纬 latitude"),
    ),
    TableColumn(
        "population_10k",
        "number",
        "people, 2020",
        "10,000 persons",
        0,
        1e6,
        required=True,
        headings=PEOPLE_HEADINGS,
        units=PEOPLE_UNITS,
        year=2020,
    ),
    TableColumn(
        "gdp_100m_cny",
        "number",
        "GDP, 2022",
        "100 m CNY",
        0,
        1e8,
        required=True,
        headings=GDP_HEADINGS,
        units=CNY_UNITS,
        year=2022,
    ),
    TableColumn(
        "name_en",
        "text",
        "name",
        high=200,
        headings=headings_of("英文名 城市英文名 英文名称 英文 cityen english"),
    ),
    TableColumn(
        "name_zh",
        "text",
        "Chinese name",
        high=200,
        headings=NAME_HEADINGS,
    ),
    TableColumn(
        "province",
        "text",
        "province; the shipped ones are in provinces.csv",
        high=200,
        words=PROVINCE_WORDS,
        headings=headings_of("省份 省 所属省份 省级 省名 prov"),
    ),
    TableColumn(
        "region",
        "text",
        "east, central, west, northeast, or user-defined",
        high=200,
        words=REGION_WORDS,
        headings=headings_of("区域 大区 所属区域 地带 东中西部"),
    ),
    TableColumn(
        "provincial_capital",
        "flag",
        "seat of a provincial government",
        headings=headings_of("省会 是否省会 capital"),
    ),
    TableColumn(
        "pop_2010",
        "number",
        "people, 2010",
        "10,000 persons",
        0,
        1e6,
        headings=PEOPLE_HEADINGS,
        units=PEOPLE_UNITS,
        year=2010,
    ),
    TableColumn(
        "gdp_2010",
        "number",
        "GDP, 2010",
        "100 m CNY",
        0,
        1e8,
        headings=GDP_HEADINGS,
        units=CNY_UNITS,
        year=2010,
    ),
    TableColumn(
        "gdp_2015",
        "number",
        "GDP, 2015",
        "100 m CNY",
        0,
        1e8,
        headings=GDP_HEADINGS,
        units=CNY_UNITS,
        year=2015,
    ),
    TableColumn(
        "fiscal_revenue_share",
        "number",
        "general fiscal revenue over GDP, 2015; blank: drawn",
        "",
        0,
        1,
        headings=headings_of("一般公共预算收入占GDP比重 财政收入占GDP比重"),
        units=SHARE_UNITS,
    ),
    TableColumn(
        "entry_rate_2005_2015",
        "number",
        "establishments opened 2005-2015 per 10,000 residents; blank: drawn",
        "per 10,000 residents",
        0,
        1e5,
    ),
)

KINDS = {"super": "super", "intelligent": "intelligent", "basic": "basic", "hub": "basic"}
"""Kind in the model by kind in a file. A hub is a cluster of general-purpose data centres."""

OPEN_STATUSES = ("operating", "in use", "completed", "trial operation", "approved")
CLOSED_STATUSES = ("under construction", "not yet operating", "planned")

MOST_DECLINE, MOST_GROWTH = -0.9, 10.0  # of a centre's capacity, fraction a year

CENTRE_COLUMNS = (
    TableColumn(
        "centre_id",
        "text",
        "id",
        high=200,
        required=True,
        blank=False,
        headings=headings_of("中心编号 中心代码 编号 centre centerid"),
    ),
    TableColumn(
        "city_id",
        "city",
        "city of the centre",
        required=True,
        blank=False,
        headings={**CODE_HEADINGS, **NAME_HEADINGS, "所在城市": 1.0},
    ),
    TableColumn(
        "kind",
        "text",
        "hub counts as basic",
        required=True,
        blank=False,
        choices=tuple(KINDS),
        words=KIND_WORDS,
        headings=headings_of("类型 种类 类别 type"),
    ),
    TableColumn(
        "status",
        "text",
        "the last three never open, whatever the date",
        required=True,
        blank=False,
        choices=OPEN_STATUSES + CLOSED_STATUSES,
        words=STATUS_WORDS,
        headings=headings_of("状态 运营状态 建设状态"),
    ),
    TableColumn(
        "name_en",
        "text",
        "name",
        high=200,
        headings=headings_of("英文名 中心英文名"),
    ),
    TableColumn("name_zh", "text", "Chinese name", high=200, headings=headings_of("中心名称 中文名 中心")),
    TableColumn(
        "opened",
        "date",
        "opening; blank: not opened",
        headings=headings_of("投运时间 开业时间 投产时间 开通时间 建成时间 opening opens date"),
    ),
    TableColumn("capacity", "number", "size relative to others of its kind; blank: 1", "", 0, LARGEST_CENTRE),
    TableColumn(
        "capacity_eflops", "number", "capacity at opening, FP16; blank: median of its kind", "EFLOPS", 0, 1e6
    ),
    TableColumn(
        "growth",
        "number",
        "growth of that capacity, fraction a year; blank: 0",
        "",
        MOST_DECLINE,
        MOST_GROWTH,
    ),
)


def columns_of_year(year: int) -> tuple[TableColumn, ...]:
    """Return CITY_COLUMNS for a table with a column for each year: one year's figures count as the latest."""
    latest = ("population_10k", "gdp_100m_cny")
    return tuple(
        replace(column, year=year) if column.name in latest else column
        for column in CITY_COLUMNS
        if column.name in latest or column.year != year
    )
