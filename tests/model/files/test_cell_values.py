"""Numbers, dates and blanks in the forms that people write."""

from __future__ import annotations

import pytest

from model.files.cell_values import is_missing, read_date, read_integer, read_number, read_year


@pytest.mark.parametrize(
    ("text", "value", "manner"),
    [
        ("2487", 2487.0, ""),
        ("-1.5e3", -1500.0, ""),
        ("2,487", 2487.0, "thousands separators"),
        ("1,234,567.5", 1234567.5, "thousands separators"),
        ("44 653", 44653.0, "thousands separators"),
        ("44\u202f653", 44653.0, "thousands separators"),
        ("２４８７", 2487.0, "full-width signs"),
        ("２，４８７．５", 2487.5, "thousands separators"),
        ("−3", -3.0, "full-width signs"),
        ("'5", 5.0, "full-width signs"),
    ],
)
def test_numbers(text, value, manner):
    found = read_number(text)
    assert (found.value, found.manner, found.wrong) == (value, manner, "")


@pytest.mark.parametrize(
    "text", ["1,23", "1,2345", "12,34,567", "1_000", "0x10", "=1+1", "²", "１²", "1e", "(5)", "5万"]
)
def test_what_is_no_number_for_certain_is_none(text):
    found = read_number(text)
    assert found.value is None
    assert found.wrong == "is not a number"


def test_a_percentage_is_a_hundredth_where_there_is_no_unit():
    assert read_number("24.87%", ratio=True).value == pytest.approx(0.2487)
    assert read_number("５０％", ratio=True).value == 0.5
    assert "percentage" in read_number("24.87%").wrong


def test_a_comma_may_be_a_decimal_point_between_semicolons():
    assert read_number("121,46", separator=";").value == 121.46
    assert read_number("1.234.567", separator=";").value is None
    assert read_number("1,234,567", separator=";").value == 1234567.0
    assert read_number("44,653", separator=";").wrong == "may be 44653 or 44.653; write it without the comma"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("110100", 110100),
        ("110100.0", 110100),
        ("'110100", 110100),
        ('"110100"', 110100),
        ('="110100"', 110100),
        ("1.101e5", 110100),
        ("1.101E+05", 110100),
        ("3.101E+11", 310100000000),
        ("1.1e5", None),
        ("1.10105E+4", None),
        ("2e2", 200),
        ("１１０１００", 110100),
        ("110,100", 110100),
        ("1.5", None),
        ("9" * 400, None),
        ("1e999", None),
    ],
)
def test_whole_numbers(text, value):
    assert read_integer(text).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2008", "2008"),
        ("2008.0", "2008"),
        ("2008年", "2008"),
        ("2008Q2", "2008Q2"),
        ("2008-Q2", "2008Q2"),
        ("2008年第二季度", "2008Q2"),
        ("2008-03", "2008-03"),
        ("2008/3", "2008-03"),
        ("2008年3月", "2008-03"),
        ("2008年3月1日", "2008-03-01"),
        ("2008/3/1", "2008-03-01"),
        ("2008.3.1", "2008-03-01"),
        ("2008-03-01 00:00:00", "2008-03-01"),
        ("2008-03-31T23:30:00+08:00", "2008-03-31"),
    ],
)
def test_dates(text, value):
    assert read_date(text).value == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2009-02-30", "is not in the calendar"),
        ("2008.3", "is not a date"),
        ("08-03", "is not a date"),
        ("2199", "is not from 1950 to 2100"),
        ("39873", "looks like a date as Excel counts days; write 2009-03-01"),
        ("03/01/2009", "may begin with the day or with the month; write 2009-MM-DD"),
        ("2008-3/1", "is not a date"),
        ("soon", "is not a date"),
    ],
)
def test_what_is_no_date_for_certain_is_refused(text, said):
    found = read_date(text)
    assert (found.value, found.wrong) == (None, said)


@pytest.mark.parametrize(
    ("text", "year"), [("2010", 2010), ("2010.0", 2010), ("2010-12-31", 2010), ("2010年", 2010), ("x", None)]
)
def test_years(text, year):
    assert read_year(text).value == year


def test_words_for_missing():
    for text in ("", "-", "--", "…", "...", ".", "NA", "NaN", "n/a", "缺失", "暂无", "#N/A", "—"):
        assert is_missing(text), text
    for text in ("0", "无", "x", "#REF!", "none at all"):
        assert not is_missing(text), text
