"""What cannot be computed: negative counts, absurd amounts, unknown codes; one line a cell."""

from dataclasses import dataclass
from functools import cache

import polars as pl

from tadasu.fields import Field
from tadasu.law.given import INPUTS, Given
from tadasu.law.law import Law
from tadasu.law.load import FOLDER, keys_of, read, whole

_TAX_YEAR = Field("tax_year", "課税年度", "count", "year", "")

FAULT = {"row": pl.Int64(), "column": pl.String(), "value": pl.String(), "expected": pl.String()}


@dataclass(frozen=True, slots=True)
class Plausible:
    """The greatest amount and count that a cell may hold (`plausible.yaml`)."""

    greatest_amount: int
    greatest_count: int


@cache
def plausible() -> Plausible:
    """Return the bounds of what is computed.

    Raises:
        LawError: their file is not right.
    """
    path = FOLDER / "plausible.yaml"
    content = keys_of(read(path), path.name, {"greatest_amount", "greatest_count"})
    return Plausible(**{key: whole(value, f"{path.name}: {key}") for key, value in content.items()})


def faults(frame: pl.DataFrame) -> pl.DataFrame:
    """Return one line a cell that cannot be computed: row (from 0), column, value, expected; by row."""
    known = (*INPUTS.items(), ("tax_year", _TAX_YEAR))
    found = [_faults(frame[name], field) for name, field in known if _has(frame, name)]
    return pl.concat([pl.DataFrame(schema=FAULT), *found]).sort("row", maintain_order=True)


def error(given: Given) -> pl.Expr:
    """Return why a row cannot be computed, null where it can: 'column: value（expected）', joined by '; '."""
    names = [name for name in (*INPUTS, "tax_year") if given.has(name)]
    if "renew_error" in given.schema:
        names.append("renew_error")
    if not names:
        return pl.lit(None, pl.String)
    return pl.struct(names).map_batches(_messages, return_dtype=pl.String, is_elementwise=True)


def _messages(cells: pl.Series) -> pl.Series:
    frame = cells.struct.unnest()
    found = faults(frame)
    earlier = frame["renew_error"] if "renew_error" in frame.columns else None
    if frame.is_empty():
        return pl.Series(dtype=pl.String)
    if found.is_empty():
        return earlier if earlier is not None else pl.repeat(None, frame.height, dtype=pl.String, eager=True)
    text = pl.format("{}: {}（{}）", "column", "value", "expected")
    by_row = found.group_by("row", maintain_order=True).agg(text.str.join("; ").alias("message"))
    rows = pl.DataFrame({"row": pl.int_range(frame.height, eager=True)})
    own = rows.join(by_row, on="row", how="left", maintain_order="left")["message"]
    return (
        own
        if earlier is None
        else pl.select(pl.concat_str(own, earlier, separator="; ", ignore_nulls=True))
        .to_series()
        .replace("", None)
    )


def _has(frame: pl.DataFrame, name: str) -> bool:
    return name in frame.columns and frame.schema[name] != pl.Null


def _faults(cells: pl.Series, field: Field) -> pl.DataFrame:
    bad, expected = _bad(cells, field)
    if bad is None or not bad.any():
        return pl.DataFrame(schema=FAULT)
    rows = bad.fill_null(False).arg_true().cast(pl.Int64)
    return pl.DataFrame(
        {
            "row": rows,
            "column": pl.repeat(field.name, len(rows), eager=True),
            "value": cells.gather(rows).cast(pl.String),
            "expected": pl.repeat(expected, len(rows), eager=True),
        }
    )


def _bad(cells: pl.Series, field: Field) -> tuple[pl.Series | None, str]:
    if field.kind == "flag":
        return None, ""
    if field.kind == "status":
        words = list(field.values)
        return ~cells.cast(pl.String).is_in(words), "・".join(words) + "のいずれか"
    if field is _TAX_YEAR:
        return ~cells.is_in(list(Law.years())), f"{'・'.join(map(str, Law.years()))}のいずれか"
    bounds = plausible()
    most = bounds.greatest_count if field.kind == "count" else bounds.greatest_amount
    least = -most if field.negative else 0
    expected = f"{least:,}以上{most:,}以下の整数"
    low, high = cells.min(), cells.max()
    if low is None or high is None or (least <= int(low) and int(high) <= most):  # type: ignore[arg-type]
        return None, expected
    return (cells < least) | (cells > most), expected
