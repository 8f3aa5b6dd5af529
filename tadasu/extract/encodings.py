"""Bytes to text: what encoding a file is in, and which of its lines are not.

Lines are cut as bytes: neither UTF-8 nor Shift_JIS has a line end inside a character.
"""

import codecs
from dataclasses import dataclass

import polars as pl

_SAMPLE = 4_000_000
_ENDS = (b"\n", b"\r")
_END_OF_FILE = b"\x1a"
"""Ctrl-Z, with which old systems end a text file."""

_NOT_CP932 = "\x80\xa0\uf8f0\uf8f1\uf8f2\uf8f3"
"""What Python makes of the bytes 80, A0, FD, FE and FF, which mean nothing in cp932."""


@dataclass(frozen=True, slots=True)
class Guess:
    """Which encoding a file seems to have, whether that is certain, and why (Japanese, for staff)."""

    encoding: str
    sure: bool
    why: str


def guess(data: bytes) -> Guess:
    """Guess whether the bytes are UTF-8 or cp932: text of one of them is hardly ever text of the other."""
    if data.startswith(codecs.BOM_UTF8):
        return Guess("utf-8", True, "先頭に BOM がある")
    sample = data[:_SAMPLE]
    if sample.isascii():
        return Guess("cp932", False, "英数字だけなので、どの文字コードでも同じに読める")
    bad = {name: _bad_lines(sample, name) for name in ("utf-8", "cp932")}
    if bad["utf-8"] == 0:
        return Guess("utf-8", True, "全角文字がすべて UTF-8 として読める")
    name = min(bad, key=lambda encoding: bad[encoding])
    why = f"{name} として読めない行が {bad[name]} 行（ほかの文字コードでは {max(bad.values())} 行）"
    return Guess(name, bad[name] == 0, why)


def _bad_lines(sample: bytes, encoding: str) -> int:
    lines = sample.split(b"\n")
    return sum(_decoded(line, encoding) is None for line in lines[: max(1, len(lines) - 1)])


def _decoded(line: bytes, encoding: str) -> str | None:
    try:
        text = line.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if encoding == "cp932" and any(sign in text for sign in _NOT_CP932) else text


@dataclass(frozen=True, slots=True)
class Physical:
    """The lines of a text file as bytes, without their ends and without blank lines at the end.

    ended: whether the last line has an end. mixed: whether the file mixes kinds of line ends.
    """

    lines: list[bytes]
    ended: bool
    mixed: bool


def split(data: bytes) -> Physical:
    """Cut a file into lines, whatever their ends are."""
    data = data.removeprefix(codecs.BOM_UTF8).removesuffix(_END_OF_FILE)
    ended = not data or data.endswith(_ENDS)
    windows, alone, unix = data.count(b"\r\n"), data.count(b"\r"), data.count(b"\n")
    kinds = (windows > 0) + (alone > windows) + (unix > windows)
    if alone:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    data = data.rstrip(b"\n")
    return Physical(data.split(b"\n") if data else [], ended, kinds > 1)


def decoded(lines: list[bytes], encoding: str) -> pl.DataFrame:
    """Return `line` (from 1), `raw` and `undecodable`; `raw` is empty text where a line cannot be decoded."""
    try:
        text = b"\n".join(lines).decode(encoding)
        sound = encoding != "cp932" or not any(sign in text for sign in _NOT_CP932)
    except UnicodeDecodeError:
        text, sound = "", False
    marks: list[bool] | None = None
    if sound:
        texts = text.split("\n") if lines else []
    else:
        one_by_one = [_decoded(line, encoding) for line in lines]
        marks = [one is None for one in one_by_one]
        texts = [one or "" for one in one_by_one]
    return pl.DataFrame({"raw": texts}, schema={"raw": pl.String()}).select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("line"),
        "raw",
        undecodable=pl.Series(marks, dtype=pl.Boolean()) if marks else pl.lit(False),
    )
