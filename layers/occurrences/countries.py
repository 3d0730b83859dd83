"""Countries as records name them, brought to ISO 3166-1 alpha-3 codes."""

from __future__ import annotations

import unicodedata
from types import MappingProxyType
from typing import TYPE_CHECKING

from layers.catalogue.site import COUNTRY_NAMES, ISO3_CODES

if TYPE_CHECKING:
    from collections.abc import Mapping

_TWO_LETTERS = """
    AD:AND AE:ARE AF:AFG AM:ARM AT:AUT AU:AUS AZ:AZE BD:BGD BE:BEL BG:BGR BN:BRN BR:BRA BT:BTN
    BY:BLR CA:CAN CH:CHE CN:CHN CZ:CZE DE:DEU DK:DNK EE:EST EG:EGY ES:ESP FI:FIN FR:FRA GB:GBR
    GE:GEO GR:GRC GU:GUM HK:HKG HR:HRV HU:HUN ID:IDN IE:IRL IL:ISR IN:IND IQ:IRQ IR:IRN IS:ISL
    IT:ITA JP:JPN KG:KGZ KH:KHM KP:PRK KR:KOR KZ:KAZ LA:LAO LK:LKA LT:LTU LV:LVA MD:MDA MM:MMR
    MN:MNG MO:MAC MP:MNP MX:MEX MY:MYS NL:NLD NO:NOR NP:NPL NZ:NZL PH:PHL PK:PAK PL:POL PT:PRT
    PW:PLW RO:ROU RS:SRB RU:RUS SA:SAU SE:SWE SG:SGP SI:SVN SK:SVK SY:SYR TH:THA TJ:TJK TL:TLS
    TM:TKM TR:TUR TW:TWN UA:UKR US:USA UZ:UZB VN:VNM ZA:ZAF
"""

_NAMES: Mapping[str, tuple[str, ...]] = {
    "CHN": (
        "China", "PR China", "P.R. China", "People's Republic of China", "mainland China",
        "中国", "中國", "中华人民共和国", "中華人民共和国", "중국", "중화인민공화국", "Китай",
        "КНР",
        "Китайская Народная Республика", "Хятад", "БНХАУ",
    ),
    "JPN": ("Japan", "日本", "日本国", "일본", "Япония", "Япон"),
    "KOR": (
        "South Korea", "Republic of Korea", "Korea, Republic of", "Korea (South)", "ROK",
        "Korea Republic", "韩国", "大韩民国", "韓国", "大韓民国", "한국", "대한민국", "남한",
        "Южная Корея", "Республика Корея", "Корея", "БНСУ", "Өмнөд Солонгос",
        "Бүгд Найрамдах Солонгос Улс",
    ),
    "PRK": (
        "North Korea", "DPRK", "DPR Korea", "Democratic People's Republic of Korea",
        "Korea, Democratic People's Republic of", "Korea (North)", "朝鲜",
        "朝鲜民主主义人民共和国", "朝鮮", "北朝鮮", "朝鮮民主主義人民共和国", "조선",
        "조선민주주의인민공화국", "북한", "КНДР", "Северная Корея", "БНАСАУ", "Умард Солонгос",
        "Хойд Солонгос",
    ),
    "MNG": (
        "Mongolia", "蒙古", "蒙古国", "モンゴル", "モンゴル国", "몽골", "몽골국", "Монголия",
        "Монгол", "Монгол Улс",
    ),
    "RUS": (
        "Russia", "Russian Federation", "俄罗斯", "俄罗斯联邦", "ロシア", "ロシア連邦",
        "러시아",
        "러시아 연방", "Россия", "Российская Федерация", "РФ", "Орос", "ОХУ",
        "Оросын Холбооны Улс",
    ),
    "KAZ": ("Kazakhstan", "哈萨克斯坦", "カザフスタン", "카자흐스탄", "Казахстан"),
    "KGZ": (
        "Kyrgyzstan", "Kyrgyz Republic", "吉尔吉斯斯坦", "キルギス", "Киргизия", "Кыргызстан",
    ),
    "TJK": ("Tajikistan", "塔吉克斯坦", "Таджикистан"),
    "UZB": ("Uzbekistan", "乌兹别克斯坦", "Узбекистан"),
    "AFG": ("Afghanistan", "阿富汗", "Афганистан"),
    "BTN": ("Bhutan", "不丹"),
    "IND": ("India", "印度", "インド", "인도", "Индия"),
    "LAO": ("Laos", "Lao PDR", "Lao People's Democratic Republic", "老挝"),
    "MMR": ("Myanmar", "Burma", "缅甸"),
    "NPL": ("Nepal", "尼泊尔", "Непал"),
    "PAK": ("Pakistan", "巴基斯坦", "Пакистан"),
    "PHL": ("Philippines", "菲律宾"),
    "THA": ("Thailand", "泰国"),
    "VNM": ("Vietnam", "Viet Nam", "越南", "ベトナム", "베트남", "Вьетнам"),
    "BGD": ("Bangladesh", "孟加拉国"),
    "TWN": ("Taiwan", "台湾", "臺灣", "대만"),
    "HKG": ("Hong Kong", "Hong Kong SAR", "香港"),
    "MAC": ("Macao", "Macau", "澳门"),
    "USA": ("United States", "United States of America"),
}  # fmt: skip


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").strip()
    return " ".join(plain.replace(".", "").split())


def _known() -> dict[str, str]:
    found = {_folded(code): code for code in ISO3_CODES}
    found.update((pair[:2].casefold(), pair[3:]) for pair in _TWO_LETTERS.split())
    found.update((_folded(name), code) for code, name in COUNTRY_NAMES.items())
    found.update((_folded(name), code) for code, names in _NAMES.items() for name in names)
    return found


_CODES = MappingProxyType(_known())


def iso3_of(text: str) -> str:
    """Return the ISO 3166-1 alpha-3 code of a country, or empty text where it is not known.

    Parameters
    ----------
    text : str
        Two- or three-letter code, or a name in English, Chinese, Japanese, Korean, Mongolian
        or Russian; the six countries and their neighbours by name.
    """
    return _CODES.get(_folded(text), "")
