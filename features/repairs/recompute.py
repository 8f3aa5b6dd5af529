"""Proposals that compute by law what the papers imply: incomes, the spouse, a keyed salary.

Law: `tadasu.law` of the tax year; each rule's article stands in its YAML.
"""

from collections.abc import Callable

import polars as pl

from features.repairs.keying import mended_salary
from features.repairs.lines import lines, together
from features.repairs.sources import Sources
from features.values import NUMBER
from tadasu.law import Law

TRIED = 12
"""Mended salaries of one document that are proposed."""


def incomes(sources: Sources) -> pl.DataFrame:
    """Compute salary and pension income from the recorded revenue, and the adjustment of both."""
    law, record = sources.law, sources.record.join(sources.people.select("person", "birth_date"), on="person")
    salary = law.salary_income.of(pl.col("salary_revenue"))
    other = pl.col("total_income") - pl.col("pension_income")
    pension = law.pension_income_of(pl.col("pension_revenue"), pl.col("birth_date"), other)
    made = [
        lines(record, "recompute", field="salary_income", value=salary),
        lines(record, "recompute", field="pension_income", value=pension),
    ]
    for option, eligible in enumerate((False, True)):
        high = law.income_adjustment_children(pl.col("salary_revenue"), pl.lit(eligible))
        both = law.income_adjustment_pension(pl.col("salary_income") - high, pl.col("pension_income"))
        made.append(lines(record, "recompute", field="income_adjustment", value=high + both, option=option))
    stated = sources.documents.filter("in_force", pl.col("salary_revenue") > 0)
    alone = law.income_adjustment_children(pl.col("salary_revenue"), pl.lit(value=True))
    made.append(lines(stated, "recompute", field="income_adjustment", value=alone, option=2))
    return pl.concat(made)


def spouse(sources: Sources) -> pl.DataFrame:
    """Set spouse and special deduction by both incomes: what the register, the papers, or the list tell."""
    made = []
    for option, known in enumerate(
        (
            _claimed_spouse(sources),
            _stated_spouse(sources),
            _household_spouse(sources),
            _otherwise_earning_spouse(sources),
        )
    ):
        frame = known.join(sources.record.select("person", "total_income"), on="person")
        made.append(_by_income(frame, sources, "recompute_spouse", option))
    made.append(_by_income(_otherwise_earning(sources), sources, "recompute_spouse", 5))
    rows = sources.rows.filter(
        pl.col("named").is_in([NUMBER["spouse_kind"], NUMBER["spouse_special_deduction"]])
    )
    for option, figure in enumerate(("stated", "expected")):
        frame = rows.filter(pl.col(figure) > 2).select("row", "person", income=figure)
        frame = frame.join(sources.record.select("person", "total_income"), on="person")
        frame = frame.with_columns(birth=pl.lit(None, dtype=pl.Date), key=pl.lit(0))
        made.append(_by_income(frame, sources, "recompute_spouse", 10 + option))
    return pl.concat(made)


def spouse_by_income(sources: Sources) -> pl.DataFrame:
    """Return the proposals of the claimed spouse's actual and stated income, as lines."""
    frame = _claimed_spouse(sources).join(sources.record.select("person", "total_income"), on="person")
    return _by_income(frame, sources, "recompute_spouse", 0)


def spouse_by_law(law: Law, own: pl.Expr, income: pl.Expr, birth: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return the code of `spouse_kind` and the special deduction (yen) by both total incomes (yen)."""
    elderly = law.is_elderly_spouse(birth).fill_null(value=False)
    within = income <= law.relative_income_limit
    may = own <= law.spouse_limit_own
    kind = pl.when(within & may).then(pl.when(elderly).then(2).otherwise(1)).otherwise(0)
    return kind, pl.when(~within & may).then(law.spouse_special(own, income)).otherwise(0)


def _by_income(frame: pl.DataFrame, sources: Sources, kind: str, option: int) -> pl.DataFrame:
    law = sources.law
    own, income = pl.col("total_income"), pl.col("income")
    within = income <= law.relative_income_limit
    kind_code, special = spouse_by_law(law, own, income, pl.col("birth"))
    changes = {"spouse_kind": kind_code, "spouse_special_deduction": special}
    way = 10 * option + pl.min_horizontal(pl.col("key"), 1) * 5
    made = [together(frame, kind, changes, pl.col("key") + 1000 * option, way)]
    # The taxpayer's own income may be about to change: the amounts of the lower bands are tried too.
    table = law.deductions.spouse_special
    for band, amounts in enumerate((table.first, table.second, table.third)):
        above = frame.filter((table.bands.of(own) > band) & ~within)
        lower = {"spouse_kind": pl.lit(0), "spouse_special_deduction": amounts.of(income)}
        key = pl.col("key") + 1000 * option + 100 * (band + 1)
        made.append(together(above, kind, lower, key, way + band + 1))
    return pl.concat(made)


def _claimed_spouse(sources: Sources) -> pl.DataFrame:
    claims = sources.claims.filter(pl.col("role") == "spouse")
    known = claims.select(
        "person",
        "document",
        "line_no",
        birth=pl.coalesce("register_birth", "birth_date"),
        actual=pl.when(pl.col("dependent_person_id").is_not_null()).then(
            pl.col("relative_income").fill_null(0)
        ),
        stated="stated_income",
    )
    long = known.unpivot(
        on=["actual", "stated"], index=["person", "document", "line_no", "birth"], value_name="income"
    )
    key = (pl.col("variable") == "stated").cast(pl.Int64)
    return long.filter(pl.col("income").is_not_null()).with_columns(key=key).drop("variable")


def _otherwise_earning_spouse(sources: Sources) -> pl.DataFrame:
    """Return the claimed spouse with each income that the spouse's own papers allow beside the recorded."""
    claims = sources.claims.filter(pl.col("role") == "spouse").join(
        sources.paper_incomes, left_on="dependent_person_id", right_on="person_id"
    )
    return claims.sort("document", "line_no", "place").select(
        "person",
        "document",
        "line_no",
        "income",
        birth=pl.coalesce("register_birth", "birth_date"),
        key="place",
    )


def _otherwise_earning(sources: Sources) -> pl.DataFrame:
    """Return the claimed spouse with each total income that the taxpayer's own papers allow."""
    own = sources.people.select("person", "person_id").join(sources.paper_incomes, on="person_id")
    owns = own.select("person", total_income="income", place="place")
    claimed = _claimed_spouse(sources).filter(pl.col("key") == 0).drop("key")
    return claimed.join(owns, on="person").sort("document", "line_no", "place").rename({"place": "key"})


def _stated_spouse(sources: Sources) -> pl.DataFrame:
    return sources.documents.filter("in_force", pl.col("spouse_total_income").is_not_null()).select(
        "person",
        "document",
        income="spouse_total_income",
        birth=pl.lit(None, dtype=pl.Date),
        key=pl.lit(0, dtype=pl.Int64),
    )


def _household_spouse(sources: Sources) -> pl.DataFrame:
    pair = pl.col("relationship").is_in(("head", "spouse"))
    adults = sources.residents.filter(pair)
    other = adults.select(
        "household_id", partner="person_id", partner_is="relationship", birth="birth_date"
    ).join(sources.incomes, left_on="partner", right_on="person_id", how="left")
    mine = sources.people.filter(pair).select("person", "household_id", "relationship")
    pairs = mine.join(other, on="household_id").filter(pl.col("relationship") != pl.col("partner_is"))
    return pairs.sort("person", "partner").select(
        "person",
        "birth",
        income=pl.col("total_income").fill_null(0),
        key=pl.int_range(pl.len(), dtype=pl.Int64),
    )


def keyed_salary(sources: Sources) -> pl.DataFrame:
    """Undo a keying error in a salary: one digit other, more or less, so that the stated income fits."""
    now = sources.record.select("person", now="salary_revenue")
    fitting = mended_salary(sources).filter(pl.col("place") < TRIED).join(now, on="person")
    value = pl.col("now") - pl.col("revenue") + pl.col("right")
    place = pl.col("place")
    return lines(fitting, "undo_keying", field="salary_revenue", value=value, option=place, way=place)


RECOMPUTED: tuple[Callable[[Sources], pl.DataFrame], ...] = (
    incomes,
    spouse,
    keyed_salary,
)
