"""Publish: the suggestions as people take them away, for programs and for officers; what to look at again."""

import polars as pl

from pipelines.job import Job
from tadasu.fields import FIELDS, VALUE_WORDS
from tadasu.tables import INCONSISTENCIES, SECOND_LOOK, SUGGESTIONS

BOM = "\ufeff".encode()
LANE_NAMES = {"clear": "修正不要", "confirm": "確認", "review": "要審査", "inquire": "照会"}
CHECK_NAME, MESSAGE = "チェック名", "メッセージ"
LOOK_AGAIN = "見直し（判断後に変わった資料）"


def spreadsheet(frame: pl.DataFrame) -> bytes:
    """Return the table as CSV, UTF-8 with a byte order mark; no cell of it can act as a formula.

    A text that begins like a formula gets an apostrophe before it; a negative whole number stays as it is.
    """
    return BOM + frame.with_columns(_guarded(pl.col(pl.String))).write_csv().encode()


def _guarded(text: pl.Expr) -> pl.Expr:
    acts = text.str.contains(r"^[\s]*[=+\-@\t\r]") & ~text.str.contains(r"^-[0-9]+$")
    return pl.when(acts).then(pl.lit("'") + text).otherwise(text).name.keep()


def japanese(
    suggestions: pl.DataFrame, rows: pl.DataFrame, again: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return the suggestions for an officer: all in Japanese, with the check and its message.

    Args:
        suggestions: `tables.SUGGESTIONS`.
        rows: `tables.INCONSISTENCIES`.
        again: `tables.SECOND_LOOK`; with it a column names the documents that changed since staff decided.
    """
    said = rows.select("row_id", pl.col("check_name").alias(CHECK_NAME), pl.col("message").alias(MESSAGE))
    labels = {name: field.label for name, field in FIELDS.items()}
    told = suggestions.join(said, on="row_id", how="left", maintain_order="left").with_columns(
        pl.col("field").replace(labels),
        pl.col("lane").replace(LANE_NAMES),
        pl.col("current_value", "proposed_value").replace(VALUE_WORDS),
        pl.when("proposed").then(pl.lit("○")).otherwise(pl.lit("")).alias("proposed"),
        pl.col("p_correction", "p_field").round(4),
        pl.col("tax_delta").cast(pl.String).fill_null("未計算"),
    )
    names = list(SUGGESTIONS.schema)
    after = names.index("check_code") + 1
    order = [*names[:after], CHECK_NAME, MESSAGE, *names[after:]]
    if again is not None:
        changed = again.select("row_id", pl.col("documents_changed").alias(LOOK_AGAIN))
        told = told.join(changed, on="row_id", how="left", maintain_order="left")
        order.insert(order.index("lane") + 1, LOOK_AGAIN)
    headings = {column.name: column.label for column in SUGGESTIONS.columns}
    return told.select(order).rename(headings)


def to_look_at(again: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the decided rows whose documents changed, for an officer, with the check and its message.

    Args:
        again: `tables.SECOND_LOOK`.
        rows: `tables.INCONSISTENCIES`.
    """
    said = rows.select(
        "row_id",
        "person_id",
        "check_code",
        pl.col("check_name").alias(CHECK_NAME),
        pl.col("message").alias(MESSAGE),
    )
    told = again.join(said, on="row_id", how="left", maintain_order="left")
    headings = {column.name: column.label for column in (*INCONSISTENCIES.columns, *SECOND_LOOK.columns)}
    order = ["tax_year", "row_id", "person_id", "check_code", CHECK_NAME, MESSAGE, "documents_changed", "was"]
    return told.select(order).rename({name: headings[name] for name in order if name in headings})


def run(job: Job) -> None:
    """Write the newest year's suggestions as CSV and as CSV in Japanese, and what to look at again."""
    year = job.years()[-1]
    suggestions = job.table(year, SUGGESTIONS.name)
    rows = job.table(year, INCONSISTENCIES.name)
    name = f"{year}/{SECOND_LOOK.name}.parquet"  # folders of earlier versions lack it
    again = job.table(year, SECOND_LOOK.name) if job.has(name) else SECOND_LOOK.empty()
    job.progress(str(year), 0.0)
    job.write(f"{year}/suggestions.csv", spreadsheet(suggestions))
    job.write(f"{year}/suggestions.ja.csv", spreadsheet(japanese(suggestions, rows, again)))
    job.write(f"{year}/second_look.ja.csv", spreadsheet(to_look_at(again, rows)))
    job.detail["model_id"] = suggestions["model_id"].first()
    job.detail["rows"] = suggestions["row_id"].n_unique()
    job.detail["second_look"] = again.height
    job.progress("", 1.0)


if __name__ == "__main__":
    from pipelines.stage import main

    main("publish")
