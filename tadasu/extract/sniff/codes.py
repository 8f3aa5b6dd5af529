"""Code tables as guessed: which of a file's codes stands for which word of the standard layout."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from tadasu.extract.sniff.content import Content
from tadasu.extract.sniff.words import closest, plain, terms, vocabulary, yes_and_no
from tadasu.fields import FIELDS
from tadasu.tables import DOCUMENTS, Column

_LIKE = 0.8
_SHORT = 3
_KINDS = next(column for column in DOCUMENTS.columns if column.name == "kind").values
_PAIRS = (("はい", "いいえ"), ("有", "無"), ("あり", "なし"), ("該当", "非該当"), ("○", "×"), ("Y", "N"))
_OPPOSITE = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])}
_BETWEEN = re.compile(r"[・/／、,\s]+")


@dataclass(frozen=True, slots=True)
class Guess:
    """A code table. known: code → word. open: codes without a word, with their counts.

    sure: whether every code says itself what it means. needed: False where the file has the words already.
    spoken: whether the known codes say so themselves, rather than by the usual order 0, 1, 2.
    """

    known: Mapping[str, str]
    open: tuple[tuple[str, int], ...] = ()
    sure: bool = True
    needed: bool = True
    spoken: bool = True


def is_coded(column: Column) -> bool:
    """Say whether a column holds words or flags, for which a system has codes of its own."""
    return bool(column.values) or column.dtype == pl.Boolean()


def guess(content: Content, column: Column) -> Guess:
    """Return the code table of a column that holds words or flags."""
    words = ("true", "false") if column.dtype == pl.Boolean() else column.values
    if all(value in words for value, _ in content.values) and (content.values or not content.meanings):
        return Guess({}, needed=False)
    blank = content.filled < content.rows
    if content.meanings and (said := _said(content, column)):
        return Guess(said | ({"": ""} if blank and "" not in said else {}), _open(content, said))
    known, sure = _flags(content, blank=blank) if column.dtype == pl.Boolean() else _words(content, column)
    left = _open(content, known)
    if blank and "" not in known:
        known[""] = ""
    return Guess(known, left, sure and not left, spoken=sure)


def _by_label(words: Sequence[str], column: Column) -> dict[str, str]:
    """Return yes for the one of two words that the column is called by (別居 of 同居 and 別居)."""
    label, called = plain(column.label), terms(column.label)
    own = [word for word in words if plain(word) in label or label in plain(word)]
    own = own or [word for word in words if terms(word).keys() & called.keys()]
    if len(words) != 2 or len(own) != 1:
        return {}
    return {word: "true" if word == own[0] else "false" for word in words}


def _open(content: Content, known: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    return tuple((value, times) for value, times in content.values if value not in known)


def _said(content: Content, column: Column) -> dict[str, str]:
    """Return what codes mean by the words that a record layout has for them."""
    words = tuple(content.meanings.items())
    said = replace(content, values=tuple((word, 1) for _, word in words), numeric=False, meanings={})
    if column.dtype == pl.Boolean():
        told, _ = _flags(said, blank=False)
        left = [word for _, word in words if word not in told]
        only = len(left) == 1 and {told[word] for _, word in words if word in told} == {"false"}
        told |= {left[0]: "true"} if only else _by_label(left, column)
    else:
        told, _ = _words(said, column)
    return {code: told[word] for code, word in words if word in told}


def share_known(content: Content, column: Column) -> float:
    """Return which share of the filled cells a column's words are found in."""
    if not content.filled:
        return 0.0
    told = guess(content, column)
    if not told.known and told.needed:
        return 0.0
    # The codes are those of all years that were read, the filled cells those of the newest.
    return 1.0 - sum(times for _, times in told.open) / sum(times for _, times in content.values)


def _flags(content: Content, *, blank: bool) -> tuple[dict[str, str], bool]:
    signs = yes_and_no()
    known = {v: signs[plain(v) or v] for v, _ in content.values if (plain(v) or v) in signs}
    known |= {o: "false" if known[v] == "true" else "true" for v in tuple(known) if (o := _OPPOSITE.get(v))}
    digits = {v for v, _ in content.values if re.fullmatch("[01]", v)}
    if digits and all(v in ("0", "1") for v, _ in content.values):
        known |= {"1": "true", "0": "false"}
    sure = True
    seen = {known[v] for v, _ in content.values if v in known}
    if blank and seen == {"true"}:
        # Where only 'yes' is ever written, a blank cell is 'no'.
        known[""] = "false"
        sure = not digits
    return known, sure


def _words(content: Content, column: Column) -> tuple[dict[str, str], bool]:
    if column.name == "field":
        return {code: word for code, word in _fields(content).items() if word in column.values}, True
    told = vocabulary()["codes"].get(column.name, {})
    known = {}
    for value, _ in content.values:
        word = _word(value, {w: s for w, s in told.items() if w in column.values})
        if word:
            known[value] = word
    if not known and content.numeric:
        return _digits(content, column)
    return known, True


def _word(value: str, told: Mapping[str, list[str]]) -> str:
    """Return the word one of whose spellings the value is, or begins with (the longest counts).

    Several spellings of one word may stand together (妻・夫), and one may be cut short (ワンスト).
    """
    spellings = {plain(s): word for word, signs in told.items() for s in (word, *signs)}
    if plain(value) in spellings:
        return spellings[plain(value)]
    parts = {spellings.get(plain(part), "") for part in _BETWEEN.split(value)}
    if len(parts) == 1 and "" not in parts:
        return parts.pop()
    inside = sorted((-len(s), word) for s, word in spellings.items() if len(s) > 1 and s in plain(value))
    if len({word for length, word in inside if length == inside[0][0]}) > 1:
        return ""  # 申告特例通知: neither 申告 nor 特例 alone
    whole = sorted((s for s in spellings if len(s) > 1 and plain(value).startswith(s)), key=len)
    if whole:
        return spellings[whole[-1]]
    longer = {word for s, word in spellings.items() if len(value) >= _SHORT and s.startswith(plain(value))}
    alike = {word for s, word in spellings.items() if terms(s) == terms(value) and not value.isascii()}
    return longer.pop() if len(longer) == 1 else alike.pop() if len(alike) == 1 else ""


def kind_named(stem: str) -> str:
    """Return which kind of document a file's name says that it holds, '' where it says none, or several."""
    told = vocabulary()["codes"]["kind"]
    called = plain(stem)
    words = {
        word
        for word, signs in told.items()
        if word in _KINDS and any(plain(sign) in called for sign in signs if not sign.isascii())
    }
    return words.pop() if len(words) == 1 else ""


def _digits(content: Content, column: Column) -> tuple[dict[str, str], bool]:
    """Return what digits stand for: by an official table, or for statuses in the usual order 0, 1, 2."""
    official = vocabulary()["digits"].get(column.name)
    if official:
        return {v: official[v] for v, _ in content.values if v in official}, True
    if column.values[0] == "none":
        usual = {str(place): word for place, word in enumerate(column.values)}
        return (usual if any(v in usual for v, _ in content.values) else {}), False
    return {}, False


def _fields(content: Content) -> dict[str, str]:
    """Return the tax field whose label the value is."""
    known = {}
    for value, _ in content.values:
        likes = sorted((closest(value, (f.label,)), name) for name, f in FIELDS.items())
        if likes[-1][0] >= _LIKE and likes[-1][0] > likes[-2][0]:
            known[value] = likes[-1][1]
    return known
