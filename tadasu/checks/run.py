"""Run: all checks of a system over a year's records, as its list of inconsistencies."""

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from tadasu.checks.catalogue import CATALOGUE
from tadasu.checks.check import Check
from tadasu.checks.codes import CATALOGUE_CODES, CodeTable
from tadasu.checks.records import Records
from tadasu.checks.rows import ROW
from tadasu.checks.waves import DEFAULT_WAVES, Waves
from tadasu.law import Law
from tadasu.tables import INCONSISTENCIES


def run(
    tables: Mapping[str, pl.DataFrame],
    law: Law,
    codes: CodeTable = CATALOGUE_CODES,
    *,
    waves: Waves = DEFAULT_WAVES,
    merged_on: date | None = None,
    checks: Iterable[Check] = CATALOGUE,
) -> pl.DataFrame:
    """Return `inconsistencies` (the standard layout), sorted by key.

    A row's number depends on its check, its person and what it is about only, not on who else is in the
    tables, nor on which other checks are made.

    Args:
        tables: the year's tables after the merge, in the standard layout, by name.
        law: of the tax year.
        codes: what the system prints for each check; one that it leaves out is not made.
        waves: on which days it runs.
        merged_on: the day of the merge: documents received later are not in the record. None: all are.
        checks: those of the catalogue to make.

    Raises:
        ValueError: a table is missing, or a column is missing or has another type than declared.
    """
    records = Records.of(tables, law, merged_on)
    made = [_found(check, records, law) for check in checks if check.code in codes.printed]
    if not made:
        return INCONSISTENCIES.empty()
    listed = _dated(pl.concat(made), records, waves).with_columns(
        tax_year=pl.lit(law.year, pl.Int32), document_ids=_joined()
    )
    return INCONSISTENCIES.arrange(_numbered(codes.printed_on(listed)))


def _found(check: Check, records: Records, law: Law) -> pl.DataFrame:
    found = check.find(records, law)
    if found.schema != pl.Schema(ROW):
        raise ValueError(f"check {check.code}: columns {dict(found.schema)}, expected {ROW}")
    return found.with_columns(
        field=pl.coalesce("field", pl.lit(check.field, pl.String)),
        check=pl.lit(check.code),
        wave=pl.lit(check.wave, pl.Int64),
    )


def _joined() -> pl.Expr:
    joined = pl.col("document_ids").list.join(";")
    return pl.when(joined != "").then(joined)


def _dated(listed: pl.DataFrame, records: Records, waves: Waves) -> pl.DataFrame:
    """Add the day: the wave of the check, or the first run after the documents of the row were there."""
    days = records.documents.select("document_id", "received_on")
    numbered = listed.with_row_index("row")
    received = (
        numbered.select("row", document_id="document_ids")
        .explode("document_id")
        .join(days, on="document_id")
        .group_by("row")
        .agg(received=pl.col("received_on").max())
    )
    homes = records.residents.select("person_id", household="household_id")
    known = numbered.join(received, on="row", how="left", maintain_order="left").join(
        homes, on="person_id", how="left", maintain_order="left"
    )
    home = pl.coalesce("household", "person_id")
    return known.with_columns(
        detected_on=waves.raised_on(records.law.year, pl.col("wave"), home, pl.col("received"))
    )


def _numbered(listed: pl.DataFrame) -> pl.DataFrame:
    """Number the rows of one person under one check by what they are about."""
    order = ("person_id", "check", "field", "related_person_id", "document_ids", "message")
    place = pl.int_range(1, pl.len() + 1).over("person_id", "check")
    row_id = pl.format(
        "{}-{}-{}-{}", "tax_year", "check_code", "person_id", place.cast(pl.String).str.zfill(2)
    )
    return listed.sort(order, nulls_last=False).with_columns(row_id=row_id)
