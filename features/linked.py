"""What a repair of one person's row implies for somebody else: the other claimant, a spouse, a claimant.

Law: a relative is the dependant or spouse of one taxpayer only (地方税法292条1項7号・9号); of a couple one
has the deduction (同314条の2第1項10号・10号の2); the income of spouse or relative decides whether there is a
deduction and how much (同項10号の2・11号).
"""

import polars as pl

from features.counted import COUNTS, RELATIVE, SPECIAL, SPECIFIED, SPOUSE, claims_counted, records_of_all
from features.repairs import Proposed
from features.repairs.recompute import spouse_by_law
from features.repairs.scope import scope_table
from features.repairs.sources import Sources
from features.values import FIELD_NAMES, render
from tadasu.tables import LINKED

Tables = dict[str, pl.DataFrame]
REASONS = {
    "claimed_twice": "同じ親族を双方が申告",
    "claim_each_other": "互いに配偶者として申告",
    "spouse_income": "配偶者の所得による",
    "relative_income": "親族の所得による",
    "settled": "相手の行はこれで解消",
    "stands": "相手の記録はそのまま",
}
"""Why something is implied (`linked.why`), as staff read it."""
REPAIR = ["row", "repair_id"]
OTHER = ["row", "other"]
LINE = [*REPAIR, "other", "field"]


def linked(proposed: Proposed, outcome: pl.DataFrame, sources: Sources, tables: Tables) -> pl.DataFrame:
    """Return the table `linked`: by row, repair, other person and field what the repair implies there.

    A repair that has lines about a person implies them and no more; one without implies what 'leave' does,
    so that a line is needed only where that differs. `outcome` is as `features.outcome` gives it.
    """
    records = records_of_all(tables)
    claims = claims_counted(tables, sources, records)
    lines = pl.concat(
        [
            _of_claims(claims, proposed, sources, records),
            _of_incomes(claims, outcome, sources, records),
        ]
    )
    return _arranged(
        _differing(lines.sort(*LINE, "value", "why").unique(LINE, keep="first"), records), sources
    )


def _pairs(claims: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Return whose claims exclude one another: person (listed), their field `slot`, other, field, n, why.

    n relatives whom the person counts in `slot` and the other in `field`.
    """
    counted = claims.drop_nulls("slot")
    place = sources.people.select("person", claimant="person_id")
    mine = counted.join(place, on="claimant").select("person", "claimant", "relative", "slot")
    theirs = counted.select("relative", "disabled", other="claimant", field="slot")
    twice = mine.join(theirs, on="relative").filter(pl.col("other") != pl.col("claimant"))
    spouses = pl.col("slot") == SPOUSE
    partner = counted.filter(spouses).select(
        relative="claimant", claimant="relative", other="claimant", field="slot"
    )
    each_other = mine.filter(spouses).join(partner, on=["claimant", "relative"])
    names = ("person", "other", "slot", "relative")
    fields = (pl.col("field"), pl.when(pl.col("field") == SPOUSE).then(SPECIAL), pl.col("disabled"))
    parts = [twice.select(*names, field=field, why=pl.lit("claimed_twice")) for field in fields]
    parts += [each_other.select(*names, field=field, why=pl.lit("claim_each_other")) for field in fields[:2]]
    every = pl.concat([part.with_columns(pl.col("field").cast(pl.Int64)) for part in parts])
    by = ["person", "other", "slot", "field"]
    made = (
        every.drop_nulls("field")
        .group_by(by)
        .agg(n=pl.col("relative").n_unique().cast(pl.Int64), why=pl.col("why").max())
    )
    return made.sort(by)


def _of_claims(
    claims: pl.DataFrame, proposed: Proposed, sources: Sources, records: pl.DataFrame
) -> pl.DataFrame:
    """Return what the claims that a repair keeps take from the other claimant: LINE, value, why."""
    pairs = _pairs(claims, sources)
    cases = _taken_out(proposed, sources, pairs["person"]).join(pairs, on="person")
    cases = _removed(cases, proposed).with_columns(kept=pl.col("n") - pl.col("removed"))
    rows = sources.rows.select("row", "person", related="related_person_id")
    named = rows.join(pairs.select("person", "other"), on="person").filter(
        pl.col("related") == pl.col("other")
    )
    about = pl.concat([cases.filter(pl.col("removed") > 0).select(OTHER), named.select(OTHER)]).unique()
    leave = about.join(rows.select("row", "person"), on="row").join(pairs, on=["person", "other"])
    leave = leave.with_columns(repair_id=pl.lit(0, dtype=pl.Int32), kept="n")
    names = (*LINE, "kept", "why")
    every = pl.concat([leave.select(names), cases.join(about, on=OTHER, how="semi").select(names)])
    lost = every.group_by(LINE).agg(pl.col("kept").sum(), pl.col("why").max())
    lost = lost.join(records, on=["other", "field"])
    less = pl.max_horizontal(pl.col("recorded") - pl.col("kept"), 0)
    none = pl.when(pl.col("kept") > 0).then(0).otherwise("recorded")
    value = pl.when(pl.col("field").is_in((SPOUSE, SPECIAL))).then(none).otherwise(less)
    return lost.select(*LINE, value=value, why="why")


def _taken_out(proposed: Proposed, sources: Sources, people: pl.Series) -> pl.DataFrame:
    """Return the repairs that touch claims of these people: REPAIR, person, net, gone.

    net: by how much the relatives of all classes together change; gone: no deduction for a spouse is left.
    """
    touched = proposed.changes.filter(
        pl.col("person").is_in(people.unique().implode()), pl.col("field").is_in((*COUNTS, SPOUSE, SPECIAL))
    )
    own = sources.record.select("person", "spouse_kind", "spouse_special_deduction")
    delta, value = pl.col("value") - pl.col("recorded"), pl.col("value")
    made = touched.group_by(*REPAIR, "person").agg(
        net=delta.filter(pl.col("field").is_in(COUNTS)).sum(),
        kind=value.filter(pl.col("field") == SPOUSE).first(),
        special=value.filter(pl.col("field") == SPECIAL).first(),
    )
    kind = pl.coalesce("kind", "spouse_kind")
    special = pl.coalesce("special", "spouse_special_deduction")
    gone = (kind == 0) & (special == 0)
    return made.join(own, on="person").select(*REPAIR, "person", "net", gone=gone)


def _removed(cases: pl.DataFrame, proposed: Proposed) -> pl.DataFrame:
    """Add how many of the n relatives a repair takes out; one who only changes class is not taken out."""
    less = proposed.changes.filter(pl.col("value") < pl.col("recorded")).select(
        *REPAIR, slot="field", less=pl.col("recorded") - pl.col("value")
    )
    joined = cases.join(less, on=[*REPAIR, "slot"], how="left")
    counts = pl.min_horizontal("n", pl.col("less").fill_null(0), pl.max_horizontal(-pl.col("net"), 0))
    spouse = pl.when("gone").then("n").otherwise(0)
    return joined.with_columns(removed=pl.when(pl.col("slot") == SPOUSE).then(spouse).otherwise(counts))


def _of_incomes(
    claims: pl.DataFrame, outcome: pl.DataFrame, sources: Sources, records: pl.DataFrame
) -> pl.DataFrame:
    """Return what the income after a repair means for those who claim the person: LINE, value, why."""
    moved = outcome.select(*REPAIR, delta=pl.col("income_delta").fill_null(0)).filter(pl.col("delta") != 0)
    leave = (
        moved.select("row")
        .unique()
        .select("row", repair_id=pl.lit(0, dtype=pl.Int32), delta=pl.lit(0, dtype=pl.Int64))
    )
    place = sources.people.select("person", relative="person_id")
    claimed = claims.join(place, on="relative").join(
        sources.incomes.select(relative="person_id", now="total_income"), on="relative"
    )
    claimed = claimed.join(sources.incomes.select(claimant="person_id", own="total_income"), on="claimant")
    cases = pl.concat([leave, moved]).join(sources.rows.select("row", "person"), on="row")
    cases = cases.join(claimed.rename({"claimant": "other"}).drop("disabled"), on="person")
    cases = cases.with_columns(income=pl.col("now") + pl.col("delta"))
    return pl.concat([_as_spouse(cases, sources), _as_relative(cases, sources, records)])


def _as_spouse(cases: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    kind, special = spouse_by_law(sources.law, pl.col("own"), pl.col("income"), pl.col("birth"))
    claimed = cases.filter("is_spouse")
    why = pl.lit("spouse_income")
    return pl.concat(
        claimed.select(
            *REPAIR, "other", field=pl.lit(field, dtype=pl.Int64), value=value.cast(pl.Int64), why=why
        )
        for field, value in ((SPOUSE, kind), (SPECIAL, special))
    )


def _as_relative(cases: pl.DataFrame, sources: Sources, records: pl.DataFrame) -> pl.DataFrame:
    """Take a dependant who earns too much out of the class; 特定親族特別控除 follows at that age."""
    law = sources.law
    over = pl.col("income") > law.relative_income_limit
    counted = cases.filter(~pl.col("is_spouse")).drop_nulls("slot")
    counted = counted.join(records, left_on=["other", "slot"], right_on=["other", "field"])
    why = pl.lit("relative_income")
    count = counted.select(
        *REPAIR, "other", field="slot", value=pl.col("recorded") - over.cast(pl.Int64), why=why
    )
    given = records.filter(pl.col("field") == RELATIVE).select("other", given="recorded")
    young = counted.filter(pl.col("slot") == SPECIFIED).join(given, on="other")
    amount = pl.when(over).then(law.specified_relative_special(pl.col("income"))).otherwise(0)
    special = young.select(
        *REPAIR,
        "other",
        field=pl.lit(RELATIVE, dtype=pl.Int64),
        value=(pl.col("given") + amount).cast(pl.Int64),
        why=why,
    )
    return pl.concat([count, special])


def _differing(lines: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Keep, of each person, what 'leave' implies, and the whole of what other repairs imply otherwise."""
    lines = lines.join(records, on=["other", "field"])
    fields = lines.select(*OTHER, "field", "recorded").unique()
    base = lines.filter(pl.col("repair_id") == 0).select(*OTHER, "field", left="value", left_why="why")
    whole = lines.select(*REPAIR, "other").unique().join(fields, on=OTHER)
    whole = whole.join(lines.drop("recorded"), on=LINE, how="left").join(
        base, on=[*OTHER, "field"], how="left"
    )
    whole = whole.with_columns(
        left=pl.coalesce("left", "recorded"),
        value=pl.coalesce("value", "left", "recorded"),
        why=pl.coalesce("why", "left_why"),
    )
    differs = (pl.col("value") != pl.col("left")).any().over(*REPAIR, "other")
    says = (pl.col("value") != pl.col("recorded")) | (pl.col("left") != pl.col("recorded"))
    is_leave = pl.col("repair_id") == 0
    return whole.filter(
        pl.when(is_leave).then(pl.col("value") != pl.col("recorded")).otherwise(differs & says)
    )


def _arranged(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Name rows and fields, and say of what stays whether the other person has a row that asks for it."""
    listed = sources.rows.select("named", other="person_id").unique()
    asked = listed.join(scope_table().filter("near"), on="named").select("other", "field").unique()
    lines = lines.join(
        asked.with_columns(asked=pl.lit(value=True)), on=["other", "field"], how="left", maintain_order="left"
    )
    stays = pl.when("asked").then(pl.lit("settled")).otherwise(pl.lit("stands"))
    named = lines.join(sources.rows.select("row", "row_id", "tax_year"), on="row").with_columns(
        person_id="other",
        why=pl.when(pl.col("value") == pl.col("recorded")).then(stays).otherwise("why"),
        recorded=render(pl.col("field"), pl.col("recorded")),
        proposed=render(pl.col("field"), pl.col("value")),
    )
    names = dict(enumerate(FIELD_NAMES))
    return LINKED.arrange(named.with_columns(pl.col("field").replace_strict(names, return_dtype=pl.String)))
