"""Repairs of credits and of what the system computes: voided one-stop notices, undated loans, causes."""

from datetime import date

import pytest

from tests.small_ward import YEAR, Cells, proposed, record, report, row, ward


def _gift(number: int, amount: int, source: str) -> Cells:
    plain = {"donation_id": f"G{number}", "tax_year": YEAR, "person_id": "P1", "kind": "furusato"}
    return plain | {"amount": amount, "source": source, "recipient_code": f"{number:05d}"}


NOTICES = [_gift(1, 20_000, "one_stop"), _gift(2, 30_000, "one_stop")]


@pytest.mark.parametrize(
    ("gifts", "rest"),
    [(NOTICES, "0"), ([*NOTICES, _gift(3, 10_000, "return")], "10000")],
    ids=["no gift on the return", "a gift on the return"],
)
def test_a_void_one_stop_loses_its_gifts_and_its_flag(gifts: list[Cells], rest: str) -> None:
    """地方税法附則7条: after a return only what it states counts."""
    recorded = 50_000 + int(rest)
    found = proposed(
        ward(
            inconsistencies=[row("donation_furusato")],
            documents=[report("D1", kind="tax_return")],
            donations=gifts,
            assessments=record(donation_furusato=recorded, one_stop=True),
        )
    )
    assert (("donation_furusato", rest), ("one_stop", "false")) in found


@pytest.mark.parametrize(
    ("filed", "more", "entered"),
    [(False, 0, True), (True, 0, False), (False, 4, False)],
    ids=["lost", "a return voids them", "too many to be sure"],
)
def test_notices_that_the_record_lacks_are_entered_with_their_flag(
    filed: bool, more: int, entered: bool
) -> None:
    others = [_gift(10 + number, 1_000, "one_stop") for number in range(more)]
    found = proposed(
        ward(
            inconsistencies=[row("donation_furusato")],
            documents=[report("D1", kind="tax_return" if filed else "salary_report")],
            donations=[*NOTICES, *others],
            assessments=record(donation_furusato=0, one_stop=False),
        )
    )
    amount = str(50_000 + 1_000 * more)
    assert ((("donation_furusato", amount), ("one_stop", "true")) in found) == entered


@pytest.mark.parametrize("moved_in", [None, date(2022, 3, 26)])
def test_a_loan_is_computed_whether_or_not_the_day_of_moving_in_is_stated(moved_in: date | None) -> None:
    """168,000 are deductible, of which the income tax of 115,400 takes its part (附則5条の4の2)."""
    paper = report(
        "D1",
        salary_income=3_281_600,
        deductions_total=1_151_819,
        housing_loan_deductible=168_000,
        income_tax_before_credits=115_400,
        housing_move_in_on=moved_in,
    )
    found = proposed(
        ward(
            inconsistencies=[row("housing_loan_credit")],
            documents=[paper],
            assessments=record(housing_loan_credit=0),
        )
    )
    assert (("housing_loan_credit", "52600"),) in found


@pytest.mark.parametrize(
    ("named", "cause"),
    [
        ("basic_deduction", ("salary_revenue", "4000000")),
        ("dependent_deduction", ("n_dependent_general", "0")),
    ],
)
def test_a_row_about_a_computed_field_may_be_settled_at_its_cause(named: str, cause: tuple[str, str]) -> None:
    """The basic deduction follows from the incomes, that of relatives from their number."""
    found = proposed(
        ward(
            inconsistencies=[row(named)],
            documents=[report("D1", salary_revenue=4_000_000, n_dependent_general=0)],
            assessments=record(salary_revenue=8_000_000, n_dependent_general=1),
        )
    )
    assert (cause,) in found
