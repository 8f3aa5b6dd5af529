"""Which rows may be cleared at all: the others are `held` back, and the reason is kept.

'yen': its repairs could move more tax than the certificate answers for; 'evidence': no check of the training
years showed such evidence; 'field': a repair changes a field that those years did not have (a new law);
'lacking': a document of the person may state a deduction for which its file has no place.
"""

from collections.abc import Iterable

import polars as pl

from features.values import FIELD_NAMES
from models.certificate import Known
from models.settings import CertifySettings
from tadasu.fields import FIELDS
from tadasu.tables import NOT_TAKEN_IN

ROW = ("tax_year", "row_id")
Tables = dict[str, pl.DataFrame]


def evidence() -> pl.Expr:
    """Return a row's evidence as text: the field it names and what else it states, never its code or name."""
    marks = [
        pl.when(pl.col(name).is_not_null()).then(pl.lit(mark)).otherwise(pl.lit(""))
        for name, mark in (
            ("related_person_id", "+related"),
            ("stated_value", "+stated"),
            ("expected_value", "+expected"),
        )
    ]
    return pl.concat_str(pl.col("field").fill_null(""), *marks)


def known(past: Iterable[Tables]) -> Known:
    """Return the evidence of the labelled years' rows, and the fields in use there (filled or corrected)."""
    labelled = [year for year in past if year["corrections"].height]
    seen = {text for year in labelled for text in year["inconsistencies"].select(evidence()).to_series()}
    fields = {name for year in labelled for name in _used(year)}
    return Known(tuple(sorted(seen)), tuple(sorted(fields)))


def _used(year: Tables) -> set[str]:
    records = year["assessments"]
    filled = [
        (pl.col(name).is_not_null() & ~pl.col(name).is_in(_empty(name))).any().alias(name)
        for name in FIELD_NAMES
        if name in records.columns
    ]
    used = records.select(filled).row(0, named=True) if records.height else {}
    return {name for name, is_used in used.items() if is_used} | set(
        year["corrections"]["field"].drop_nulls()
    )


def _empty(name: str) -> list[object]:
    kind = FIELDS[name].kind
    return [FIELDS[name].values[0]] if kind == "status" else [False] if kind == "flag" else [0]


def lacking(tables: Tables) -> pl.DataFrame:
    """Return (tax_year, row_id) of the rows of people of whose documents not all could be taken in."""
    listed = tables["inconsistencies"]
    if NOT_TAKEN_IN.name not in tables:
        return listed.select(ROW).clear()
    people = tables["documents"].join(tables[NOT_TAKEN_IN.name], on="document_id", how="semi")
    return listed.join(people, on="person_id", how="semi").select(ROW)


def held(
    repairs: pl.DataFrame,
    changes: pl.DataFrame,
    listed: pl.DataFrame,
    seen: Known,
    promise: CertifySettings,
    lacking: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return (tax_year, row_id, held): why a row must not be cleared, '' where it may.

    Args:
        repairs: tax_year, row_id, repair_id, p, tax_delta; a tax that could not be computed counts as beyond
            `clip_yen`.
        changes: the repairs' changes.
        listed: the year's `inconsistencies`.
        seen: evidence and fields of the training years.
        promise: `clip_yen` and `clip_chance`.
        lacking: tax_year, row_id of the rows of people whose papers did not come in whole (see `lacking`).
    """
    beyond = (pl.col("tax_delta").abs() > promise.clip_yen).fill_null(value=True)
    chance = pl.col("p").filter(beyond & (pl.col("repair_id") > 0)).sum()
    rows = repairs.group_by(ROW, maintain_order=True).agg(beyond=chance > promise.clip_chance)
    new = (
        changes.filter(~pl.col("field").is_in(list(seen.fields))).select(ROW, new=pl.lit(value=True)).unique()
    )
    rows = rows.join(listed.select(*ROW, shows=evidence()), on=list(ROW), how="left", maintain_order="left")
    rows = rows.join(new, on=list(ROW), how="left", maintain_order="left")
    none = listed.select(ROW).clear()
    apart = (none if lacking is None else lacking).select(*ROW, lacks=pl.lit(value=True))
    rows = rows.join(apart, on=list(ROW), how="left", maintain_order="left")
    reason = (
        pl.when(pl.col("lacks").is_not_null()).then(pl.lit("lacking"))
        .when(~pl.col("shows").is_in(list(seen.evidence))).then(pl.lit("evidence"))
        .when(pl.col("new").is_not_null()).then(pl.lit("field"))
        .when("beyond").then(pl.lit("yen"))
        .otherwise(pl.lit(""))
    )  # fmt: skip
    return rows.select(*ROW, held=reason)
