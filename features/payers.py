"""What is known of the payers behind a row's papers: how often they are listed, and how that ended before.

This year's list is evidence without labels: how many of a payer's people are on it, and with the same check.
Earlier years say how rows on a payer's papers about the same field ended.
"""

import polars as pl

from features.labels import labels

SHRINK = 4
"""Rows of the overall share that a payer's own share is mixed with."""


def row_payers(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Return (row_id, person_id, check_code, named, payer_id) of one year, a line per payer of a row."""
    rows = tables["inconsistencies"].select(
        "row_id",
        "person_id",
        "check_code",
        named=pl.col("field").fill_null(""),
        document_id=pl.col("document_ids").str.split(";"),
    )
    papers = (
        tables["documents"].select("document_id", "payer_id", "kind").filter(pl.col("payer_id").is_not_null())
    )
    lines = rows.explode("document_id", empty_as_null=False).join(papers, on="document_id")
    return lines.drop("document_id", "kind").unique().sort("row_id", "payer_id")


def payer_rows(
    tables: dict[str, pl.DataFrame],
    past: dict[int, dict[str, pl.DataFrame]],
    bulk_staff: tuple[str, ...] = (),
) -> pl.DataFrame:
    """Return by row_id what is known of its payers; of several the most conspicuous.

    payer_listed: people of the payer on the list; payer_same_share: share of its people with the same check;
    payer_field_rows and payer_field_share: earlier rows on its papers about the same field, and the share of
    them that was corrected, less that of all payers (shrunk towards 0).
    """
    lines = row_payers(tables)
    people = tables["documents"].group_by("payer_id").agg(payer_all=pl.col("person_id").n_unique())
    listed = lines.group_by("payer_id").agg(payer_listed=pl.col("person_id").n_unique())
    same = lines.group_by("payer_id", "check_code").agg(payer_same=pl.col("person_id").n_unique())
    frame = lines.join(people, on="payer_id", how="left").join(listed, on="payer_id", how="left")
    frame = frame.join(same, on=["payer_id", "check_code"], how="left")
    frame = frame.join(_earlier(past, bulk_staff), on=["payer_id", "named"], how="left")
    return (
        frame.with_columns(payer_same_share=pl.col("payer_same") / (pl.col("payer_all") + SHRINK))
        .group_by("row_id")
        .agg(
            pl.col("payer_all", "payer_listed", "payer_same", "payer_same_share", "payer_field_rows").max(),
            pl.col("payer_field_share").max(),
        )
        .sort("row_id")
    )


def _earlier(past: dict[int, dict[str, pl.DataFrame]], bulk_staff: tuple[str, ...]) -> pl.DataFrame:
    parts = [
        row_payers(year).join(
            labels(year["corrections"], bulk_staff).select("row_id", "signature"), on="row_id"
        )
        for _, year in sorted(past.items())
        if year["corrections"].height
    ]
    if not parts:
        schema = {
            "payer_id": pl.String(),
            "named": pl.String(),
            "payer_field_rows": pl.Int64(),
            "payer_field_share": pl.Float64(),
        }
        return pl.DataFrame(schema=schema)
    every = pl.concat(parts).with_columns(wrong=(pl.col("signature") != "").cast(pl.Int64))
    mean = every.group_by("named").agg(mean=pl.col("wrong").mean())
    counted = every.group_by("payer_id", "named").agg(
        payer_field_rows=pl.len().cast(pl.Int64), wrong=pl.col("wrong").sum()
    )
    share = (pl.col("wrong") + SHRINK * pl.col("mean")) / (pl.col("payer_field_rows") + SHRINK)
    return (
        counted.join(mean, on="named")
        .with_columns(payer_field_share=share - pl.col("mean"))
        .select("payer_id", "named", "payer_field_rows", "payer_field_share")
    )
