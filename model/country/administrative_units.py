"""Names and codes of Chinese administrative units: provinces, suffixes, former units, words of tables.

Sources: GB/T 2260 and GB/T 2260.1 (codes, two-letter codes of provinces); notices of the State Council on the
units that were renamed, raised or merged.
"""

from __future__ import annotations

PROVINCES = (
    ("11", "BJ", "北京市", "Beijing"),
    ("12", "TJ", "天津市", "Tianjin"),
    ("13", "HE", "河北省", "Hebei"),
    ("14", "SX", "山西省", "Shanxi"),
    ("15", "NM", "内蒙古自治区", "Inner Mongolia"),
    ("21", "LN", "辽宁省", "Liaoning"),
    ("22", "JL", "吉林省", "Jilin"),
    ("23", "HL", "黑龙江省", "Heilongjiang"),
    ("31", "SH", "上海市", "Shanghai"),
    ("32", "JS", "江苏省", "Jiangsu"),
    ("33", "ZJ", "浙江省", "Zhejiang"),
    ("34", "AH", "安徽省", "Anhui"),
    ("35", "FJ", "福建省", "Fujian"),
    ("36", "JX", "江西省", "Jiangxi"),
    ("37", "SD", "山东省", "Shandong"),
    ("41", "HA", "河南省", "Henan"),
    ("42", "HB", "湖北省", "Hubei"),
    ("43", "HN", "湖南省", "Hunan"),
    ("44", "GD", "广东省", "Guangdong"),
    ("45", "GX", "广西壮族自治区", "Guangxi"),
    ("46", "HI", "海南省", "Hainan"),
    ("50", "CQ", "重庆市", "Chongqing"),
    ("51", "SC", "四川省", "Sichuan"),
    ("52", "GZ", "贵州省", "Guizhou"),
    ("53", "YN", "云南省", "Yunnan"),
    ("54", "XZ", "西藏自治区", "Tibet"),
    ("61", "SN", "陕西省", "Shaanxi"),
    ("62", "GS", "甘肃省", "Gansu"),
    ("63", "QH", "青海省", "Qinghai"),
    ("64", "NX", "宁夏回族自治区", "Ningxia"),
    ("65", "XJ", "新疆维吾尔自治区", "Xinjiang"),
)
"""Code, two letters, Chinese name and the name in the shipped tables of each province."""

MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
"""Provinces that are one city: 310115 and 310100 are Shanghai, 310000."""


def _words(**choices: str) -> dict[str, str]:
    """Return the choice that each word means; _ stands for a space."""
    return {word: choice.replace("_", " ") for choice, words in choices.items() for word in words.split()}


REGION_WORDS = _words(
    east="东部 东部地区 东 eastern",
    central="中部 中部地区 中 middle",
    west="西部 西部地区 西 western",
    northeast="东北 东北地区 northeastern",
)

KIND_WORDS = _words(
    intelligent="智算 智算中心 智能算力 智能计算中心 人工智能计算中心 ai",
    super="超算 超算中心 超级计算中心 supercomputing supercomputer",
    basic="通算 通用 通用算力 数据中心 基础 general",
    hub="枢纽 集群 国家枢纽 数据中心集群 cluster",
)

STATUS_WORDS = _words(
    in_use="在用 使用中",
    operating="运营 运营中 在运营 已运营 投运 已投运 运行 运行中 已投产",
    completed="建成 已建成 完工",
    trial_operation="试运行 试运营",
    approved="获批 已批复 批复",
    under_construction="在建 建设中",
    not_yet_operating="未投产 未运营 待投产",
    planned="规划 规划中 拟建 计划",
)

SUFFIXES = ("自治州", "地区", "州", "盟", "市")
"""What follows the name of a prefecture, the longest first."""

PEOPLES = (
    *("布依族", "土家族", "哈尼族", "傈僳族", "景颇族", "蒙古族", "朝鲜族", "维吾尔", "哈萨克", "柯尔克孜"),
    *("藏族", "羌族", "彝族", "白族", "傣族", "壮族", "苗族", "侗族", "回族", "蒙古"),
)
"""Peoples in names of autonomous prefectures, which usage leaves out: 大理白族自治州 is 大理州."""

ENGLISH_SUFFIXES = ("autonomous prefecture", "municipality", "prefecture", "league", "city", "shi")

RENAMED_CODES = {
    341400: 340100,
    371200: 370100,
    522200: 520600,
    522400: 520500,
    542100: 540300,
    542200: 540500,
    542300: 540200,
    542400: 540600,
    542600: 540400,
    632100: 630200,
    652100: 650400,
    652200: 650500,
}
"""Codes of the units that followed, by former codes of prefectures."""

MERGED_CODES = frozenset({341400, 371200})
"""Those of RENAMED_CODES, Chaohu and Laiwu, whose successor is larger than they were."""

FORMER = {
    "巢湖": (340100, "its city proper became part of Hefei in 2011"),
    "莱芜": (370100, "it became part of Jinan in 2019"),
    "襄樊": (420600, "it was renamed Xiangyang in 2010"),
    "思茅": (530800, "it was renamed Pu'er in 2007"),
    "伊克昭": (150600, "it became Ordos in 2001"),
    "哲里木": (150500, "it became Tongliao in 1999"),
    "昭乌达": (150400, "it became Chifeng in 1983"),
    "徽州": (341000, "it became Huangshan in 1987"),
    "淮阴": (320800, "it was renamed Huai'an in 2001"),
    "达县": (511700, "it became Dazhou"),
    "万县": (500000, "it became part of Chongqing in 1997"),
    "涪陵": (500000, "it became part of Chongqing in 1997"),
    "荆沙": (421000, "it was renamed Jingzhou in 1996"),
    "松花江": (230100, "it became part of Harbin in 1996"),
}
"""Former units by the code of their successor, and what happened."""

FORMER_ENGLISH = {
    "chaohu": "巢湖",
    "laiwu": "莱芜",
    "xiangfan": "襄樊",
    "simao": "思茅",
    "huizhouprefecture": "徽州",
    "huaiyin": "淮阴",
}

OTHER_ENGLISH = {
    "haerbin": 230100,
    "huhehaote": 150100,
    "wulumuqi": 650100,
    "lasa": 540100,
    "eerduosi": 150600,
    "hulunbeier": 150700,
    "qiqihaer": 230200,
    "rikaze": 540200,
    "shigatse": 540200,
    "xigaze": 540200,
    "changdu": 540300,
    "qamdo": 540300,
    "linzhi": 540400,
    "nyingchi": 540400,
    "naqu": 540600,
    "nagqu": 540600,
    "shannan": 540500,
    "tulufan": 650400,
    "turpan": 650400,
    "hami": 650500,
    "kumul": 650500,
    "aba": 513200,
    "ganzi": 513300,
    "kashi": 653100,
    "kashgar": 653100,
    "kelamayi": 650200,
    "karamay": 650200,
}
"""Other spellings of city names, without spaces and marks, by code."""


def short_province(chinese: str) -> str:
    """Return the usual name of a province: 江苏 for 江苏省, 内蒙古 for 内蒙古自治区."""
    return chinese[: 3 if chinese.startswith(("内蒙古", "黑龙江")) else 2]
