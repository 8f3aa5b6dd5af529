"""Readings made comparable: half-width and small kana, long vowels, and names written in Latin letters."""

import re

_SMALL = str.maketrans("ァィゥェォッャュョヂヅ", "アイウエオツヤユヨジズ")
_LONG = re.compile(
    r"(?<=[ウクスツヌフムユルグズブプオコソトノホモヨロゴゾドボポ])ウ|ー|(?<=[エケセテネヘメレゲゼデベペ])イ"
)
_KANA_RUN = re.compile(r"[ァ-ヺー]+")
_LATIN_RUN = re.compile(r"[A-Z]{4,}")
_ROWS = {
    "": "アイウエオ", "K": "カキクケコ", "S": "サシスセソ", "T": "タチツテト", "N": "ナニヌネノ",
    "H": "ハヒフヘホ",
    "M": "マミムメモ", "R": "ラリルレロ", "G": "ガギグゲゴ", "Z": "ザジズゼゾ", "D": "ダヂヅデド",
    "B": "バビブベボ",
    "P": "パピプペポ", "Y": "ヤ ユ ヨ", "W": "ワ   ヲ",
}  # fmt: skip
_OTHERS = {"SHI": "シ", "CHI": "チ", "TSU": "ツ", "FU": "フ", "JI": "ジ"}
_GLIDES = {"SH": "シ", "CH": "チ", "J": "ジ", "KY": "キ", "SY": "シ", "TY": "チ", "NY": "ニ", "HY": "ヒ",
           "MY": "ミ", "RY": "リ", "GY": "ギ", "ZY": "ジ", "BY": "ビ", "PY": "ピ"}  # fmt: skip


def _syllables() -> dict[str, str]:
    found = dict(_OTHERS)
    for consonant, row in _ROWS.items():
        found |= {consonant + v: kana for v, kana in zip("AIUEO", row, strict=True) if kana != " "}
    for sign, kana in _GLIDES.items():
        found |= {sign + v: kana + small for v, small in zip("AUO", "ヤユヨ", strict=True)}
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))


_SYLLABLES = _syllables()


def heard(text: str) -> str:
    """Return a name with its kana as they sound alike (キユウヨ, キュウヨ and キュヨ are one).

    >>> heard("キュウヨ") == heard("KYUYO")
    True
    """
    kana = _LATIN_RUN.sub(lambda run: spelled(run[0]) or run[0], text)
    return _KANA_RUN.sub(lambda run: _LONG.sub("", run[0].translate(_SMALL)), kana)


def spelled(word: str) -> str:
    """Return a word in Latin letters as kana; nothing if it is not Japanese."""
    kana, rest = "", word
    while rest:
        sign = next((s for s in _SYLLABLES if rest.startswith(s)), "")
        if sign:
            kana, rest = kana + _SYLLABLES[sign], rest[len(sign) :]
        elif rest[0] in "NM":
            kana, rest = kana + "ン", rest[1:]
        elif len(rest) > 1 and rest[0] == rest[1]:
            kana, rest = kana + "ツ", rest[1:]
        else:
            return ""
    return kana
