"""Income-tax returns sent by e-Tax: amounts by their field codes, all else from the ward's second-page file.

The amounts are those of the income tax, as stated. Counts, statuses and relatives are never inferred from
them: what the second-page file does not say stays empty. The codes are data: `etax_codes.csv`.
"""

import csv
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Mapped
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import polars as pl

from tadasu.errors import TadasuError
from tadasu.extract import found, reasons, translate
from tadasu.extract.batch import Batch
from tadasu.extract.cut.cut import Cut, cut
from tadasu.extract.mapping import layouts
from tadasu.extract.mapping.columns import Context, cell
from tadasu.extract.mapping.model import Cell, Mapping, Part, Reading, Row, Source
from tadasu.extract.mapping.nodes import Node
from tadasu.extract.mends import WITHDRAW, Mends, mended
from tadasu.extract.oddities import Oddity
from tadasu.extract.refused import is_refused
from tadasu.extract.statutory.settings import source_of
from tadasu.extract.statutory.year import FIELD, NO_PLACE, deduction_exists
from tadasu.store import sha256
from tadasu.tables import DOCUMENTS, NOT_TAKEN_IN

_PAGE = "第二表:"
_ALONE = "第二表のない確定申告書（人数・区分は空のまま）"
_UNKNOWN = "知られていない項目コード（読まなかった）"
_OF_FILES = ("files", "year", "refuse", "dates", "era_digits", *layouts.KEYS)
_KEYS = (*_OF_FILES, "id", "amounts", "columns", "second_page")


@dataclass(frozen=True, slots=True)
class Returns:
    """Files of returns.

    source: where they lie, and how their columns are read. number: the column with the return's number.
    long: the columns of code and value where a line holds one amount. page: the second page's files, its
    column with the return's number.
    """

    source: Source
    number: str
    long: tuple[str, str] | None
    page: Source | None
    page_number: str


@cache
def codes() -> dict[str, tuple[str, ...]]:
    """Return by column of `documents` the field codes whose sum it is."""
    with Path(__file__).with_name("etax_codes.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {row["column"]: tuple(r["code"] for r in rows if r["column"] == row["column"]) for row in rows}


def settings_of(mapping: Mapping) -> tuple[Returns, ...]:
    """Return what the part `returns` of a mapping says; none where a ward has no such part."""
    node = mapping.sections.get("returns")
    return tuple(_returns(one) for one in node.nodes()) if node else ()


def sources(mapping: Mapping) -> list[Source]:
    """Return the sources whose files are read here."""
    told = settings_of(mapping)
    return [source for one in told for source in (one.source, one.page) if source]


def batches(folder: Path, mapping: Mapping, mends: Mends | None = None) -> Iterator[Batch]:
    """Read the returns of a ward, with the lines that staff mended: one batch of `documents` a file.

    Raises:
        TadasuError: the part `returns` is wrong, a column is missing, or one holds Individual Numbers.
    """
    for told in settings_of(mapping):
        own = found.of_sources(folder, [told.source], mapping)
        pages = found.of_sources(folder, [told.page], mapping) if told.page else []
        for file in sorted(own, key=lambda one: (one.year, one.name)):
            second = [_page_of(p) for p in pages if p.year == file.year]
            known = mends or Mends.none()
            digest = sha256(file.path) if known.has(file.name) else ""
            own_mends = known.of(file.name, digest)
            of_lines = (pl.col("column") == "") | (pl.col("value") == WITHDRAW)
            raw = known.told(cut(file.path, told.source.layout), file.name, digest)
            amounts = mended(raw, own_mends.filter(of_lines), told.source)
            made = _batch(file, told, amounts, second, own_mends.filter(~of_lines.fill_null(value=False)))
            yield made
            if deduction_exists(file.year) and _lacks(told, amounts):
                yield _not_taken_in(made)


def _returns(node: Node) -> Returns:
    keys = node.fields(_KEYS, ("files", "id", "columns"))
    long = keys["amounts"].fields(("code", "value"), ("code", "value")) if "amounts" in keys else None
    own = _cells(keys["columns"], keys)
    page = page_number = None
    if "second_page" in keys:
        told = keys["second_page"].fields((*_OF_FILES, "id", "columns"), ("files", "id", "columns"))
        page, page_number = source_of(keys["second_page"], told), told["id"].text()
        own = [*own, *(_of_page(one) for one in _cells(told["columns"], told))]
        page = replace(page, refuse=told["refuse"].texts() if "refuse" in told else ())
    given = {one.column for one in own}
    for name in ("document_id", "person_id"):
        if name not in given:
            node.wrong(f"the column {name}, which no document may lack", f"only {', '.join(sorted(given))}")
    amounts = [
        Cell(name, (Part("+".join(of)),), Reading("number"))
        for name, of in codes().items()
        if name not in given
    ]
    fixed = [Cell("kind", constant="tax_return"), Cell("tax_year", constant="{year}")]
    cells = (*own, *amounts, *(one for one in fixed if one.column not in given))
    refuse = keys["refuse"].texts() if "refuse" in keys else ()
    source = replace(source_of(node, keys), rows=(Row(cells),), refuse=refuse)
    pair = (long["code"].text(), long["value"].text()) if long else None
    return Returns(source, keys["id"].text(), pair, page, page_number or "")


def _cells(node: Node, keys: Mapped[str, Node]) -> list[Cell]:
    known = {column.name: column for column in DOCUMENTS.columns}
    told = node.fields(tuple(known))
    context = Context({}, {}).within(keys)
    return [cell(known[name], one, context, told) for name, one in told.items()]


def _of_page(one: Cell) -> Cell:
    parts = tuple(replace(part, source=_PAGE + part.source) if part.source else part for part in one.parts)
    return replace(one, parts=parts)


def _page_of(file: found.File) -> Cut:
    """Read a file of second pages, without the columns that must not enter.

    Raises:
        TadasuError: one holds Individual Numbers and is not refused.
    """
    page = cut(file.path, file.source.layout)
    refused = [name for name in page.names if is_refused(name, file.source.refuse)]
    left = replace(
        page, names=tuple(n for n in page.names if n not in refused), cells=page.cells.drop(refused)
    )
    translate.require_no_numbers(left.cells, file)
    return left


def _batch(
    file: found.File, told: Returns, amounts: Cut, second: Sequence[Cut], mends: pl.DataFrame
) -> Batch:
    _require(amounts, (told.number, *(told.long or ())), file.name, told.source)
    wide, unknown = _wide(amounts, told)
    joined, alone = _joined(_summed(wide), told, second)
    made = translate.batch(mended(joined, mends, told.source), file)
    counts = ((_ALONE, alone if told.page else 0, ()), (_UNKNOWN, len(unknown), unknown))
    odd = tuple(Oddity(file.year, DOCUMENTS.name, *one) for one in counts if one[1])
    # Of returns with an amount a line the batch has the first line; all of its lines stand or fall with it.
    return replace(made, read=amounts.read, oddities=(*made.oddities, *odd))


def _lacks(told: Returns, amounts: Cut) -> bool:
    """Say whether a file with a column a code has none for the deduction that reports have no place for."""
    own = next(one for row in told.source.rows for one in row.cells if one.column == FIELD)
    return told.long is None and own.sources == codes()[FIELD] and own.sources[0] not in amounts.names


def _not_taken_in(made: Batch) -> Batch:
    """Tell the returns of a file that has no column for the deduction."""
    frame = made.frame.join(made.broken, on="line", how="anti")
    odd = (Oddity(made.year, NOT_TAKEN_IN.name, NO_PLACE, frame.height, (made.file,)),)
    told = frame.select("line", "document_id", field=pl.lit(FIELD))
    return replace(made, table=NOT_TAKEN_IN, frame=told, oddities=odd)


def _require(told: Cut, names: Sequence[str], file: str, source: Source) -> None:
    missing = [name for name in names if name not in told.names]
    if missing:
        raise TadasuError(
            f"{file}: no column {', '.join(missing)}; {source.where} names it. The file has: "
            f"{', '.join(told.names)}."
        )


def _wide(amounts: Cut, told: Returns) -> tuple[Cut, tuple[str, ...]]:
    """Return the file with a column for each code, and the codes that are not known."""
    if told.long is None:
        return amounts, ()
    code, value = told.long
    known = [one for of in codes().values() for one in of]
    rest = [name for name in amounts.names if name not in (code, value)]
    lines = amounts.cells.with_columns(pl.col(code).str.strip_chars())
    own = [pl.col(value).filter(pl.col(code) == one).first().alias(one) for one in known]
    twice = pl.col(code).filter(pl.col(code).is_in(known)).is_duplicated().any().alias("_twice")
    whole = lines.group_by(told.number, maintain_order=True).agg(
        "line", *(pl.col(name).first() for name in rest if name != told.number), *own, twice
    )
    bad = (
        whole.filter("_twice")
        .explode("line")
        .select(
            "line",
            column=pl.lit(code),
            value=pl.lit(None, pl.String()),
            reason=pl.lit(reasons.KEY),
        )
    )
    sound = whole.filter(~pl.col("_twice")).with_columns(pl.col("line").list.first()).drop("_twice")
    names = (*rest, *known)
    broken = pl.concat([amounts.broken, bad])
    strangers = lines.filter(~pl.col(code).is_in(known))[code].drop_nulls().unique().sort()
    return replace(amounts, names=names, cells=sound.select("line", *names), broken=broken), tuple(
        strangers.to_list()
    )


def _summed(told: Cut) -> Cut:
    """Add for each column of `documents` the sum of its codes; a code that is not there counts as blank."""
    cells = told.cells
    for of in codes().values():
        there = [code for code in of if code in cells.columns]
        name = "+".join(of)
        if len(of) == 1:
            cells = cells if there else cells.with_columns(pl.lit(None, pl.String()).alias(name))
            continue
        amounts = [
            pl.col(c).str.replace_all(",", "", literal=True).cast(pl.Int64(), strict=False) for c in there
        ]
        filled = [pl.col(c).str.strip_chars().fill_null("") != "" for c in there]
        unread = [amount.is_null() & full for amount, full in zip(amounts, filled, strict=True)]
        total = (
            pl.when(pl.any_horizontal(unread))
            .then(pl.lit("？"))
            .when(pl.any_horizontal(filled))
            .then(pl.sum_horizontal(amounts).cast(pl.String()))
            if there
            else pl.lit(None, pl.String())
        )
        cells = cells.with_columns(total.alias(name))
    return replace(told, names=tuple(name for name in cells.columns if name != "line"), cells=cells)


def _joined(told: Cut, settings: Returns, second: Sequence[Cut]) -> tuple[Cut, int]:
    """Put the second page beside the first; return how many returns have none."""
    if settings.page is None:
        return told, 0
    cells = [
        s for row in settings.source.rows for one in row.cells for s in one.sources if s.startswith(_PAGE)
    ]
    names = list(dict.fromkeys(cells))
    for page in second:
        _require(
            page, [settings.page_number, *(n.removeprefix(_PAGE) for n in names)], "第二表", settings.page
        )
    pages = [
        page.cells.select(
            pl.col(settings.page_number).str.strip_chars().alias("_number"),
            *(pl.col(name.removeprefix(_PAGE)).alias(name) for name in names),
        )
        for page in second
    ]
    empty = pl.DataFrame(schema=dict.fromkeys(["_number", *names], pl.String()))
    whole = pl.concat([empty, *pages]).unique(maintain_order=True).drop_nulls("_number")
    whole = whole.filter(~pl.col("_number").is_duplicated()).with_columns(_there=pl.lit(value=True))
    number = pl.col(settings.number).str.strip_chars().alias("_number")
    joined = told.cells.with_columns(number).join(whole, on="_number", how="left", maintain_order="left")
    alone = joined["_there"].null_count()
    return replace(told, names=(*told.names, *names), cells=joined.drop("_number", "_there")), alone
