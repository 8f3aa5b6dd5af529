"""Random mutations of valid files: no crash, no line lost without a word, no sound line changed.

`make fuzz` runs 10,000 of them (TADASU_FUZZ), the test suite 500.
"""

import datetime as dt
import os
import random
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tadasu.errors import TadasuError
from tadasu.extract import reasons
from tadasu.extract.cut import cut
from tadasu.extract.forms import date_form, digit_tables
from tadasu.extract.found import File
from tadasu.extract.mapped import judged
from tadasu.extract.mapping import Cell, Layout, Part, Position, Reading, Row, Source
from tadasu.extract.translate import batch
from tadasu.extract.writing.files import save
from tadasu.extract.writing.records import records
from tadasu.tables import DEPENDENTS, DONATIONS, QUARANTINE

MUTATIONS = int(os.environ.get("TADASU_FUZZ", "500"))
PARTS = 10
ROWS = 8
YEAR = 2024
OF_OTHERS = {reasons.COPY, reasons.KEY, reasons.CUT_OFF}
"""Why a line that nobody touched may be put aside: another line now has its key, or the file was cut off."""

NAMES = ("番号", "宛名番号", "出所", "資料", "団体", "区分", "金額", "受付日")
SLOTS = (("配偶者", "spouse"), ("扶養1", "dependent"), ("扶養2", "dependent"))
LAYOUTS = (
    Layout(encoding="cp932"),
    Layout(encoding="cp932", multiline=5),
    Layout(encoding="utf-8", delimiter="\t", quote=""),
    Layout(encoding="utf-8-sig", delimiter=";", quote="'", last_line="whole"),
    Layout(encoding="detect", extra_cells=True, skip=("^合計",)),
    Layout(
        "fixed", "cp932", header=0, positions=tuple(Position(n, 1 + 12 * i, 12) for i, n in enumerate(NAMES))
    ),
    Layout("xlsx"),
    Layout("parquet"),
)
WIDE_LAYOUTS = (
    Layout(encoding="cp932"),
    Layout(encoding="utf-8", delimiter="|", quote="", last_line="whole"),
)
JUNK = (
    b'"',
    b"'",
    b",",
    b"\t",
    b"\n",
    b"\r",
    b"\r\n",
    b"\x00",
    b"\xff",
    b"\x81",
    b"\x1a",
    b"0",
    b"O",
    b"-",
    b"\xef\xbb\xbf",
)


def source(layout: Layout) -> Source:
    form = date_form("R05.12.31")
    assert form
    kinds = {"1": "furusato", "2": "ward_ordinance", "3": "community_chest", "4": "other"}
    readings = (
        ("donation_id", Reading()),
        ("person_id", Reading(width=6)),
        ("source", Reading(codes={"特例": "one_stop", "申告": "return"})),
        ("document_id", Reading()),
        ("recipient_code", Reading(width=6)),
        ("kind", Reading(codes=kinds | {"": ""})),
        ("amount", Reading("number")),
        ("received_on", Reading("date", dates=(form,), eras=digit_tables()["statutory"])),
    )
    cells = [Cell(name, (Part(own),), read) for (name, read), own in zip(readings, NAMES, strict=True)]
    row = Row((*cells, Cell("tax_year", constant="{year}")))
    return Source(DONATIONS, ("{year}/n.txt",), layout, (row,))


def wide_source(layout: Layout) -> Source:
    """Return a source whose lines bring a spouse and up to two dependants."""
    rows = []
    for slot, role in SLOTS:
        cells = (
            Cell("document_id", (Part("番号"),)),
            Cell("line_no", number=True),
            Cell("role", constant=role),
            Cell("birth_date", (Part(f"{slot}生年月日"),), Reading("date")),
            Cell("stated_income", (Part(f"{slot}所得"),), Reading("number")),
        )
        rows.append(Row(cells, (f"{slot}生年月日", f"{slot}所得")))
    return Source(DEPENDENTS, ("{year}/n.txt",), layout, tuple(rows))


def dependents(rng: random.Random) -> pl.DataFrame:
    made = []
    for n in range(ROWS):
        filled = [role for _, role in SLOTS if rng.random() < 0.7] or ["dependent"]
        for line, role in enumerate(filled, 1):
            day = dt.date(1950, 1, 1) + dt.timedelta(days=rng.randrange(25_000))
            made.append({"document_id": f"N{n:03}", "line_no": line, "role": role, "birth_date": day})
    frame = pl.DataFrame(made, schema={c: DEPENDENTS.schema[c] for c in made[0]})
    empty = [pl.lit(None, dtype).alias(c) for c, dtype in DEPENDENTS.schema.items() if c not in frame.columns]
    return DEPENDENTS.arrange(frame.with_columns(empty))


def donations(rng: random.Random, *, quoted: bool) -> pl.DataFrame:
    documents = ("D1", "資料,2", '資"3', None, "二\n行") if quoted else ("D1", "資料2", None)
    made = {
        "donation_id": [f"N{n:03}" for n in range(ROWS)],
        "tax_year": [YEAR] * ROWS,
        "person_id": [f"{rng.randrange(10**6):06}" for _ in range(ROWS)],
        "source": [rng.choice(("one_stop", "return")) for _ in range(ROWS)],
        "document_id": [rng.choice(documents) for _ in range(ROWS)],
        "recipient_code": [f"{rng.randrange(10**6):06}" for _ in range(ROWS)],
        "kind": [rng.choice(("furusato", "other", None)) for _ in range(ROWS)],
        "amount": [rng.choice((0, 5000, 12_345_678, None)) for _ in range(ROWS)],
        "received_on": [None] * ROWS,
    }
    return DONATIONS.arrange(pl.DataFrame(made, schema=DONATIONS.schema))


def read(path: Path, told: Source) -> tuple[pl.DataFrame, pl.DataFrame, int, int]:
    """Return what is kept, what is put aside, and how many lines were read and skipped."""
    found = batch(cut(path, told.layout), File(told, YEAR, path, path.name))
    kept, aside, (count,) = judged(told.table, YEAR, [found])
    assert count.read == count.kept + count.quarantined
    assert told.wide or count.kept == kept.height
    assert aside["line"].n_unique() == count.quarantined
    assert aside.schema == pl.Schema(QUARANTINE.schema)
    return kept, aside, count.read, count.skipped


def spoil(line: bytes, rng: random.Random) -> bytes:
    """Change bytes of a line: put in, take out, replace, cut."""
    at = rng.randrange(len(line) + 1)
    to = min(len(line), at + rng.randrange(1, 6))
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: line[:at] + rng.choice(JUNK) + line[at:],
        lambda: line[:at] + line[to:],
        lambda: line[:at] + bytes(rng.randrange(256) for _ in range(to - at)) + line[to:],
        lambda: line[:at],
        lambda: line + line,
        lambda: b"",
    )
    return rng.choice(ways)()


def mutate(lines: list[bytes], rng: random.Random) -> tuple[list[bytes], set[int]]:
    """Return the lines after some mutations, and the places that nobody touched (of the given lines)."""
    touched: set[int] = set()
    out = list(lines)
    for _ in range(rng.randrange(1, 4)):
        place = rng.randrange(len(lines))
        touched.add(place)
        out[place] = spoil(out[place], rng)
    if rng.random() < 0.2:
        out.append(rng.choice(lines[1:]))
    return out, set(range(len(lines))) - touched


@pytest.mark.parametrize("part", range(PARTS))
def test_no_mutation_crashes_or_loses_a_line(tmp_path: Path, part: int) -> None:
    for seed in range(part, MUTATIONS, PARTS):
        rng = random.Random(seed)
        sources = [*map(source, LAYOUTS), *map(wide_source, WIDE_LAYOUTS)]
        told = sources[seed // PARTS % len(sources)]
        try:
            one_file(tmp_path, told, rng)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, {told.layout}: {error}") from error


def one_file(folder: Path, told: Source, rng: random.Random) -> None:
    layout = told.layout
    quoted = layout.multiline > 1 or layout.format in ("xlsx", "parquet")
    given = dependents(rng) if told.wide else donations(rng, quoted=quoted)
    path = folder / "n.txt"
    save(path, records(given, told, YEAR), layout)
    assert read(path, told)[0].equals(given)
    data = path.read_bytes()
    if layout.format in ("xlsx", "parquet"):
        path.write_bytes(spoil(data, rng))
        told_or_read(path, told)
        return
    lines = data.split(b"\r\n")[:-1]
    keys = [keyed(line, given, told) for line in lines]
    changed, untouched = mutate(lines, rng)
    ends = [rng.choice((b"\r\n", b"\n", b"\r\n")) for _ in changed]
    data = b"".join(line + end for line, end in zip(changed, ends, strict=True))
    path.write_bytes(data[: rng.randrange(len(data))] if rng.random() < 0.1 else data)
    cut_off = path.stat().st_size < len(data)
    found = told_or_read(path, told)
    if found is None:
        assert layout.header, "only a line of names can stop a file"
        assert cut_off or 0 not in untouched, "a sound line of names was refused"
        return
    kept, aside, lines_read, skipped = found
    if layout.multiline == 1:
        assert lines_read + skipped == physical(path.read_bytes())
    if cut_off or (layout.header and 0 not in untouched):
        return
    for place in untouched:
        for key in keys[place]:
            own = given.filter(pl.col(told.table.key[0]) == key)
            there = kept.filter(pl.col(told.table.key[0]) == key)
            why = aside.filter(pl.col("value").fill_null("").str.contains(key, literal=True))["reason"]
            assert there.equals(own) or set(why) & OF_OTHERS, f"{key} of an untouched line is lost"


def keyed(line: bytes, given: pl.DataFrame, told: Source) -> list[str]:
    """Return the key that a line begins with, if the record stands on this line alone."""
    found = re.match(rb"N\d{3}", line)
    if not found or line.count(b'"') % 2:
        return []
    key = found[0].decode()
    return [key] if given.filter(pl.col(told.table.key[0]) == key).height else []


def told_or_read(path: Path, told: Source) -> tuple[pl.DataFrame, pl.DataFrame, int, int] | None:
    """Read a file; None where it is refused as a whole, with a message that names it."""
    try:
        return read(path, told)
    except TadasuError as error:
        said = str(error)
    assert path.name in said
    return None


def physical(data: bytes) -> int:
    """Count lines the plain way: whatever ends a line, without empty ones at the end."""
    data = data.removeprefix(b"\xef\xbb\xbf").removesuffix(b"\x1a")
    lines = re.split(rb"\r\n|\r|\n", data)
    while lines and not lines[-1]:
        lines.pop()
    return len(lines)
