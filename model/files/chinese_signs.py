"""Traditional characters of Chinese headings and place names, as simplified ones."""

from __future__ import annotations

_TRADITIONAL = (
    "萬專東臨麗義烏樂鄉雲亞產億倫餘蘭關興內岡涼劃則區華衛廈縣雙臺呂吳鹹壩壯頭婁寧寶賓對爾崗島巖嶺嶽峽峯廣莊慶開張彥懷總戶揚撫數無晉來棗樹畢漢滄瀘"
    "澤濟溫濱濰煙瑪鹽盤碼紅緯納紹經綏維綿肅節蕪蘆蘇荊營薩規計許貝貢貴賀資贛邊遼達遷運遠連鄭鄲裏欽鐵銅銀錫錦鎮長門陽隴陝隨頂順頗饒馬駐魯鮮雞鴨鶴鷹黃齊龍"
)
_SIMPLIFIED = (
    "万专东临丽义乌乐乡云亚产亿伦余兰关兴内冈凉划则区华卫厦县双台吕吴咸坝壮头娄宁宝宾对尔岗岛岩岭岳峡峰广庄庆开张彦怀总户扬抚数无晋来枣树毕汉沧泸"
    "泽济温滨潍烟玛盐盘码红纬纳绍经绥维绵肃节芜芦苏荆营萨规计许贝贡贵贺资赣边辽达迁运远连郑郸里钦铁铜银锡锦镇长门阳陇陕随顶顺颇饶马驻鲁鲜鸡鸭鹤鹰黄齐龙"
)
_TABLE = str.maketrans(_TRADITIONAL, _SIMPLIFIED)


def simplified(text: str) -> str:
    """Return a text with the traditional characters of place names and headings as simplified ones."""
    return text.translate(_TABLE)
