from __future__ import annotations

import pytest

from layers.occurrences.countries import iso3_of


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("CHN", ["CN", "chn", "China", "中国", "中國", "중국", "Китай", "Хятад", "P.R. China"]),
        ("JPN", ["JP", "Japan", "日本", "일본", "Япония", "Япон"]),
        ("KOR", ["KR", "South Korea", "Republic of Korea", "韩国", "韓国", "대한민국", "БНСУ"]),
        ("PRK", ["KP", "DPRK", "朝鲜", "北朝鮮", "북한", "КНДР", "Умард Солонгос"]),
        ("MNG", ["MN", "Mongolia", "蒙古国", "モンゴル", "몽골", "Монголия", "Монгол Улс"]),
        ("RUS", ["RU", "Russian Federation", "俄罗斯", "ロシア", "러시아", "Россия", "ОХУ"]),
        ("", ["", "Atlantis", "R", "Korea maybe"]),
    ],
)
def test_countries_in_six_languages(code, names):
    assert {name: iso3_of(name) for name in names} == dict.fromkeys(names, code)
