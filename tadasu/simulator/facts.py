"""Facts: what is true of a block of families in one tax year; papers, slips and staff start from it."""

from dataclasses import dataclass, fields

import polars as pl


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """Frames of one block and one tax year Y (income year Y-1). Money is whole yen; null = none.

    Attributes:
        residents: standard table: everybody who is, or in the last two years was, in the register by the end
            of April of Y.
        lives: a row a person of 15 or more: `person_id`, the other incomes, premiums, loans, statuses,
            `filing` (none, tax_return, resident_return), `one_stop` (their gifts go by notices),
            `premiums_on` (job, return; null: stated nowhere, then there are none), `claims_on` (return, job,
            pension: the adopted paper; null: none), `income_adjustment_ground`, `is_resident` (on 1 January
            of Y; the papers of others go elsewhere), `career`. What no paper could state is 0 here.
        jobs: a row a person and payer: what that payer paid and withheld itself, also where a later
            employer counts it in (`rolled_into`). `withheld_income_tax` is before any year-end adjustment.
        pensions: a row a person and payer.
        claims: a row a claimant and relative, lawful on 31 December. A `dependent` with a `relative_income`
            above the limit is 特定親族特別控除, a `spouse` above it 配偶者特別控除. `relative_id` may be
            nobody in `residents`: a relative who lives elsewhere (`lives_apart`).
        gifts: a row a gift that the person tells of.
        payers: the ward's payers, the same in every block.
        truth: a row a person of `lives`: every tax field of `assessments` and what the law makes of it.
    """

    residents: pl.DataFrame
    lives: pl.DataFrame
    jobs: pl.DataFrame
    pensions: pl.DataFrame
    claims: pl.DataFrame
    gifts: pl.DataFrame
    payers: pl.DataFrame
    truth: pl.DataFrame


FRAMES = tuple(field.name for field in fields(Facts))


def gathered(blocks: list[Facts]) -> Facts:
    """Return the facts of several blocks of one year as one."""
    first, *_ = blocks
    return Facts(
        **{
            name: getattr(first, name)
            if name == "payers"
            else pl.concat(getattr(block, name) for block in blocks)
            for name in FRAMES
        }
    )
