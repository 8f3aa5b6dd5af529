"""Which check of an earlier year a check is: codes matched by evidence, so that its record is not lost.

A tax system is replaced and all codes change; what a check looks at does not. Two checks of different years
are the same where code and name are, or else where their rows look most alike: the field named, what the list
states, the kinds of papers referred to. People can correct the table (`ward.crosswalk`).
"""

from collections.abc import Mapping

import polars as pl

from tadasu.tables import KINDS

CHECK = ("check_code", "check_name")
FAR = 0.6
"""Distance beyond which two checks are not taken to be the same, were their shares exact."""
CHANCE = 3.0
"""How far chance alone may move the shares of two checks apart, times the root of 1/rows of both."""
Tables = dict[str, pl.DataFrame]


def profiles(tables: Tables) -> pl.DataFrame:
    """Return by check what its rows look like: the field, and shares (0 to 1) of what they state and name."""
    rows = tables["inconsistencies"].with_columns(
        papers=pl.col("document_ids").str.split(";"), field=pl.col("field").fill_null("")
    )
    papers = (
        rows.select("row_id", "papers")
        .explode("papers", empty_as_null=True)
        .join(tables["documents"].select(papers="document_id", kind="kind"), on="papers")
    )
    kinds = papers.group_by("row_id").agg((pl.col("kind") == kind).any().alias(kind) for kind in KINDS)
    known = rows.join(kinds, on="row_id", how="left").with_columns(
        pl.col(KINDS).fill_null(value=False), number=pl.col("stated_value").cast(pl.Int64, strict=False)
    )
    expected = pl.col("expected_value").cast(pl.Int64, strict=False)
    same = pl.col("stated_value") == pl.col("expected_value")
    return (
        known.group_by(*CHECK)
        .agg(
            pl.col("field").mode().sort().first(),
            pl.col("related_person_id").is_not_null().mean().alias("related"),
            pl.col("stated_value").is_not_null().mean().alias("stated"),
            pl.col("expected_value").is_not_null().mean().alias("expected"),
            pl.col("number").is_not_null().mean().alias("number"),
            (expected == 0).fill_null(value=False).mean().alias("zero"),
            same.fill_null(value=False).mean().alias("same"),
            (pl.col("papers").list.len().clip(upper_bound=4) / 4).mean().alias("papers"),
            (expected > pl.col("number")).fill_null(value=False).mean().alias("more"),
            (pl.col("number") <= 3).fill_null(value=False).mean().alias("code"),
            *(pl.col(kind).mean() for kind in KINDS),
            rows=pl.len(),
        )
        .sort(*CHECK)
    )


def crosswalk(
    tables: Tables, past: Mapping[int, Tables], corrected: Mapping[str, str] | None = None
) -> pl.DataFrame:
    """Return (check_code, check_name, past_year, past_code, past_name, distance), a line per matched check.

    `corrected` says of codes of this year which code of earlier years they are; it goes before all else.
    """
    now = profiles(tables)
    parts = [
        _matched(now, profiles(year), corrected or {}).with_columns(past_year=pl.lit(number, dtype=pl.Int32))
        for number, year in sorted(past.items())
        if year["inconsistencies"].height
    ]
    columns = (*CHECK, "past_year", "past_code", "past_name", "distance")
    if not parts:
        schema = dict.fromkeys(columns, pl.String) | {"past_year": pl.Int32, "distance": pl.Float64}
        return pl.DataFrame(schema=schema)
    return pl.concat(parts).select(columns).sort("past_year", *CHECK)


def _matched(now: pl.DataFrame, before: pl.DataFrame, corrected: Mapping[str, str]) -> pl.DataFrame:
    shares = [name for name in now.columns if name not in (*CHECK, "field", "rows")]
    pairs = now.join(before, how="cross", suffix="_past").rename(
        {"check_code_past": "past_code", "check_name_past": "past_name"}
    )
    gap = pl.sum_horizontal((pl.col(name) - pl.col(f"{name}_past")).abs() for name in shares)
    size = (pl.col("rows").log() - pl.col("rows_past").log()).abs() / 10
    told = pl.col("check_code").replace_strict(dict(corrected), default=None, return_dtype=pl.String)
    same = (pl.col("check_code") == pl.col("past_code")) & (pl.col("check_name") == pl.col("past_name"))
    by_hand = (told == pl.col("past_code")).fill_null(value=False)
    ranked = pairs.with_columns(
        distance=pl.when(by_hand).then(-2.0).when(same).then(-1.0).otherwise(gap + size),
        near=by_hand | same | ((pl.col("field") == pl.col("field_past")) & told.is_null()),
    )
    chance = CHANCE * (1 / pl.col("rows") + 1 / pl.col("rows_past")).sqrt()
    near = ranked.filter("near", pl.col("distance") <= FAR + chance).sort(
        "distance", *CHECK, "past_code", "past_name"
    )
    return _greedy(near).with_columns(pl.col("distance").clip(lower_bound=0.0))


def _greedy(pairs: pl.DataFrame) -> pl.DataFrame:
    """Take the nearest pair, leave out both checks, and so on: a few dozen checks a year."""
    taken_now: set[tuple[str, str]] = set()
    taken_past: set[tuple[str, str]] = set()
    kept = []
    names = pairs.select(*CHECK, "past_code", "past_name").rows()
    for place, (code, name, past_code, past_name) in enumerate(names):
        if (code, name) not in taken_now and (past_code, past_name) not in taken_past:
            taken_now.add((code, name))
            taken_past.add((past_code, past_name))
            kept.append(place)
    return pairs[kept]
