"""Clues read off the papers themselves: sums that fit, tax withheld, slips of the keys, gifts, relatives."""

from datetime import date

import polars as pl
import pytest

from features.birthmates import birthmates, claims_by_person
from features.fits import fits
from features.gifts import gift_arithmetic
from features.identified import identified
from features.keyed import keyed
from features.papertax import paper_sums, paper_sums_after
from features.repairs import propose
from features.repairs.sources import Sources, sources
from features.unnamed import NUMBERS, unnamed
from tadasu.law import Law
from tests.small_ward import ward

Cells = dict[str, object]
Tables = dict[str, pl.DataFrame]
YEAR = 2025
CHILD = date(2012, 5, 1)


def _paper(number: str, kind: str = "salary_report", **values: object) -> Cells:
    plain: Cells = {"document_id": number, "tax_year": YEAR, "person_id": "P1", "kind": kind}
    return plain | {"is_cancelled": False, "received_on": date(YEAR, 2, 1)} | values


def _resident(person: str, born: date, relationship: str, **more: object) -> Cells:
    return {
        "person_id": person,
        "household_id": "H1",
        "relationship": relationship,
        "birth_date": born,
        "sex": "M",
    } | more


def _claim(document: str, line: int, born: date, **more: object) -> Cells:
    plain: Cells = {"document_id": document, "line_no": line, "role": "under16", "relationship": "child"}
    return plain | {"birth_date": born, "lives_apart": False, "lives_abroad": False} | more


def _prepared(past: dict[int, Tables] | None = None, **tables: list[Cells]) -> Sources:
    row = {"row_id": "R1", "tax_year": YEAR, "person_id": "P1", "check_code": "K1"}
    whole = {"inconsistencies": [row | {"field": tables.pop("field", None)}]} | tables
    return sources(ward(**whole), Law.of(YEAR), past)


def _record(**values: object) -> list[Cells]:
    return [{"person_id": "P1", "tax_year": YEAR, **values}]


@pytest.mark.parametrize(
    ("typed", "meant", "how"),
    [
        (1324, 1234, 1),
        (132, 4132, 2),
        (500, 5000, 2),
        (85773, 8577, 3),
        (9894, 4894, 4),
        (4000, 4000, None),
        (4100, 3999, None),
        (12, 2, None),
    ],
)
def test_a_slip_of_the_keys_is_told_by_its_kind(typed: int, meant: int, how: int | None) -> None:
    """Exchanged, dropped, added, replaced; equal amounts and small counts are none."""
    frame = pl.DataFrame({"typed": [typed], "meant": [meant]})
    assert frame.select(keyed(pl.col("typed"), pl.col("meant"))).item() == how


def test_a_relative_without_a_number_is_found_by_birth_date() -> None:
    """Only within the household, never the claimant, never somebody whom another line names."""
    twin = date(2015, 3, 3)
    tables = ward(
        residents=[
            _resident("P1", date(1980, 1, 1), "head"),
            _resident("C1", CHILD, "child"),
            _resident("T1", twin, "child"),
            _resident("T2", twin, "child"),
        ],
        documents=[_paper("D1")],
        dependents=[
            _claim("D1", 1, CHILD),
            _claim("D1", 2, twin, dependent_person_id="T1"),
            _claim("D1", 3, twin),
            _claim("D1", 4, date(1980, 1, 1)),
            _claim("D1", 5, date(2019, 9, 9)),
        ],
    )
    found = identified(tables)["dependents"].sort("line_no")
    assert found["dependent_person_id"].to_list() == ["C1", "T1", "T2", None, None]
    assert found["found"].to_list() == [True, False, True, False, False]
    again = identified(tables | {"dependents": found})["dependents"]
    assert again["found"].to_list() == found["found"].to_list()


def test_a_gift_left_out_of_the_list_is_seen_by_its_amount() -> None:
    """The total exceeds the list by exactly what the person gives each time."""
    gifts = [
        {
            "donation_id": f"G{place}",
            "tax_year": YEAR,
            "person_id": "P1",
            "source": "return",
            "amount": 20_000,
        }
        for place in range(3)
    ]
    prepared = _prepared(
        documents=[_paper("D1", "tax_return", donation_total=80_000)],
        donations=gifts,
        assessments=_record(donation_furusato=60_000),
    )
    told = gift_arithmetic(prepared).row(0, named=True)
    assert (told["gifts_missing"], told["gifts_like"], told["gifts_listed"]) == (20_000, 3, 3)
    assert (told["gifts_share"], told["gifts_odd"]) == (1.0, False)


def test_the_choice_of_reports_that_fits_says_what_was_left_out() -> None:
    """The return took one report of two: the other column's stays outside, it came after the return."""
    prepared = _prepared(
        documents=[
            _paper("D1", salary_revenue=3_000_000, social_insurance=400_000, withholding_column="main"),
            _paper(
                "D2",
                salary_revenue=500_000,
                withholding_column="other",
                payer_id="B2",
                received_on=date(YEAR, 4, 1),
            ),
            _paper("D3", "tax_return", salary_revenue=3_000_000, received_on=date(YEAR, 3, 1)),
        ],
        assessments=_record(salary_revenue=3_000_000, social_insurance=400_000),
    )
    told = fits(prepared).row(0, named=True)
    assert (told["fit_choices"], told["fit_miss"], told["fit_left"]) == (1, 0.0, 1)
    assert (told["fit_left_revenue"], told["fit_left_other"], told["fit_left_late"]) == (500_000, True, 31)
    assert told["fit_insurance"] == 0


def test_the_tax_withheld_tells_the_salary_from_its_slip() -> None:
    """The record has a digit too much; the repair with the right salary makes the withheld tax right."""
    law = Law.of(YEAR)
    right, slip = 4_000_000, 40_000_000
    income = pl.select(law.salary_income.of(pl.lit(right))).item()
    taxable = (income - 1_000_000) // 1000 * 1000
    tax = pl.select(law.income_tax_papers.levy.of(pl.lit(taxable))).item() * 1021 // 1000 // 100 * 100
    prepared = _prepared(
        field="salary_revenue",
        documents=[
            _paper(
                "D1",
                year_end_adjusted=True,
                salary_revenue=slip,
                salary_income=income,
                social_insurance=520_000,
                basic_deduction=480_000,
                deductions_total=1_000_000,
                withheld_income_tax=tax,
            )
        ],
        assessments=_record(salary_revenue=slip, social_insurance=520_000),
    )
    told = paper_sums(prepared).row(0, named=True)
    assert (told["tax_by_stated"], told["parts_gap"]) == (0, 0)
    assert told["tax_by_law"] < 0
    proposed = propose(prepared)
    after = paper_sums_after(proposed, prepared).join(proposed.changes, on=["row", "repair_id"])
    mended = after.filter(pl.col("value") == right)
    assert mended["tax_gap_after"].to_list() == [0]
    assert (after.filter(pl.col("value") != right)["tax_gap_after"].drop_nulls() != 0).all()


def test_a_relative_counted_without_a_name_is_looked_for_in_the_household() -> None:
    """One child is named, two are counted: the second can only be the unclaimed child of the household."""
    people = [
        _resident("P1", date(1980, 1, 1), "head"),
        _resident("C1", CHILD, "child"),
        _resident("C2", date(2014, 1, 1), "child"),
    ]
    claims = [_claim("D1", 1, CHILD, dependent_person_id="C1")]
    record = _record(n_dependent_under16=2)
    with_child = _prepared(residents=people, documents=[_paper("D1")], dependents=claims, assessments=record)
    without = _prepared(residents=people[:2], documents=[_paper("D1")], dependents=claims, assessments=record)
    told = [
        unnamed(each).filter(pl.col("field") == NUMBERS["under16"]).row(0, named=True)
        for each in (with_child, without)
    ]
    assert [(each["unnamed"], each["free"]) for each in told] == [(1, 1), (1, 0)]


def test_two_claims_of_one_birth_date_are_seen_without_a_number() -> None:
    """Both spouses claim a parent elsewhere, who has no number; neither did last year."""
    parent = date(1945, 6, 7)
    apart: Cells = {"role": "dependent", "relationship": "parent", "lives_apart": True}
    tables = ward(
        inconsistencies=[{"row_id": "R1", "tax_year": YEAR, "person_id": "P1", "check_code": "K1"}],
        residents=[
            _resident("P1", date(1980, 1, 1), "head"),
            _resident("P2", date(1981, 1, 1), "spouse"),
        ],
        documents=[_paper("D1"), _paper("D2") | {"person_id": "P2"}],
        dependents=[_claim("D1", 1, parent, **apart), _claim("D2", 1, parent, **apart)],
        assessments=_record(n_dependent_elderly=1),
    )
    before = ward(documents=[_paper("D0")])
    prepared = sources(tables, Law.of(YEAR))
    mates = birthmates(prepared, tables, before)
    assert mates.select("mate_home", "mate_elsewhere", "mate_last").rows() == [(1, 0, False)]
    told = claims_by_person(prepared, mates).row(0, named=True)
    assert (told["nameless_home"], told["nameless_new"], told["family_knows"]) == (1, 1, True)
    unknown = birthmates(prepared, tables, None)
    assert unknown["mate_last"].to_list() == [None]
