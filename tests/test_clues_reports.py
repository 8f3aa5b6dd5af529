"""Clues of what a report or return says of itself, and would say after a repair."""

from datetime import date

import polars as pl
import pytest

from features.mended import mended_after, odd_reports, report_gaps
from features.repairs import Proposed, propose
from features.repairs.kinds import KIND_NUMBER
from features.repairs.sources import Sources, sources
from features.repairs.withholding import FEWEST, UsualTax, monthly, usual_tax
from features.returns import odd_returns, return_gaps
from features.values import NUMBER
from tadasu.law import Law
from tests.small_ward import YEAR, Cells, record, report, row, ward

RATE = 0.006
"""Employment insurance of the people beside, who pay nothing else."""
KEYED, MEANT = 8_303_111, 830_311


def _others(number: int) -> list[Cells]:
    """Reports of other people that say what is usual: small salaries with employment insurance alone."""
    salaries = [1_000_000 + 10_000 * place for place in range(number)]
    return [
        report(f"O{place}", salary_revenue=salary, social_insurance=round(salary * RATE))
        | {"person_id": f"O{place}", "withholding_column": "main"}
        for place, salary in enumerate(salaries)
    ]


def _prepared(documents: list[Cells], **recorded: object) -> Sources:
    people = sorted({str(paper["person_id"]) for paper in documents} - {"P1"})
    beside = [
        row("salary_revenue") | {"row_id": f"R{place}", "person_id": person}
        for place, person in enumerate(people, 2)
    ]
    rows = [row("salary_revenue"), *beside]
    records = [*record(**recorded), *({"person_id": person, "tax_year": YEAR} for person in people)]
    tables = ward(inconsistencies=rows, documents=documents, assessments=records)
    return sources(tables, Law.of(YEAR))


def _mis_keyed() -> Sources:
    """A salary with one digit too many; the stated income and the insurance are of the right one."""
    paper = report("D1", salary_revenue=KEYED, salary_income=280_311, social_insurance=round(MEANT * RATE))
    return _prepared(
        [paper | {"year_end_adjusted": True, "withholding_column": "main"}, *_others(3)],
        salary_revenue=KEYED,
        social_insurance=round(MEANT * RATE),
    )


def _after(prepared: Sources, proposed: Proposed, salary: int | None) -> dict[str, object]:
    signature = "" if salary is None else f"{NUMBER['salary_revenue']:02d}={salary}"
    mine = (pl.col("row") == 0) & (pl.col("signature") == signature)
    repair = proposed.repairs.filter(mine).select("row", "repair_id")
    return mended_after(proposed, prepared).join(repair, on=["row", "repair_id"]).to_dicts()[0]


def test_of_several_mended_salaries_one_alone_makes_all_figures_fit() -> None:
    """8,303,111 may have been 830,311 or 830,111: the stated income tells which."""
    prepared = _mis_keyed()
    proposed = propose(prepared)
    right = _after(prepared, proposed, MEANT)
    assert right["after_income_gap"] == 0
    assert right["after_insurance_gap"] == pytest.approx(0, abs=1)
    assert right["after_odd"] == 0
    leave = _after(prepared, proposed, None)
    assert leave["after_income_gap"] != 0
    assert leave["after_odd"] == 2
    keyed = proposed.repairs.filter(pl.col("kind") == KIND_NUMBER["undo_keying"])["signature"]
    others = [value for value in (int(text.split("=")[1]) for text in keyed) if value != MEANT]
    assert others
    near = [_after(prepared, proposed, value) for value in others]
    assert all(other["after_odd"] for other in near)
    assert odd_reports(prepared).filter(pl.col("odd_income") > 0).height == 1


def test_of_two_reports_of_one_payer_the_wrong_one_contradicts_itself() -> None:
    """Both state 4,982 yen of insurance: that is the usual share of the second alone."""
    pair = [
        report(f"D{place}", salary_revenue=salary, social_insurance=round(MEANT * RATE), payer_id="B1")
        | {"withholding_column": "main"}
        for place, salary in enumerate((912_345, MEANT))
    ]
    prepared = _prepared([*pair, *_others(3)], salary_revenue=912_345 + MEANT, social_insurance=9_964)
    told = report_gaps(prepared).join(prepared.documents.select("document", "document_id"), on="document")
    gap = dict(told.select("document_id", "doc_insurance_gap").iter_rows())
    assert gap["D0"] == pytest.approx(round(MEANT * RATE) - 912_345 * RATE, abs=1)
    assert gap["D1"] == pytest.approx(0, abs=1)
    proposed = propose(prepared)
    assert _left(prepared, proposed, MEANT)["after_odd"] == 0
    assert _left(prepared, proposed, 912_345)["after_odd"] == 1


def _left(prepared: Sources, proposed: Proposed, kept: int) -> dict[str, object]:
    """Return what is said of the repair that leaves the other report out, insurance and all."""
    parts = {"salary_revenue": kept, "social_insurance": 9_964 - round(MEANT * RATE)}
    signature = "|".join(f"{NUMBER[name]:02d}={value}" for name, value in parts.items())
    mine = (pl.col("row") == 0) & (pl.col("signature") == signature)
    repair = proposed.repairs.filter(mine).select("row", "repair_id")
    return mended_after(proposed, prepared).join(repair, on=["row", "repair_id"]).to_dicts()[0]


def _withheld(salary: int) -> int:
    return (salary - 880_000) * 35 // 1000


def test_the_usual_tax_of_a_salary_is_read_off_the_reports() -> None:
    """Tax withheld by the month; a slip among the reports does not bend the curve."""
    salaries = [1_500_000 + 7_001 * place for place in range(FEWEST)]
    papers = [
        report(f"O{place}", salary_revenue=salary, withheld_income_tax=_withheld(salary))
        | {"person_id": f"O{place}", "withholding_column": "main", "year_end_adjusted": False}
        for place, salary in enumerate(salaries)
    ]
    papers[50]["salary_revenue"] = 15_000_000
    prepared = _prepared(papers)
    assert prepared.documents.filter(monthly()).height == FEWEST
    curve = usual_tax(prepared)
    assert isinstance(curve, UsualTax)
    read = pl.DataFrame({"salary": [2_000_000, 100]}).select(curve.of(pl.col("salary"))).to_series()
    assert read[0] == pytest.approx(_withheld(2_000_000), abs=curve.limit)
    assert read[1] is None
    gaps = report_gaps(prepared).filter(pl.col("doc_monthly_gap").abs() > curve.limit)
    assert gaps.height <= 1
    assert usual_tax(_prepared(papers[:20])) is None


@pytest.mark.parametrize(("newest", "odd"), [(300_000, True), (500_000, False)])
def test_a_return_that_was_changed_does_not_add_up(newest: int, odd: bool) -> None:
    """Two returns: the deductions of one come to the total that both state."""
    plain: Cells = {"person_id": "P1", "tax_year": YEAR, "is_cancelled": False, "kind": "tax_return"}
    plain |= {"basic_deduction": 480_000, "deductions_total": 980_000, "salary_income": 2_000_000}
    older, later = (
        plain
        | {"document_id": f"T{place}", "received_on": date(YEAR, 2 + place, 1), "social_insurance": paid}
        for place, paid in enumerate((800_000 - newest, newest))
    )
    prepared = _prepared([older | {"total_income": 2_000_000}, later | {"total_income": 2_000_000}])
    told = odd_returns(prepared).to_dicts()[0]
    assert (told["returns_odd"], told["returns_fit"], told["newest_odd"]) == (1, 1, odd)
    assert sorted(return_gaps(prepared)["doc_parts_gap"].to_list()) == [-200_000, 0]
    assert return_gaps(prepared)["doc_total_gap"].to_list() == [0, 0]


def test_a_mis_keyed_salary_is_mended_by_the_usual_tax() -> None:
    """A report without adjustment: 12,345,678 was keyed for 2,345,678, of which the tax was withheld."""
    salaries = [1_500_000 + 7_001 * place for place in range(FEWEST)]
    papers = [
        report(f"O{place}", salary_revenue=salary, withheld_income_tax=_withheld(salary))
        | {"person_id": f"O{place}", "withholding_column": "main", "year_end_adjusted": False}
        for place, salary in enumerate(salaries)
    ]
    keyed = report("D1", salary_revenue=12_345_678, withheld_income_tax=_withheld(2_345_678))
    keyed |= {"withholding_column": "main", "year_end_adjusted": False}
    prepared = _prepared([keyed, *papers], salary_revenue=12_345_678)
    proposed = propose(prepared)
    told = _after(prepared, proposed, 2_345_678)
    assert told["after_odd"] == 0
    assert _after(prepared, proposed, None)["after_monthly_gap"] is None  # beyond the curve


def test_an_amount_found_in_two_ways_says_so_and_names_the_first() -> None:
    """No dividends: the levy on all is that on stocks alone."""
    prepared = sources(
        ward(
            inconsistencies=[row("dividend_levy_credit")],
            assessments=record(stock_income=1_000_000, dividend_levy_credit=153_150),
        ),
        Law.of(YEAR),
    )
    repair = propose(prepared).repairs.filter(
        pl.col("signature") == f"{NUMBER['dividend_levy_credit']:02d}=50000"
    )
    assert repair["ways"].to_list() == [3]
    assert repair["way"].to_list() == [0]
