"""What earlier years say: how often rows like this one, and papers of this payer, led to a correction.

Only the tables of earlier years come in. A check of an earlier year is found by the crosswalk, so that its
record lasts when all codes change; beside it stands the record of all rows with the same kind of evidence.
"""

import polars as pl

from features.labels import labels

EVIDENCE = ("named_field", "has_related", "has_stated", "has_expected")


def _rows(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    return tables["inconsistencies"].select(
        "row_id",
        "person_id",
        "check_code",
        "check_name",
        named_field=pl.col("field").fill_null(""),
        has_related=pl.col("related_person_id").is_not_null(),
        has_stated=pl.col("stated_value").is_not_null(),
        has_expected=pl.col("expected_value").is_not_null(),
    )


def _walked(rows: pl.DataFrame, walk: pl.DataFrame) -> pl.DataFrame:
    """Give rows of an earlier year the code and name that their check has now; null where it has none."""
    renamed = walk.select("check_code", "check_name", code_then="past_code", name_then="past_name")
    then = rows.rename({"check_code": "code_then", "check_name": "name_then"})
    return then.join(renamed, on=["code_then", "name_then"], how="left").select(rows.columns)


def _count(frame: pl.DataFrame, by: list[str], prefix: str) -> pl.DataFrame:
    corrected = (pl.col("signature") != "").sum()
    return frame.group_by(by).agg(
        corrected.alias(f"{prefix}_corrected"),
        pl.len().alias(f"{prefix}_rows"),
        pl.col("asked").sum().alias(f"{prefix}_asked"),
    )


def row_history(
    tables: dict[str, pl.DataFrame],
    past: dict[int, dict[str, pl.DataFrame]],
    walk: pl.DataFrame,
    bulk_staff: tuple[str, ...] = (),
) -> pl.DataFrame:
    """Return by row_id the earlier record of its check, its kind of evidence and its person.

    `walk` says which checks of earlier years this year's are (`features.crosswalk`).
    """
    rows = _rows(tables)
    done = [
        _walked(_rows(year), walk.filter(pl.col("past_year") == number)).join(
            labels(year["corrections"], bulk_staff), on="row_id"
        )
        for number, year in sorted(past.items())
        if year["corrections"].height
    ]
    known = (
        pl.concat(done)
        if done
        else rows.clear().with_columns(
            signature=pl.lit("", dtype=pl.String), asked=pl.lit(False, dtype=pl.Boolean)
        )
    )
    code, evidence = ["check_code", "check_name"], list(EVIDENCE)
    joined = rows.join(_count(known, code, "code"), on=code, how="left")
    joined = joined.join(_count(known, evidence, "evidence"), on=evidence, how="left")
    joined = joined.join(_count(known, ["person_id"], "person"), on="person_id", how="left")
    shares = [
        (pl.col(f"{part}_{what}") / pl.col(f"{part}_rows")).alias(f"{part}_{what}_share")
        for part in ("code", "evidence")
        for what in ("corrected", "asked")
    ]
    names = [f"{part}_{what}_share" for part in ("code", "evidence") for what in ("corrected", "asked")]
    return (
        joined.with_columns(shares)
        .select("row_id", *names, "code_rows", "evidence_rows", "person_rows", "person_corrected")
        .rename({"person_rows": "person_past_rows", "person_corrected": "person_past_corrected"})
        .sort("row_id")
    )


def payer_history(
    past: dict[int, dict[str, pl.DataFrame]],
) -> pl.DataFrame:
    """Return by payer_id: documents on past lists, and how many of them were found wrong."""
    parts = []
    for _, year in sorted(past.items()):
        wrong = year["corrections"].select("document_id").drop_nulls().unique()
        documents = year["documents"].select("document_id", "payer_id").drop_nulls()
        parts.append(
            documents.with_columns(wrong=pl.col("document_id").is_in(wrong["document_id"].implode()))
        )
    if not parts:
        return pl.DataFrame(
            schema={"payer_id": pl.String(), "payer_documents": pl.Int64(), "payer_wrong": pl.Int64()}
        )
    every = pl.concat(parts)
    return every.group_by("payer_id").agg(
        payer_documents=pl.len().cast(pl.Int64), payer_wrong=pl.col("wrong").sum().cast(pl.Int64)
    )
