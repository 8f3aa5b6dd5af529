"""The words of tax systems: names cut into terms, so that 社保 is seen to be 社会保険料控除額."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from tadasu.extract.sniff.kana import heard

_SIGNS = re.compile(r"[\s_\-－・/（）()\[\]【】「」:：、。.,'\"]+")
_KANA = re.compile(r"[ァ-ヺー]")
_PARTICLES = re.compile(r"(?<=[^ぁ-ん])[のとをに](?=[^ぁ-ん])")
_POLITE = re.compile(r"(?<![ぁ-ん])[おご](?=[\u4e00-\u9fff]|誕生)")
_ASKS = re.compile(r"(?<=[^ぁ-ん])か$")
_ITEM = re.compile(r"第[0-9]{1,2}[号項](?:の[0-9]{1,2})?(?!被保険)")
_UNITS = ("金額", "人数", "区分", "日")
_LIGHT, _OWN = 0.25, 1.0
_SIGN, _READING, _LATIN = 0.5, 0.2, 0.1
_COMMON, _LEAST = 0.6, 6

Terms = dict[str, float]
"""The terms of a name, each with its weight."""


@cache
def vocabulary() -> dict[str, Any]:
    """Return the content of `words.yaml`."""
    told: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
    return told


@lru_cache(maxsize=100_000)
def plain(name: str) -> str:
    """Return a name without differences of width, case, blanks and signs (`ｱﾃﾅ_No` is アテナNO)."""
    text = unicodedata.normalize("NFKC", re.sub(r"#\d+$", "", name)).upper()
    # The number of a provision (第3号社会保険料控除), the polite お, and the か of a question say nothing.
    text = _ASKS.sub("", _POLITE.sub("", _ITEM.sub("", text) or text))
    # Word by word: a row of Latin letters is spelled out only as a whole.
    return _PARTICLES.sub("", "".join(heard(word) for word in _SIGNS.split(text)))


def common_beginning(names: Sequence[str]) -> str:
    """Return what most names of a file begin with (去年の…): it says which file it is, not which column."""
    beginnings: Counter[str] = Counter()
    for name in names:
        beginnings.update(name[:size] for size in range(2, len(name)))
    many = [start for start, times in beginnings.items() if times >= _COMMON * len(names) and times >= _LEAST]
    return max(many, key=len, default="")


@cache
def _spellings() -> dict[str, str]:
    """Return spelling → term, longest spelling first."""
    pairs = [(plain(s), term) for term, told in vocabulary()["terms"].items() for s in (term, *told)]
    return dict(sorted(pairs, key=lambda pair: -len(pair[0])))


@cache
def terms(name: str) -> Terms:
    """Cut a name into terms; a sign that belongs to none is one of its own.

    >>> sorted(terms("社保控除額"))
    ['控除', '社会保険', '金額']
    """
    weak = set(vocabulary()["weak"])
    found: Terms = {}
    text = plain(name)
    while text:
        spelling = next((s for s in _spellings() if text.startswith(s)), "")
        if spelling:
            term = _spellings()[spelling]
            found[term] = _LIGHT if term in weak else _OWN
        else:
            found[text[0]] = found.get(text[0], 0.0) + _weight(text[0])
        text = text[len(spelling) or 1 :]
    return found


def _weight(sign: str) -> float:
    """Return what a sign weighs that belongs to no known term: kanji say most, Latin letters little."""
    return _LATIN if sign.isascii() else _READING if _KANA.match(sign) else _SIGN


def likeness(one: Terms, other: Terms) -> float:
    """Return how alike two names are, 0 to 1: the weight of what they share in what they have."""
    whole = sum(one.values()) + sum(other.values())
    shared = sum(weight + other[term] for term, weight in one.items() if term in other)
    return shared / whole if whole else 0.0


def closest(name: str, phrases: Iterable[str]) -> float:
    """Return the likeness of `name` to the phrase that is most like it."""
    own = terms(name)
    turned = "".join(reversed(_SIGNS.split(name)))  # 控除_医療 is 医療控除
    return max(
        (max(likeness(own, terms(p)), _shortened(name, p), _shortened(turned, p)) for p in phrases),
        default=0.0,
    )


@cache
def _units() -> tuple[str, ...]:
    """Return the endings that say what is counted, shortest first."""
    told = {plain(s) for term in _UNITS for s in (term, *vocabulary()["terms"][term])}
    return tuple(sorted(sorted(told), key=len))


@cache
def _shortened(name: str, phrase: str) -> float:
    """Return the likeness of an abbreviation that takes signs here and there (配控 of 配偶者控除)."""
    short, whole = plain(name), plain(phrase)
    short = next((short.removesuffix(sign) for sign in _units() if short.endswith(sign)), short)
    rest = iter(whole)
    fits = len(short) >= 2 and short[0] == whole[0] and all(sign in rest for sign in short)
    return 0.45 + 0.2 * len(short) / len(whole) if fits else 0.0


@cache
def yes_and_no() -> Mapping[str, str]:
    """Return what stands for yes (`true`) and for no (`false`) in files, by its plain spelling."""
    told = vocabulary()["flags"]
    return {plain(sign) or sign: word for word, signs in told.items() for sign in signs}


def must_not_enter(name: str) -> bool:
    """Say whether a name is one of those whose column must never be read."""
    told = plain(name)
    return any(plain(word) in told for word in vocabulary()["refuse"])
