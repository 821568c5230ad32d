"""Cities by code and by name, in every form that people use."""

from __future__ import annotations

import pandas as pd
import pytest

from model.country.administrative_units import FORMER, OTHER_ENGLISH, RENAMED_CODES
from model.country.city_lookup import CityError, CityLookup, province_of
from model.country.city_tables import load_cities

CITIES = load_cities()
LOOKUP = CityLookup(CITIES)


def test_every_city_is_found_by_its_code_and_names_with_and_without_a_suffix():
    for row, city in enumerate(CITIES.itertuples()):
        forms = [city.city_id, str(city.city_id), float(city.city_id), city.name_en, city.name_zh]
        forms += [city.name_en.upper(), f" {city.name_zh} ", city.city_id * 10**6]
        if city.name_zh not in ("吉林市", "海南藏族自治州"):
            forms.append(city.name_zh.removesuffix("市"))
        for form in forms:
            assert LOOKUP.find(form).row == row, form


@pytest.mark.parametrize(
    ("key", "city"),
    [
        (5201, 520100),
        ("520100.0", 520100),
        ("5.201e5", 520100),
        ("'520100", 520100),
        ('="520100"', 520100),
        ("５２０１００", 520100),
        (520115, 520100),
        (310115001000, 310000),
        (110100, 110000),
        (522422, 520500),
        ("大理", 532900),
        ("大理州", 532900),
        ("大理自治州", 532900),
        ("Dali", 532900),
        ("Xian", 610100),
        ("xi'an city", 610100),
        ("貴陽", 520100),
        ("江苏苏州", 320500),
        ("江苏省苏州市", 320500),
        ("Suzhou, Jiangsu", 320500),
        ("宿州（安徽）", 341300),
        ("阿拉善", 152900),
        ("喀什", 653100),
        ("Kashgar", 653100),
        ("Haerbin", 230100),
        ("吉林市", 220200),
        ("海南州", 632500),
    ],
)
def test_a_city_in_another_form(key, city):
    assert LOOKUP.ids[LOOKUP.find(key).row] == city


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("Suzhou", "may be Suzhou (Jiangsu), 苏州市, 320500 or Suzhou (Anhui), 宿州市, 341300"),
        ("Yichun", "may be Yichun (Heilongjiang), 伊春市, 230700 or Yichun (Jiangxi), 宜春市, 360900"),
        ("Fuzhou", "may be Fuzhou (Fujian), 福州市, 350100 or Fuzhou (Jiangxi), 抚州市, 361000"),
        ("Taizhou", "may be Taizhou (Jiangsu), 泰州市, 321200 or Taizhou (Zhejiang), 台州市, 331000"),
        ("Guizhou", "is a province: name one of its cities"),
        ("海南", "is a province: name one of its cities, or Hainan Prefecture (Qinghai)"),
        ("Hong Kong", "there is no city 'Hong Kong'"),
        ("Guiyan", "did you mean Guiyang"),
        ("贵阴市", "did you mean"),
        ("5.2e5", "there is no city"),
        (999999, "there is no city 999999 in the table of cities"),
        ("", "there is no city ''"),
        (True, "there is no city"),
        (float("nan"), "there is no city"),
    ],
)
def test_what_is_not_certain_is_refused_with_the_candidates(key, said):
    with pytest.raises(CityError) as caught:
        LOOKUP.find(key)
    assert said in str(caught.value)


def test_former_units_are_their_successors_with_a_word():
    for name, (code, happened) in FORMER.items():
        for form in (name, f"{name}市", f"{name}地区"):
            found = LOOKUP.find(form)
            assert LOOKUP.ids[found.row] == code
            assert found.word.endswith(happened)
    for code in (*RENAMED_CODES.values(), *OTHER_ENGLISH.values()):
        assert code in LOOKUP.ids
    assert "Jinan" in LOOKUP.find("Laiwu").word


def test_a_table_without_names_has_codes_only():
    lookup = CityLookup(pd.DataFrame({"city_id": [1, 2]}))
    assert lookup.find("2.0").row == 1
    with pytest.raises(CityError):
        lookup.find("nan")


@pytest.mark.parametrize("text", ["Jiangsu", "江苏", "江苏省", "JS", "js", "江蘇省"])
def test_a_province_in_every_form(text):
    assert province_of(text) == "Jiangsu"
    assert province_of("Atlantis") is None
