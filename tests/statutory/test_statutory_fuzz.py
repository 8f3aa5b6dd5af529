"""Random mutations of statutory files: no crash, no line lost without a word, no name shown.

A tenth as many files as in the fuzzing of mappings (TADASU_FUZZ), since each has many more columns.
"""

import os
import random
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent
from typing import Any

import polars as pl
import pytest

from tadasu.errors import TadasuError
from tadasu.extract import mapping, reasons, statutory
from tadasu.extract.batch import Batch
from tadasu.extract.identifiers import Hider, Key
from tadasu.extract.mapped import judged
from tadasu.tables import DOCUMENTS, QUARANTINE, Table
from tests.mapping.test_mapping_fuzz import mutate, physical

FILES = int(os.environ.get("TADASU_FUZZ", "500")) // 10
AT_ONCE = 5
"""Files that are read together, as a year's reports are."""
ROWS = 6
YEAR = 2025
SECRET = Key(bytes(range(32)))
OF_OTHERS = {reasons.COPY, reasons.KEY, reasons.CUT_OFF, reasons.NO_TARGET, reasons.MANY_TARGETS}
"""Why a line that nobody touched may be put aside: another is like it, or the one it is about was spoilt."""
PLANTED = {
    "name": "渡辺姓名之介", "kana": "ﾜﾀﾅﾍﾞｾｲﾒｲ", "address": "東京都練馬区架空町九丁目",
    "payer_name": "株式会社架空商店",
    "individual_number": "123456789018", "payer_phone": "0355501234", "remarks": "摘要の文言甲",
    "spouse_number": "210987654321", "dependent1_kana": "ﾜﾀﾅﾍﾞｻﾌﾞﾛｳ",
}  # fmt: skip
OF_PENSIONS = ("name", "kana", "address", "payer_name", "payer_phone", "remarks")
CONFIG = """
statutory:
  files: ["{year}/給報*.csv", "{year}/年報*.csv"]
  channel: eltax
  encoding: cp932
  match:
    files: "{year}/突合せ.csv"
    by: {payer: 指定番号, recipient_no: 受給者番号}
    columns: {person_id: 宛名番号, document_id: 資料番号}
returns:
  files: "{year}/申告*.csv"
  encoding: cp932
  id: 受付番号
  columns: {document_id: 受付番号, person_id: 宛名番号}
tables:
  residents: {files: "{year}/r.csv", columns: {person_id: 宛名番号}}
"""


def _reports(line: Any, place: int, rng: random.Random) -> list[bytes]:
    """Return the lines of a file: reports with amounts that nobody else has, a correction, a cancellation."""
    form, width = rng.choice((("315", 98), ("315", 140), ("315", 144), ("331", 49)))
    amount = "salary_paid" if form == "315" else "paid1"
    planted = {name: text for name, text in PLANTED.items() if form == "315" or name in OF_PENSIONS}
    lines = []
    for n in range(ROWS):
        mark = {4: "2", 5: "3"}.get(n, "0")
        told = {**planted, "mark": mark, "payer": f"7000{place:04}", "recipient_no": f"N{place}{n}"}
        lines.append(line(form, width, **told, **{amount: _amount(place, n)}).encode("cp932"))
    return lines


def _amount(place: int, n: int) -> str:
    return str(1_000_000 + 1000 * place + n)


def _returns(place: int) -> list[bytes]:
    head = "受付番号,宛名番号,ABB00080,氏名"
    rows = [f"E{place}{n},P{place}{n},{_amount(place, n)},{PLANTED['name']}" for n in range(ROWS)]
    return [one.encode("cp932") for one in (head, *rows)]


@pytest.mark.parametrize("part", range(5))
def test_no_mutation_crashes_loses_a_line_or_shows_a_name(tmp_path: Path, line: Any, part: int) -> None:
    for seed in range(part, max(FILES // AT_ONCE, 1), 5):
        rng = random.Random(seed)
        try:
            _one_year(tmp_path, line, rng)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error


def _one_year(folder: Path, line: Any, rng: random.Random) -> None:
    here = folder / str(YEAR)
    here.mkdir(exist_ok=True)
    (folder / "ward.yaml").write_text("mapping:\n" + indent(CONFIG, "  "), encoding="utf-8")
    pairs = [
        f"7000{place:04},N{place}{n},P{place}{n},D{place}{n}" for place in range(AT_ONCE) for n in range(ROWS)
    ]
    text = "\n".join(["指定番号,受給者番号,宛名番号,資料番号", *pairs]) + "\n"
    (here / "突合せ.csv").write_text(text, encoding="utf-8")
    sound: dict[str, set[int]] = {}
    for place in range(AT_ONCE):
        name, first = (f"給報{place}.csv", 0) if place < AT_ONCE - 1 else (f"申告{place}.csv", 1)
        given = _returns(place) if first else _reports(line, place, rng)
        sound[name] = {n - first for n in _spoil(here / name, given, rng) if n >= first}
        if first and 0 not in _untouched(here / name, given):
            sound[name] = set()
    tables = _read(folder)
    if tables is None:
        return
    documents, aside = tables
    for place, name in enumerate(sound):
        for n in sound[name]:
            own = documents.filter(
                person_id=SECRET.pseudonym("person", f"P{place}{n}"),
                amount=int(_amount(place, n)),
            )
            why = aside.filter(pl.col("file").str.ends_with(name))["reason"]
            assert own.height or set(why) & OF_OTHERS, f"{name}: report {n}, which nobody touched, is lost"


def _spoil(path: Path, given: list[bytes], rng: random.Random) -> set[int]:
    """Write the lines after some mutations; return the places of those that are as they were given."""
    changed, untouched = mutate(given, rng)
    ends = [rng.choice((b"\r\n", b"\n", b"\r\n")) for _ in changed]
    data = b"".join(one + end for one, end in zip(changed, ends, strict=True))
    cut_off = rng.random() < 0.1
    path.write_bytes(data[: rng.randrange(len(data))] if cut_off else data)
    return set() if cut_off else untouched


def _untouched(path: Path, given: list[bytes]) -> set[int]:
    return {0} if path.read_bytes().splitlines()[:1] == given[:1] else set()


def _read(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame] | None:
    """Read the year; None where a file is refused as a whole, with a message that names it."""
    hider = Hider(SECRET, ("person", "payer", "household"))
    try:
        batches = [hider(one) for one in statutory.batches(folder, mapping.load(folder / "ward.yaml"))]
    except TadasuError as error:
        if "申告" not in str(error):
            raise
        return None
    kept, asides = {}, [QUARANTINE.empty()]
    for table, group in _grouped(batches):
        kept[table.name], aside, counts = judged(table, YEAR, group)
        asides.append(aside)
        for batch, count in zip(group, counts, strict=True):
            assert count.read == count.kept + count.quarantined
            head = 1 if "申告" in batch.file else 0
            lines = physical((folder / batch.file).read_bytes())
            assert count.read + max(count.skipped, head) == lines or lines == 0
        if table == DOCUMENTS:
            assert sum(count.kept for count in counts) == kept[table.name].height
    aside = pl.concat(asides)
    shown = " ".join(str(row) for frame in (*kept.values(), aside) for row in frame.rows())
    found = [text for text in PLANTED.values() if text in shown]
    assert found == [], "what may not enter is shown"
    amounts = pl.coalesce("salary_revenue", "pension_revenue").alias("amount")
    return kept[DOCUMENTS.name].with_columns(amounts), aside


def _grouped(batches: list[Batch]) -> Iterator[tuple[Table, list[Batch]]]:
    for table in dict.fromkeys(batch.table for batch in batches):
        yield table, [batch for batch in batches if batch.table == table]
