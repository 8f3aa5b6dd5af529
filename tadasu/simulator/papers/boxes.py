"""Which boxes the form of each kind of document has: what is in none stays empty."""

from tadasu.law.deductions import DEDUCTIONS
from tadasu.simulator.papers.relatives import COUNTS
from tadasu.simulator.papers.whole import INCOMES, PREMIUMS, STATUSES

_HEAD = (
    "document_id",
    "tax_year",
    "person_id",
    "kind",
    "received_on",
    "channel",
    "birth_date",
    "is_cancelled",
)
_SPOUSE = ("spouse_kind", "spouse_total_income")
_LOAN = ("housing_loan_deductible", "housing_move_in_on", "income_tax_before_credits")
_CLAIMS = (*_SPOUSE, *STATUSES, *COUNTS)
_EMPLOYERS_DEDUCTIONS = tuple(
    name for name in DEDUCTIONS if name not in ("casualty_loss", "medical_expense", "self_medication")
)

BOXES: dict[str, tuple[str, ...]] = {
    "salary_report": (
        *_HEAD,
        "payer_id",
        "withholding_column",
        "left_job_on",
        "year_end_adjusted",
        "salary_revenue",
        "salary_income",
        "income_adjustment",
        "previous_salary_revenue",
        "previous_social_insurance",
        "previous_payer_id",
        *_EMPLOYERS_DEDUCTIONS,
        *PREMIUMS,
        "deductions_total",
        *_CLAIMS,
        *_LOAN,
        "withheld_income_tax",
        "special_collection",
    ),
    "pension_report": (
        *_HEAD,
        "payer_id",
        "pension_revenue",
        "social_insurance",
        *_CLAIMS,
        "withheld_income_tax",
    ),
    "tax_return": (
        *_HEAD,
        *INCOMES,
        "total_income",
        *DEDUCTIONS,
        *PREMIUMS,
        "deductions_total",
        *_CLAIMS,
        *_LOAN,
        "donation_total",
        "dividend_levy_credit",
        "withheld_income_tax",
        "income_tax",
    ),
    "resident_return": (
        *_HEAD,
        *INCOMES,
        "total_income",
        *DEDUCTIONS,
        *PREMIUMS,
        "deductions_total",
        *_CLAIMS,
        "donation_total",
        "dividend_levy_credit",
    ),
}

ADJUSTED_ONLY = (
    "salary_income",
    "income_adjustment",
    *(name for name in _EMPLOYERS_DEDUCTIONS if name != "social_insurance"),
    "deductions_total",
    *_LOAN,
)
"""Boxes of a salary report that only a year-end adjusted one fills."""

EVEN_IF_ZERO = (
    "salary_income",
    "pension_income",
    "total_income",
    "basic_deduction",
    "deductions_total",
    "spouse_total_income",
    "income_tax_before_credits",
    "withheld_income_tax",
    "income_tax",
)
"""Boxes in which a zero is written; in all others an amount of nothing is a blank."""
