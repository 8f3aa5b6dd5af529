"""What a slip is: one way that a paper, or what is keyed from it, goes wrong (or only looks wrong)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import polars as pl

from tadasu.fields import correctable
from tadasu.simulator.slips.filed import Filed
from tadasu.simulator.slips.scene import Scene

Who = Literal["employer", "pension payer", "taxpayer", "tax office", "municipality", "ward", "system"]
Asks = Literal["R", "M", "Q"]

FOLLOWS_INCOME = ("income_adjustment", "spouse_special_deduction", "pension_income")
"""Entered fields that are wrong too where an income is."""
CONSEQUENCES = (*FOLLOWS_INCOME, "housing_loan_credit")
"""Entered fields that any slip may make wrong as a consequence: they go by incomes and totals."""
SALARY = ("salary_revenue", "salary_income", "social_insurance", *FOLLOWS_INCOME)
PENSION = ("pension_revenue", "social_insurance", *FOLLOWS_INCOME)
PERSONAL = tuple(
    field.name
    for field in correctable()
    if field.group in ("deduction", "status", "count", "credit") or field.name == "income_adjustment"
)
"""What is taken from one adopted paper."""
EVERYTHING = tuple(field.name for field in correctable())

Places = Callable[[Scene], pl.DataFrame]
Change = Callable[[Filed, pl.DataFrame, Scene], Filed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """One way that something goes wrong.

    Attributes:
        name: in programs; its rate stands under this name in `rates.yaml`.
        cause_ja: the real-world cause, as an officer would tell it.
        who: who makes it.
        checks: catalogue codes of the checks that it should raise, one at least; () = invisible in documents.
        fields: tax fields that it may falsify, `CONSEQUENCES` apart; () = the record stays right (an innocent
            cause).
        repair_ja: what is right to do.
        asks: how it is decided: R by rule, M by weighing documents, Q by asking somebody.
        places: where it can happen: one row a place, with `person_id` and what `change` needs; of a person
            whose record another's papers falsify, `other_id`.
        change: what is filed when it happens at some of the places (with a random number `u` each).
        per: "payer": it happens to a payer (`payer_id` of the places) and hits all people of the payer.
        reform: happens more often in the year after the rules changed.
    """

    name: str
    cause_ja: str
    who: Who
    checks: tuple[str, ...]
    fields: tuple[str, ...]
    repair_ja: str
    places: Places
    change: Change
    asks: Asks = "M"
    per: Literal["person", "payer"] = "person"
    reform: bool = False
