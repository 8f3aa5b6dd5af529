"""Proposals about insurance deductions: from the premiums paid, or from the income-tax amount alone.

Law: 生命保険料控除・地震保険料控除 (地方税法314条の2第1項5号・5号の3); the papers state the income-tax
amounts (所得税法76条・77条), which are greater than those of the resident tax.
"""

from collections.abc import Callable
from itertools import combinations_with_replacement

import polars as pl

from features.repairs.lines import lines
from features.repairs.sources import Sources
from tadasu.law.shapes import Row, Schedule
from tadasu.tables import EARTHQUAKE_PREMIUMS, LIFE_PREMIUMS


def life_premiums(sources: Sources) -> pl.DataFrame:
    """Compute 生命保険料控除 from each document's premiums, also with new and old exchanged."""
    law = sources.law
    stated = sources.documents.filter(pl.any_horizontal(pl.col(LIFE_PREMIUMS).is_not_null()))
    new_life, old_life, care, new_pension, old_pension = (pl.col(name) for name in LIFE_PREMIUMS)
    nothing = pl.lit(0)
    variants = (
        (new_life, old_life, care, new_pension, old_pension),
        (old_life, new_life, care, new_pension, old_pension),
        (new_life, old_life, care, old_pension, new_pension),
        (old_life, new_life, care, old_pension, new_pension),
        (new_life, old_life, nothing, new_pension, old_pension),
        (new_life, old_life, care, nothing, nothing),
        (new_life, nothing, care, new_pension, nothing),
    )
    return pl.concat(
        lines(stated, "recompute", field="life_insurance", value=law.life_insurance(*variant), option=option)
        for option, variant in enumerate(variants)
    )


def earthquake_premiums(sources: Sources) -> pl.DataFrame:
    """Compute 地震保険料控除 from each document's premiums, also with the two kinds exchanged."""
    quake, old = (pl.col(name) for name in EARTHQUAKE_PREMIUMS)
    nothing = pl.lit(0)
    shaken = sources.documents.filter(quake.is_not_null() | old.is_not_null())
    return pl.concat(
        lines(
            shaken,
            "recompute",
            field="earthquake_insurance",
            value=sources.law.earthquake_insurance(*pair),
            option=option,
        )
        for option, pair in enumerate(((quake, old), (old, quake), (quake, nothing), (nothing, old)))
    )


def stated_deduction(sources: Sources) -> pl.DataFrame:
    """Turn a stated income-tax amount of 生命保険料控除 into that of the resident tax.

    The premiums are found backwards: as one contract class, new or old, or as one or two classes at the
    most that a class can have and the rest in another. More classes than that, nobody can tell apart.
    """
    stated = _stated(sources)
    made = []
    for option, (whole, new) in enumerate((w, n) for w in _full_classes(sources) for n in (True, False)):
        stated_part, resident_part = whole
        rest = pl.col("amount") - stated_part
        value = pl.lit(resident_part) + _resident_amount(sources, rest, new=new)
        capped = sources.law.deductions.life_insurance.total_cap.cap(value)
        held = stated.filter(rest > 0)
        made.append(lines(held, "from_income_tax", field="life_insurance", value=capped, option=option))
    return pl.concat(made)


def parallel_parts(sources: Sources) -> pl.DataFrame:
    """Lower a stated income-tax amount by what the taxes differ in where their schedules run parallel.

    On many steps both taxes take the same share of a further yen, so the deductions differ there by a fixed
    amount, whatever the premium: of two or three contract classes on such steps the resident tax's deduction
    is known although nobody knows the split. Where last year had a deduction, only what comes near it is
    proposed: insurance goes on.
    """
    stated = _stated(sources)
    parts = _sums_of_parts(sources)
    before = sources.previous.select("person", before=pl.col("life_insurance").fill_null(0))
    cap = sources.law.deductions.life_insurance.total_cap
    known = stated.join(before, on="person", how="left").join(parts, how="cross")
    known = known.filter(pl.col("amount").is_between("least", "most"))
    known = known.with_columns(value=cap.cap(pl.col("amount") - pl.col("less")))
    gap = (pl.col("value") / pl.col("before") - 1).abs()
    near = known.filter((pl.col("before").fill_null(0) == 0) | (gap < NEAR_LAST_YEAR))
    key = ["person", "document", "value"]
    once = near.unique(key, keep="first", maintain_order=True).with_columns(
        option=100 + pl.int_range(pl.len(), dtype=pl.Int64).over("person", "document")
    )
    return lines(once, "from_income_tax", field="life_insurance", option=pl.col("option"), way=100)


NEAR_LAST_YEAR = 0.03
"""Relative distance from last year's deduction within which another split of the premiums is believed."""
CLASSES = 3
"""Contract classes that one person's premiums are split into at most (一般・介護医療・個人年金)."""


def _sums_of_parts(sources: Sources) -> pl.DataFrame:
    """Return (least, most: income-tax amounts, yen; less: what the resident tax deducts less of them)."""
    papers, own = sources.law.income_tax_papers, sources.law.deductions.life_insurance
    steps = [
        *_parallel(papers.life_insurance_new, own.new),
        *_parallel(papers.life_insurance_old, own.old),
    ]
    sums = [
        tuple(sum(part) for part in zip(*chosen, strict=True))
        for size in range(1, CLASSES + 1)
        for chosen in combinations_with_replacement(steps, size)
    ]
    schema = {"least": pl.Int64, "most": pl.Int64, "less": pl.Int64}
    return pl.DataFrame(sorted(set(sums)), schema=schema, orient="row")


def _parallel(stated: Schedule, own: Schedule) -> list[tuple[int, int, int]]:
    """Return (least, most, less) of the steps on which both schedules grow alike, in yen of the first."""
    found = []
    for low, high, one in _steps(stated):
        for other_low, other_high, other in _steps(own):
            begin, end = max(low, other_low), min(high, other_high)
            if one.times == other.times and begin < end:
                amount = [int(one.times * premium) - one.minus + one.value for premium in (begin, end)]
                found.append((amount[0], amount[1], other.minus - one.minus + one.value - other.value))
    return found


def _steps(schedule: Schedule) -> list[tuple[int, int, Row]]:
    starts = [0, *(row.to or ENDLESS for row in schedule.rows)]
    return [(starts[place], starts[place + 1], row) for place, row in enumerate(schedule.rows)]


ENDLESS = 10_000_000
"""Yen of premiums that nobody pays."""


def _stated(sources: Sources) -> pl.DataFrame:
    """Return (person, document or -1 for the record, amount) of each stated deduction above 0."""
    papers = sources.documents.select("person", "document", amount="life_insurance")
    record = sources.record.select("person", document=pl.lit(-1, dtype=pl.Int64), amount="life_insurance")
    return pl.concat([papers, record]).filter(pl.col("amount") > 0)


def _full_classes(sources: Sources) -> list[tuple[int, int]]:
    """Return the (income-tax, resident-tax) amounts of no class, of one and of two that are full."""
    papers, own = sources.law.income_tax_papers, sources.law.deductions.life_insurance
    new = (papers.life_insurance_new.rows[-1].value, own.new.rows[-1].value)
    old = (papers.life_insurance_old.rows[-1].value, own.old.rows[-1].value)
    twice = (2 * new[0], 2 * new[1])
    return [(0, 0), new, old, twice, (new[0] + old[0], new[1] + old[1])]


def _resident_amount(sources: Sources, stated: pl.Expr, *, new: bool) -> pl.Expr:
    papers, own = sources.law.income_tax_papers, sources.law.deductions.life_insurance
    if new:
        return own.new.of(papers.life_insurance_new.inverse(stated))
    return own.old.of(papers.life_insurance_old.inverse(stated))


def last_premiums(sources: Sources) -> pl.DataFrame:
    """Split a stated income-tax amount as the premiums of the newest earlier paper were split.

    Insurance goes on from year to year, so the premiums are taken to have grown or shrunk in the same
    proportion: the factor at which the income-tax deduction comes to the stated amount is found by bisection.
    """
    stated = _stated(sources)
    known = stated.join(sources.earlier, on="person").with_columns(low=pl.lit(LEAST), high=pl.lit(MOST))
    for _ in range(STEPS):
        middle = (pl.col("low") + pl.col("high")) // 2
        enough = _income_tax_amount(sources, _scaled(middle)) >= pl.col("amount")
        known = known.with_columns(
            high=pl.when(enough).then(middle).otherwise("high"),
            low=pl.when(enough).then("low").otherwise(middle),
        )
    reached = (_income_tax_amount(sources, _scaled(pl.col("high"))) - pl.col("amount")).abs() <= ROUNDING
    value = sources.law.life_insurance(*_scaled(pl.col("high")))
    return lines(known.filter(reached), "last_premiums", field="life_insurance", value=value)


LEAST, MOST, STEPS = 500_000, 2_000_000, 21
"""Millionths between which the premiums' factor is looked for, and halvings until it is found."""
ROUNDING = 1
"""Yen by which the deduction may miss the stated amount: fractions are rounded up in each class."""


def _scaled(factor: pl.Expr) -> tuple[pl.Expr, ...]:
    return tuple((pl.col(name) * factor + 500_000) // 1_000_000 for name in LIFE_PREMIUMS)


def _income_tax_amount(sources: Sources, premiums: tuple[pl.Expr, ...]) -> pl.Expr:
    """Return 生命保険料控除 of the income tax, before the cap on all classes together."""
    papers = sources.law.income_tax_papers
    new, old = papers.life_insurance_new, papers.life_insurance_old
    new_life, old_life, care, new_pension, old_pension = premiums
    cap = new.rows[-1].value

    def general(by_new: pl.Expr, by_old: pl.Expr) -> pl.Expr:
        both = pl.min_horizontal(new.of(by_new) + old.of(by_old), pl.lit(cap))
        return pl.max_horizontal(old.of(by_old), both)

    return general(new_life, old_life) + new.of(care) + general(new_pension, old_pension)


PREMIUM: tuple[Callable[[Sources], pl.DataFrame], ...] = (
    life_premiums,
    earthquake_premiums,
    stated_deduction,
    parallel_parts,
    last_premiums,
)
