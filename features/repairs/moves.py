"""The single moves of a family that `combined.py` puts together: of each relative, the spouse, oneself.

A move is what one cause changes: an income over the limit, another claimant, a class by a wrong birth date, a
disability that no register knows, a child whom nobody claims.
"""

import polars as pl

from features.repairs.causes import why
from features.repairs.family import CLASSES, DISABLED, claimed_relatives, stayed
from features.repairs.recompute import spouse_by_income
from features.repairs.sources import Sources, long_values
from features.values import NUMBER
from tadasu.fields import DISABILITIES

SPOUSE, SELF, CHILDREN, COUNTS, SPOUSE_DISABILITY, LAST_DISABILITY, UNCLAIMED = range(900, 907)
"""Groups beside the relatives, who have one each: of a group at most one move enters a combination."""
COLUMNS = ("person", "document", "group", "move", "cause", "field", "delta")


def _numbers(names: dict[str, str]) -> dict[str, int]:
    return {word: NUMBER[name] for word, name in names.items()}


def _steps(
    claims: pl.DataFrame, move: int, cause: pl.Expr | str, steps: list[tuple[str, int]]
) -> pl.DataFrame:
    """Return one line a field that a move of a claimed relative changes: (column of the field, step)."""
    reason = why(cause) if isinstance(cause, str) else cause
    parts = [
        claims.select(
            "person",
            "document",
            group="relative",
            move=pl.lit(move, dtype=pl.Int64),
            cause=reason,
            field=pl.col(column),
            delta=pl.lit(step, dtype=pl.Int64),
        )
        for column, step in steps
    ]
    return pl.concat(parts).filter(pl.col("field").is_not_null())


def _numbered(sources: Sources) -> pl.DataFrame:
    """Return the claimed relatives, each with a number of its own within the person, on whichever paper."""
    known = pl.concat_str(pl.col("birth_date").cast(pl.String).fill_null(""), "relationship")
    name = pl.coalesce("dependent_person_id", known)
    return claimed_relatives(sources).with_columns(relative=name.rank("dense").over("person").cast(pl.Int64))


def _counts(sources: Sources, own: pl.Expr, move: int) -> pl.DataFrame:
    """Return, per paper, what turns the recorded counts into those of its relatives by their class `own`."""
    claims = claimed_relatives(sources)
    counted = claims.group_by("person", "document", field=own).agg(counted=pl.len().cast(pl.Int64))
    fields = pl.DataFrame({"field": list(_numbers(CLASSES).values())})
    papers = claims.select("person", "document").unique()
    every = papers.join(fields, how="cross").join(
        sources.recorded.filter(pl.col("field").is_in(fields["field"].implode())), on=["person", "field"]
    )
    every = every.join(counted, on=["person", "document", "field"], how="left")
    return every.select(
        "person",
        "document",
        "field",
        group=pl.lit(COUNTS, dtype=pl.Int64),
        move=pl.col("document") * 2 + move,
        cause=why(("counts_register", "counts_paper")[move]),
        delta=pl.col("counted").fill_null(0) - pl.col("recorded"),
    ).select(COLUMNS)


def _relatives(sources: Sources) -> pl.DataFrame:
    """Return the moves of claimed relatives: out of the claim, into another class, to another disability."""
    named = sources.rows.select("person", dependent_person_id="related_person_id", listed=pl.lit(value=True))
    claims = _numbered(sources).join(named.unique(), on=["person", "dependent_person_id"], how="left")
    limit = sources.law.relative_income_limit
    doubts = {
        "out_over": pl.col("relative_income") > limit,
        "out_rival": pl.col("claimants") > 1,
        "out_left": pl.col("register_left").is_not_null(),
        "out_unknown": pl.col("dependent_person_id").is_null() | pl.col("register_birth").is_null(),
        "out_listed": pl.col("listed"),
    }
    doubt = pl.coalesce(pl.when(found).then(why(name)) for name, found in doubts.items())
    doubted = claims.with_columns(doubt=doubt).filter(pl.col("doubt").is_not_null())
    moved = claims.filter(pl.col("to_field").is_not_null() & (pl.col("to_field") != pl.col("from_field")))
    abroad = pl.col("lives_abroad").fill_null(value=False)
    away = claims.filter(
        (pl.col("from_field") == _numbers(CLASSES)["cohabiting"]) & ~pl.col("together") & ~abroad
    ).with_columns(to_field=pl.lit(_numbers(CLASSES)["elderly"], dtype=pl.Int64))
    held = claims.with_columns(register_field=_disability_field(_at_home("register_disability"))).filter(
        pl.col("register_disability").is_not_null()
    )
    records = claims.filter(pl.col("relative_disability").is_not_null()).with_columns(
        own_field=_disability_field(_at_home("relative_disability"))
    )
    unlike = records.filter(pl.col("own_field").fill_null(-1) != pl.col("disability_field").fill_null(-1))
    differs = held.filter(pl.col("register_field").fill_null(-1) != pl.col("disability_field").fill_null(-1))
    return pl.concat(
        [
            _steps(doubted, 0, pl.col("doubt"), [("from_field", -1), ("disability_field", -1)]),
            _steps(moved, 1, "class_register", [("from_field", -1), ("to_field", 1)]),
            _steps(away, 3, "class_apart", [("from_field", -1), ("to_field", 1)]),
            _steps(differs, 2, "disability_register", [("disability_field", -1), ("register_field", 1)]),
            _steps(unlike, 4, "disability_own", [("disability_field", -1), ("own_field", 1)]),
            _steps(claims, 5, "disability_out", [("disability_field", -1)]),
        ]
    )


def _spouses(sources: Sources) -> pl.DataFrame:
    """Return the moves of the claimed spouse: by actual incomes, and out of the claim."""
    changed = spouse_by_income(sources).with_columns(
        move=pl.col("option").rank("dense").over("person").cast(pl.Int64)
    )
    fields = pl.DataFrame({"field": [NUMBER["spouse_kind"], NUMBER["spouse_special_deduction"]]})
    claimed = sources.record.filter(pl.col("spouse_kind") > 0).select("person")
    out = claimed.join(fields, how="cross").with_columns(
        document=pl.lit(-1, dtype=pl.Int64), value=pl.lit(0, dtype=pl.Int64), move=pl.lit(0, dtype=pl.Int64)
    )
    columns = ["person", "document", "move", "field", "value"]
    every = pl.concat([changed.select(columns), out.select(columns)])
    return every.join(sources.recorded, on=["person", "field"]).select(
        "person",
        "document",
        group=pl.lit(SPOUSE, dtype=pl.Int64),
        move="move",
        cause=pl.when(pl.col("move") == 0).then(why("spouse_out")).otherwise(why("spouse_income")),
        field="field",
        delta=pl.col("value") - pl.col("recorded"),
    )


def _spouses_disability(sources: Sources) -> pl.DataFrame:
    """Return the moves of a claimed spouse's disability: to the register's, to their own record's, or out."""
    claims = sources.claims.filter(pl.col("role") == "spouse")
    known = claims.select(
        "person",
        "document",
        now=_disability_field(pl.col("disability")),
        register=_disability_field(_at_home("register_disability")),
        own=_disability_field(_at_home("relative_disability")),
    )
    held = sources.recorded.filter(pl.col("recorded") > 0).select("person", now="field")
    counted = pl.concat(
        [known.join(held, on=["person", "now"], how="semi"), known.filter(pl.col("now").is_null())]
    )
    told = counted.unpivot(on=["register", "own"], index=["person", "document", "now"], value_name="then")
    told = told.filter(pl.col("then").is_not_null() & (pl.col("then") != pl.col("now").fill_null(-1)))
    out = counted.filter(pl.col("now").is_not_null()).with_columns(then=pl.lit(None, dtype=pl.Int64))
    moves = pl.concat([frame.select("person", "document", "now", "then") for frame in (told, out)])
    move = pl.col("now").fill_null(0) * len(NUMBER) + pl.col("then").fill_null(0)
    return pl.concat(
        moves.filter(pl.col(column).is_not_null()).select(
            "person",
            "document",
            group=pl.lit(SPOUSE_DISABILITY, dtype=pl.Int64),
            move=move,
            cause=why("spouse_disability"),
            field=column,
            delta=pl.lit(delta, dtype=pl.Int64),
        )
        for column, delta in (("now", -1), ("then", 1))
    )


def _disability_field(word: pl.Expr) -> pl.Expr:
    """Return the number of the field that counts relatives of this disability, null for none."""
    return word.replace_strict(_numbers(DISABLED), default=None, return_dtype=pl.Int64)


def _at_home(column: str) -> pl.Expr:
    """Return a relative's disability; a special one of who lives together is a class of its own."""
    near = pl.col("together") & (pl.col(column) == "special")
    return pl.when(near).then(pl.lit("special_cohabiting")).otherwise(pl.col(column))


def _selves(sources: Sources) -> pl.DataFrame:
    """Return the moves of the taxpayer's own disability, and of children in the household nobody claims."""
    codes = {word: code for code, word in enumerate(DISABILITIES)}
    code = pl.col("disability").replace_strict(codes, default=None, return_dtype=pl.Int64)
    register = sources.people.select("person", value=code)
    papers = sources.documents.filter("in_force").select("person", value="self_disability")
    before = sources.previous.select("person", value="self_disability")
    own = (
        pl.concat([register, papers, before])
        .filter(pl.col("value").is_not_null())
        .unique()
        .sort("person", "value")
    )
    now = sources.record.select("person", "self_disability", "n_dependent_under16")
    differing = own.join(now, on="person").filter(pl.col("value") != pl.col("self_disability"))
    minors = sources.residents.filter(
        (sources.law.relative_class(pl.col("birth_date")) == "under16") & stayed(sources.law)
    )
    counted = minors.group_by("household_id").agg(value=pl.len().cast(pl.Int64))
    children = sources.people.join(counted, on="household_id").join(now, on="person").sort("person")
    unclaimed = children.filter(pl.col("value") > pl.col("n_dependent_under16"))
    return pl.concat(
        [
            _own(differing, SELF, "self_disability", "self_disability"),
            _own(unclaimed, CHILDREN, "children", "n_dependent_under16"),
        ]
    )


def _last_disabilities(sources: Sources) -> pl.DataFrame:
    """Return the move of the relatives' disabilities to last year's, where a certificate went on."""
    names = list(DISABLED.values())
    before = long_values(sources.previous.select("person", pl.col(names).fill_null(0)), ["person"], "before")
    known = before.join(sources.recorded, on=["person", "field"])
    return known.select(
        "person",
        document=pl.lit(-1, dtype=pl.Int64),
        group=pl.lit(LAST_DISABILITY, dtype=pl.Int64),
        move=pl.lit(0, dtype=pl.Int64),
        cause=why("last_disabilities"),
        field="field",
        delta=pl.col("before") - pl.col("recorded"),
    )


def _unclaimed(sources: Sources) -> pl.DataFrame:
    """Return the move that takes in all children of the household whom nobody claims and who earn little.

    With the disability that the ward's register has of them.
    """
    law = sources.law
    claimed = sources.claims.select(person_id="dependent_person_id").drop_nulls()
    earning = sources.incomes.filter(pl.col("total_income") > law.relative_income_limit).select("person_id")
    children = sources.residents.filter((pl.col("relationship") == "child") & stayed(law))
    free = children.join(claimed, on="person_id", how="anti").join(earning, on="person_id", how="anti")
    parents = sources.people.filter(pl.col("relationship").is_in(("head", "spouse")))
    free = free.with_columns(together=pl.lit(value=True)).with_columns(
        class_field=law.relative_class(pl.col("birth_date")).replace_strict(
            _numbers(CLASSES), default=None, return_dtype=pl.Int64
        ),
        disability_field=_disability_field(_at_home("disability")),
    )
    both = parents.select("person", "household_id").join(
        free.select("household_id", "class_field", "disability_field"), on="household_id"
    )
    fields = both.unpivot(
        on=["class_field", "disability_field"], index="person", value_name="field"
    ).drop_nulls()
    counted = fields.group_by("person", "field").agg(delta=pl.len().cast(pl.Int64))
    return counted.select(
        "person",
        document=pl.lit(-1, dtype=pl.Int64),
        group=pl.lit(UNCLAIMED, dtype=pl.Int64),
        move=pl.lit(0, dtype=pl.Int64),
        cause=why("unclaimed"),
        field="field",
        delta="delta",
    )


def _own(frame: pl.DataFrame, group: int, cause: str, field: str) -> pl.DataFrame:
    return frame.select(
        "person",
        document=pl.lit(-1, dtype=pl.Int64),
        group=pl.lit(group, dtype=pl.Int64),
        move=pl.col("value"),
        cause=why(cause),
        field=pl.lit(NUMBER[field], dtype=pl.Int64),
        delta=pl.col("value") - pl.col(field),
    )


def moves(sources: Sources) -> pl.DataFrame:
    """Return one line a field that a move changes: person, document or -1, group, move, cause, field, delta.

    Of a group (a relative, or one of the constants above) a person makes at most one move.
    """
    return pl.concat(
        frame.select(pl.col(COLUMNS).cast(pl.Int64))
        for frame in (
            _counts(sources, pl.coalesce("to_field", "from_field"), 0),
            _counts(sources, pl.col("from_field"), 1),
            _relatives(sources),
            _spouses(sources),
            _spouses_disability(sources),
            _selves(sources),
            _last_disabilities(sources),
            _unclaimed(sources),
        )
    ).filter(pl.col("delta") != 0)
