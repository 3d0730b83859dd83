"""How much a text looks like a language: common characters of the region's scripts."""

from __future__ import annotations

import unicodedata

_COMMON_HANZI = frozenset(
    "的一是不了人在有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
    "用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日军"
    "者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相"
    "见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名"
    "真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市"
    "直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路"
    "记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运笔群林草湖河江岸村镇县"
    "省州旗盟自然保护区国家级经纬度物种学名日期时间地点数量备注调查监测编号东北虎豹雪鹤丹顶白枕头黑脸琵鹭坐标"
    "来源精度海拔观察记录者栖息繁殖越冬个体成幼雌雄足迹粪便相机照片红外省吉林黑龙江辽宁内蒙古珲春汪清延边长"
    "緯経種学名日付場所個体数県町村島岳確認調査観察北海道釧路青森岩手秋田山形福島東京千葉横浜新潟富長野静岡愛知"
    "三重滋賀京都阪兵庫奈良和歌鳥取根岡広口徳香川媛高佐崎熊分宮鹿児沖縄市丁目番号年月日時分秒鶴撮影備考者"
)
_COMMON_HANGUL = frozenset(
    "이다는에의가을하고은도지를로기한사어자리아나대그인서시수일전보정스들만있부으해면라게주상조선장구여제소"
    "동원성비과마관화무때우안오신생모니위물중내유개공문국방연미세요데교치것년할회분실와당했간적명속영적종남북강산"
    "위도경도종명날짜장소관찰지역개체수비고조사자발견시간번호학두루미재흑고저새표범호랑이반달곰습지철원순만파주김포"
    "천연기념물좌표고도개월일군읍면리특별자치광역울서울경기충청전라제주해안섬호수논갯벌황새독수검은부리출처정확"
)
_RUSSIAN_PER_MILLE = {
    "о": 110, "е": 85, "а": 80, "и": 74, "н": 67, "т": 63, "с": 55, "р": 47, "в": 45, "л": 44,
    "к": 35, "м": 32, "д": 30, "п": 28, "у": 26, "я": 20, "ы": 19, "ь": 17, "г": 17, "з": 16,
    "б": 16, "ч": 14, "й": 12, "х": 10, "ж": 9, "ш": 7, "ю": 6, "ц": 5, "щ": 4, "э": 3, "ф": 3,
    "ъ": 1, "ё": 1, "ү": 8, "ө": 8,
}  # fmt: skip
_PUNCTUATION = frozenset("°′″’‘“”«»–—…№±×·•、。，：；（）「」『』～％ \u3000\ufeff")


def plausibility(text: str) -> float:
    """Rate how much the letters beyond ASCII look like words somebody wrote.

    Parameters
    ----------
    text : str
        A table, decoded with the encoding on trial.

    Returns
    -------
    float
        Mean over the characters beyond ASCII, from about -3 (no language of the region) to
        +2.5 (common letters in a usual order); 0 where there are none.
    """
    total, count = 0.0, 0
    before = " "
    for position, character in enumerate(text):
        if character > "\x7f":
            after = text[position + 1] if position + 1 < len(text) else " "
            total += _worth(character, before, after)
            count += 1
        elif character < " " and character not in "\t\r\n":
            total -= 3.0
            count += 1
        before = character
    return total / count if count else 0.0


def _worth(character: str, before: str, after: str) -> float:
    if character in _PUNCTUATION:
        return 0.3
    script = _script(character)
    worth = _WORTH_OF[script](character, before, after)
    if script != "latin" and (_ascii_letter(before) or _ascii_letter(after)):
        worth -= 1.2
    if before > "\x7f" and before.isalpha() and not _together(script, _script(before)):
        worth -= 1.5
    return worth


def _script(character: str) -> str:
    code = ord(character)
    for name, low, high in _RANGES:
        if low <= code <= high:
            return name
    if character.isalpha() and unicodedata.name(character, "").startswith("LATIN"):
        return "latin"
    return "other"


_RANGES = (
    ("cyrillic", 0x0400, 0x052F),
    ("kana", 0x3040, 0x30FF),
    ("hanzi", 0x4E00, 0x9FFF),
    ("hangul", 0xAC00, 0xD7A3),
)


def _together(one: str, other: str) -> bool:
    return one == other or {one, other} in ({"hanzi", "kana"}, {"hanzi", "hangul"})


def _ascii_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _cyrillic(character: str, before: str, after: str) -> float:
    share = _RUSSIAN_PER_MILLE.get(character.lower(), 0)
    worth = 1.6 if share >= 40 else 1.0 if share >= 10 else 0.3 if share else -1.5
    in_word = _script(before) == "cyrillic" and before.isalpha()
    if character.isupper() and in_word and before.islower():
        worth -= 3.0
    if character.isupper() and not in_word and _script(after) == "cyrillic" and after.islower():
        worth += 0.4
    if character.islower() and in_word and before.isupper() and share == 0:
        worth -= 1.0
    if character.lower() in "ъьы" and not in_word:
        worth -= 1.5
    return worth


def _hanzi(character: str, _before: str, _after: str) -> float:
    return 2.0 if character in _COMMON_HANZI else -0.9


def _hangul(character: str, _before: str, _after: str) -> float:
    if character in _COMMON_HANGUL:
        return 2.2
    try:
        character.encode("euc_kr")
    except UnicodeEncodeError:
        return -2.0
    return 0.2


def _kana(character: str, before: str, after: str) -> float:
    half_or_mark = character in "・ー゛゜"
    neighbours = {_script(before), _script(after)} & {"kana", "hanzi"}
    return 0.3 if half_or_mark else 1.6 if neighbours else 0.2


def _latin(character: str, before: str, after: str) -> float:
    crowd = before > "\x7f" or after > "\x7f"
    beside = _ascii_letter(before) or _ascii_letter(after)
    worth = 1.2 if beside and not crowd else -1.8
    if character.isupper() and before.islower():
        worth -= 2.0
    return worth


def _other(_character: str, _before: str, _after: str) -> float:
    return -2.5


_WORTH_OF = {
    "cyrillic": _cyrillic,
    "hanzi": _hanzi,
    "hangul": _hangul,
    "kana": _kana,
    "latin": _latin,
    "other": _other,
}
