"""A code table as lines of a proposal: what each code stands for, with its count, or what is open."""

from collections.abc import Iterator, Mapping

from tadasu.extract.sniff.codes import guess
from tadasu.extract.sniff.content import Content
from tadasu.extract.sniff.match import Match
from tadasu.extract.sniff.notes import DOUBT, quoted, scalar, word

_MOST_CODES = 80


def coded_lines(match: Match, coded: Mapping[str, str], notes: list[str]) -> Iterator[str]:
    """Return the lines of a column of codes: in one where all are known, otherwise one for each code."""
    column, content = match.column, match.content
    told = guess(content, column)
    name = scalar(content.name)
    if not told.needed:
        yield f"{column.name}: {name}   # {'; '.join(notes)}"
        return
    if not told.open and (told.sure or not content.filled):
        pairs = ", ".join(f"{quoted(k)}: {word(v)}" for k, v in told.known.items())
        yield f"{column.name}: {{from: {name}, codes: {{{pairs}}}}}   # {'; '.join(notes)}"
        return
    yield f"{column.name}:   # {'; '.join(notes)}"
    yield f"  from: {name}"
    more = f" …（ほか{len(column.values) - 12}、docs/data_dictionary.md）" if len(column.values) > 12 else ""
    yield f"  codes:   # 標準の値: {' / '.join(column.values[:12]) or 'true / false'}{more}"
    yield from (f"    {line}" for line in _listed(content, told.known, coded, sure=told.spoken))


def _listed(
    content: Content, known: Mapping[str, str], coded: Mapping[str, str], *, sure: bool
) -> Iterator[str]:
    """Return a line for each code with its count: known, guessed by what stands beside it, or open."""

    def said(value: str) -> str:
        return f"「{content.meanings[value]}」" if value in content.meanings else ""

    yield f'"": {word(known.get("", ""))}   # 空欄'
    for value, times in content.values[:_MOST_CODES]:
        if value in coded:
            mark = said(value) or f" {DOUBT} 要確認: 中身からの推定"
            yield f"{quoted(value)}: {word(coded[value])}   # {times:,}件{mark}"
        elif value in known:
            mark = "" if sure else f" {DOUBT} 要確認: コードの意味は推定"
            yield f"{quoted(value)}: {word(known[value])}   # {times:,}件{mark}"
        else:
            how = "未定: 行頭の # を消し、標準の値を書く"
            yield f"# {quoted(value)}:    # {times:,}件{said(value)} {DOUBT} {how}"
    seen = {value for value, _ in content.values}
    told = {**coded, **known}
    for value in dict.fromkeys((*told, *content.meanings)):
        unseen = value and value not in seen and (value in known or value in content.meanings)
        if value in told and unseen:
            yield f"{quoted(value)}: {word(told[value])}   # 0件{said(value)}"
        elif value not in told and value not in seen:
            yield f"# {quoted(value)}:    # 0件{said(value)} {DOUBT} 未定"
