"""The law as pages for readers: `docs/law.md` and `COVERAGE.md`, generated from the years' files.

Run `python -m tadasu.law.reference` after a change of the law; a test says when the pages are stale.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from tadasu.law.law import Law
from tadasu.law.load import FOLDER, read
from tadasu.law.shapes import BASES, Amount, Rate, Row, Schedule

Shape = Amount | Rate | Schedule
_HEADS = {"year", "name", "title", "ordinance_name"}

_COVERAGE = FOLDER / "COVERAGE.md"
_MARK = "<!-- generated below -->"
_PREFACE = """\
このページは `tadasu/law/years/` と `tadasu/law/ordinances/` から生成した。
直接直さず、`python -m tadasu.law.reference` で作り直す。
根拠の「未確認」は、その数値を裏付ける資料を誰も読んでいないことを示す。「条文」は条文の文を読んだものだけに付ける。
条文の番号そのものは、数値の根拠にかかわらず、条文では確かめていない。"""


def parameters(law: Law) -> dict[str, Shape]:
    """Return every number of a year's law by its path, in the file's order; the ordinance's come last."""
    return dict(_walk(law, ""))


def _walk(section: Any, path: str) -> Iterator[tuple[str, Shape]]:
    for field in fields(section):
        value = getattr(section, field.name)
        if isinstance(value, Amount | Rate | Schedule):
            yield path + field.name, value
        elif is_dataclass(value) and field.name not in _HEADS:
            yield from _walk(value, f"{path}{field.name}.")


def labels() -> dict[str, str]:
    """Return the Japanese name of each path (`labels.yaml`)."""
    return read(FOLDER / "labels.yaml")


def render() -> str:
    """Return `docs/law.md`: changes from year to year, then each year's numbers with article and basis."""
    laws = [Law.of(year) for year in Law.years()]
    names = labels()
    pages = [
        "# 個人住民税の法律（数値と根拠）",
        _PREFACE,
        "## 年度間の違い",
        *(_changes(before, after, names) for before, after in pairwise(laws)),
        *(_year(law, names) for law in reversed(laws)),
    ]
    return "\n\n".join(pages) + "\n"


def _changes(before: Law, after: Law, names: dict[str, str]) -> str:
    old, new = parameters(before), parameters(after)
    lines = [
        f"| {names[path]} | {_text(old[path])} | {_text(new[path])} | {new[path].cite.text} |"
        for path in new
        if _text(old[path]) != _text(new[path])
    ]
    head = f"### {before.name} → {after.name}\n\n"
    if not lines:
        return head + "違いはない。"
    table = [f"| 項目 | {before.name} | {after.name} | 条文 |", "|---|---|---|---|", *lines]
    return head + "\n".join(table)


def _year(law: Law, names: dict[str, str]) -> str:
    lines = [
        f"| {names[path]} | {_text(shape)} | {shape.cite.text} | {_basis(shape)} |"
        for path, shape in parameters(law).items()
    ]
    return "\n".join(
        [
            f"## {law.name}（{law.year}年度、{law.title}）",
            "",
            "| 項目 | 値 | 条文 | 根拠 |",
            "|---|---|---|---|",
            *lines,
        ]
    )


def _basis(shape: Shape) -> str:
    cite = shape.cite
    return "；".join(part for part in (BASES[cite.basis], cite.source, cite.note) if part)


def _text(shape: Shape) -> str:
    if isinstance(shape, Amount):
        return f"{shape.value:,}"
    if isinstance(shape, Rate):
        return _rate(shape.fraction)
    steps = [_step(row) for row in shape.rows]
    return "<br>".join(steps) + ("<br>（端数切上げ）" if shape.up else "")


def _step(row: Row) -> str:
    upto = (
        f"{row.to:,}以下："
        if row.to is not None
        else "それを超える："
        if row.value or row.times
        else "ほか："
    )
    if not row.times:
        return f"{upto}{row.value:,}"
    argument = f"（{row.step:,}未満切捨て）" if row.step > 1 else ""
    sign = "－" if row.minus > 0 else "＋"
    minus = f"{sign}{abs(row.minus):,}" if row.minus else ""
    return f"{upto}×{_rate(row.times)}{argument}{minus}"


def _rate(rate: Fraction) -> str:
    percent = rate * 100
    exact = Fraction(str(round(float(percent), 6)))
    if exact == percent:
        return f"{float(percent):g}%"
    return f"{rate.numerator}/{rate.denominator}"


def coverage() -> str:
    """Return `COVERAGE.md`: what is written by hand, then the numbers by basis and the unverified ones."""
    by_hand = _COVERAGE.read_text(encoding="utf-8").partition(_MARK)[0].rstrip()
    names = labels()
    table = ["| 年度 | " + " | ".join(BASES.values()) + " | 計 |", "|---|" + "---|" * (len(BASES) + 1)]
    unverified: dict[str, list[int]] = {}
    for year in Law.years():
        found = parameters(Law.of(year))
        counts: Counter[str] = Counter(shape.cite.basis for shape in found.values())
        cells = [str(counts[basis]) for basis in BASES] + [str(len(found))]
        table.append(f"| {year} | " + " | ".join(cells) + " |")
        for path, shape in found.items():
            if shape.cite.basis == "unverified":
                unverified.setdefault(f"{names[path]}：{shape.cite.law}", []).append(year)
    listed = [f"- {what}（{', '.join(map(str, years))}）" for what, years in unverified.items()]
    parts = [by_hand, _MARK, "## 数値の根拠", "\n".join(table), "## 未確認の数値", "\n".join(listed)]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Write both pages anew."""
    docs = Path(__file__).parents[2] / "docs"
    (docs / "law.md").write_text(render(), encoding="utf-8")
    _COVERAGE.write_text(coverage(), encoding="utf-8")


if __name__ == "__main__":
    main()
