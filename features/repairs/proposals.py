"""All proposals of one year, brought to the rows they are about, each different set of changes once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from features.repairs.combined import combined
from features.repairs.credits import CREDITS
from features.repairs.family import FAMILY
from features.repairs.kinds import KIND_NUMBER, KINDS
from features.repairs.lines import PROPOSAL
from features.repairs.papers import (
    blind_values,
    document_values,
    donations,
    last_year,
    list_values,
    moved_contributions,
    report_sums,
    swapped_income,
)
from features.repairs.premiums import PREMIUM
from features.repairs.recompute import RECOMPUTED
from features.repairs.reports import REPORTS
from features.repairs.salary import (
    last_pension,
    one_report,
    previous_employer,
    return_plus_report,
    with_insurance,
)
from features.repairs.scope import scope_table
from features.repairs.sources import Sources
from features.values import legal

SINGLE: tuple[Callable[[Sources], pl.DataFrame], ...] = (
    document_values,
    list_values,
    last_year,
    blind_values,
)
"""What proposes one field at a time, of all the fields there are."""
GENERATORS: tuple[Callable[[Sources], pl.DataFrame], ...] = (
    report_sums,
    one_report,
    previous_employer,
    return_plus_report,
    with_insurance,
    last_pension,
    *REPORTS,
    *FAMILY,
    combined,
    *RECOMPUTED,
    *PREMIUM,
    *CREDITS,
    donations,
    swapped_income,
    moved_contributions,
)
"""What proposes one field or several together."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """The repairs of one year.

    repairs: row, repair_id (0 is 'leave'), person, kind (number), kinds (bit set of all grounds), supports
    (documents that speak for it), document and line_no of the claim (or -1), n_changes, signature
    (`field=value|…`), way (how the kind came by it), ways (in how many it was found), moves (of a
    combination: how many of each cause, see `repairs.causes`).
    changes: row, repair_id, person, field (number), recorded, value.
    """

    repairs: pl.DataFrame
    changes: pl.DataFrame


def propose(sources: Sources) -> Proposed:
    """Return every repair proposed for every row; 'leave as recorded' is repair 0 of each."""
    made = pl.concat([*_singles(sources), *(generator(sources) for generator in GENERATORS)])
    scoped = _to_rows(_complete(made, sources), sources)
    repairs = _distinct(scoped)
    leave = _leave(sources)
    every = pl.concat([leave, repairs.select(leave.columns)]).sort("row", "kind", "signature")
    every = every.with_columns(repair_id=pl.int_range(pl.len()).over("row").cast(pl.Int32))
    return Proposed(repairs=every, changes=_changes(every, sources))


def _singles(sources: Sources) -> Iterator[pl.DataFrame]:
    """Yield proposals of one field each, of those that a row of the person may be about."""
    named = sources.rows.select("person", "named").unique()
    about = named.join(scope_table(), on="named").select("person", "field").unique()
    for generator in SINGLE:
        yield generator(sources).join(about, on=["person", "field"], how="semi", maintain_order="left")


def _complete(made: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Drop lines that change nothing and proposals with an impossible value; join each to a text."""
    checked = made.join(sources.recorded, on=["person", "field"], how="left", maintain_order="left")
    checked = checked.with_columns(
        bad=~legal(pl.col("field"), pl.col("value")),
        same=pl.col("value") == pl.col("recorded").fill_null(0),
    )
    text = pl.col("field").cast(pl.String).str.zfill(2) + "=" + pl.col("value").cast(pl.String)
    kept = checked.filter(~pl.col("same") | pl.col("bad"))
    number = pl.col("field").cast(pl.String).str.zfill(2)
    # Most proposals change one field: only the others are put together.
    size = kept.with_columns(text=text, fields=number, n_changes=pl.len().over(PROPOSAL).cast(pl.Int64))
    single = size.filter((pl.col("n_changes") == 1) & ~pl.col("bad"))
    several = size.filter(pl.col("n_changes") > 1).sort(*PROPOSAL, "field")
    # Two values for one field are no proposal.
    joined = several.group_by(PROPOSAL, maintain_order=True).agg(
        pl.col("line_no", "way").first(),
        bad=pl.col("bad").any() | pl.col("field").is_duplicated().any(),
        fields=pl.col("fields").str.join("|"),
        signature=pl.col("text").str.join("|"),
        n_changes=pl.col("n_changes").first(),
    )
    alone = single.select(
        *PROPOSAL, "line_no", "way", "fields", pl.col("text").alias("signature"), "n_changes"
    )
    return pl.concat([alone, joined.filter(~pl.col("bad")).select(alone.columns)])


def _to_rows(proposals: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Give each proposal to the rows of its person whose scope holds all its fields."""
    rows = sources.rows.select("row", "person", "named")
    own = proposals.filter(pl.col("row") >= 0).join(rows.select("row", "named"), on="row")
    shared = proposals.filter(pl.col("row") < 0).drop("row").join(rows, on="person")
    every = pl.concat([own, shared.select(own.columns)])
    joined = every.join(_fitting(every), on=["named", "fields"])
    blind = [KIND_NUMBER[kind.name] for kind in KINDS if kind.blind]
    wide = [KIND_NUMBER[kind.name] for kind in KINDS if kind.wide]
    fitting = pl.col("kind").is_in(wide) | ~pl.col("wide")
    return joined.filter(fitting, pl.col("near") | ~pl.col("kind").is_in(blind))


def _fitting(proposals: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs (named, fields) in which all fields are in the scope.

    `near`: one is of the named subject; `wide`: one is there only for kinds with a wider look.
    """
    pairs = proposals.select("named", "fields").unique().sort("named", "fields")
    numbers = pl.col("fields").str.extract_all(r"[0-9]+").list.eval(pl.element().cast(pl.Int64))
    parts = pairs.with_columns(field=numbers).explode("field", empty_as_null=False)
    judged = parts.join(scope_table(), on=["named", "field"], how="left", maintain_order="left")
    verdict = judged.group_by("named", "fields").agg(
        inside=pl.col("near").is_not_null().all(),
        near=pl.col("near").fill_null(value=False).any(),
        wide=pl.col("wide").fill_null(value=False).any(),
    )
    return verdict.filter("inside").drop("inside")


def _distinct(scoped: pl.DataFrame) -> pl.DataFrame:
    """Keep each set of changes of a row once: named by its first kind, with all its grounds counted."""
    # Options may coincide: without the last two the first of them would be left to chance.
    order = ("row", "signature", "kind", "document", "option", "way", "line_no")
    ordered = scoped.sort(order, descending=[name == "way" for name in order])
    bit = pl.lit(1, dtype=pl.Int64) * (2 ** pl.col("kind")).cast(pl.Int64)
    is_combined = pl.col("kind") == KIND_NUMBER["combined"]
    ordered = ordered.with_columns(
        way=pl.when(~is_combined).then("way"), moves=pl.when(is_combined).then("way")
    )
    return ordered.group_by("row", "signature", maintain_order=True).agg(
        pl.col("person", "kind", "document", "line_no", "way").first(),
        ways=pl.struct("kind", "way").n_unique().cast(pl.Int64),
        moves=pl.col("moves").drop_nulls().first(),
        kinds=bit.unique().sum(),
        supports=pl.col("document").filter(pl.col("document") >= 0).n_unique().cast(pl.Int64),
        n_changes=pl.col("n_changes").first(),
    )


def _leave(sources: Sources) -> pl.DataFrame:
    nothing = {"kinds": 1, "supports": 0, "n_changes": 0, "document": -1, "line_no": -1, "ways": 0}
    return sources.rows.select(
        "row",
        "person",
        signature=pl.lit(""),
        kind=pl.lit(KIND_NUMBER["leave"], dtype=pl.Int64),
        **{name: pl.lit(value, dtype=pl.Int64) for name, value in nothing.items()},
        way=pl.lit(None, dtype=pl.Int64),
        moves=pl.lit(None, dtype=pl.Int64),
    )


def _changes(repairs: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    changed = repairs.filter(pl.col("n_changes") > 0)
    parts = changed.select("row", "repair_id", "person", part=pl.col("signature").str.split("|"))
    lines = parts.explode("part", empty_as_null=False).with_columns(
        field=pl.col("part").str.head(2).cast(pl.Int64), value=pl.col("part").str.slice(3).cast(pl.Int64)
    )
    known = lines.join(sources.recorded, on=["person", "field"], how="left", maintain_order="left")
    return known.select("row", "repair_id", "person", "field", pl.col("recorded").fill_null(0), "value").sort(
        "row", "repair_id", "field"
    )
