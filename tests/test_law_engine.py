"""The engine: same answer however the frame is given, lines that add up, and the points where rules meet."""

import polars as pl
import pytest

from tadasu.law import LINES, WORKING, Law, assess
from tadasu.law.given import INPUTS

NONE_AT_ALL = {"yen": 0, "count": 0, "flag": False, "status": "none"}
PERSON = {
    "salary_revenue": 6000000,
    "salary_income": 4360000,
    "social_insurance": 880000,
    "spouse_kind": "general",
    "n_dependent_specified": 1,
    "n_dependent_under16": 1,
    "donation_furusato": 60000,
    "housing_loan_credit": 97500,
}


def one(year: int = 2026, ordinance: str = "tokyo_ward", **cells: object) -> dict[str, int]:
    """Return the lines for one person."""
    return assess(pl.DataFrame([cells]), Law.of(year, ordinance)).row(0, named=True)


def test_missing_columns_nulls_zeros_and_any_order_give_the_same() -> None:
    law = Law.of(2024)
    sparse = pl.DataFrame([PERSON])
    zeros = {
        name: PERSON.get(name, True if name == "is_resident" else NONE_AT_ALL[field.kind])
        for name, field in INPUTS.items()
        if name != "sex"
    }
    nulls = {name: PERSON.get(name) for name in reversed(list(INPUTS))}
    expected = assess(sparse, law).select(WORKING)
    for cells in (zeros, nulls, dict(reversed(PERSON.items()))):
        assert assess(pl.DataFrame([cells], infer_schema_length=None), law).select(WORKING).equals(expected)


def test_a_lazy_frame_stays_lazy_and_gives_the_same() -> None:
    frame, law = pl.DataFrame([PERSON] * 3), Law.of(2025)
    lazy = assess(frame.lazy(), law)
    assert isinstance(lazy, pl.LazyFrame)
    assert lazy.collect().equals(assess(frame, law))


def test_what_else_the_frame_holds_is_kept_and_rows_stay_in_order() -> None:
    frame = pl.DataFrame(
        {"person_id": ["b", "a"], "salary_income": [5000000, 3000000], "resident_tax": [1, 2]}
    )
    result = assess(frame, Law.of(2026))
    assert result["person_id"].to_list() == ["b", "a"]
    assert result.columns[:2] == ["person_id", "salary_income"]
    assert result["resident_tax"].to_list() != [1, 2], "a computed line replaces the column of its name"
    assert result["resident_tax"][0] > result["resident_tax"][1]


@pytest.mark.parametrize("year", Law.years())
@pytest.mark.parametrize(
    "frame", [pl.DataFrame(), pl.DataFrame([PERSON]).clear()], ids=["no columns", "no rows"]
)
def test_no_rows_give_no_rows_with_all_lines(year: int, frame: pl.DataFrame) -> None:
    result = assess(frame, Law.of(year))
    assert result.height == 0
    assert {*LINES, "error", "contradictions"} <= set(result.columns)


def test_integers_of_any_width_and_codes_as_enum_are_read() -> None:
    frame = pl.DataFrame([PERSON])
    narrow = frame.with_columns(
        pl.col("n_dependent_specified").cast(pl.UInt8),
        pl.col("salary_income").cast(pl.Int32),
        pl.col("spouse_kind").cast(pl.Enum(["none", "general", "elderly"])),
    )
    law = Law.of(2026)
    assert assess(narrow, law).select(WORKING).equals(assess(frame, law).select(WORKING))


@pytest.mark.parametrize("ordinance", ["tokyo_ward", "designated_city"])
def test_lines_add_up(ordinance: str) -> None:
    row = one(2024, ordinance, **PERSON)
    for line in ("adjustment_credit", "dividend_credit", "donation_credit", "income_levy", "per_capita_levy"):
        assert row[line] == row[f"{line}_ward"] + row[f"{line}_metropolis"]
    assert row["resident_tax"] == row["income_levy"] + row["per_capita_levy"] + row["forest_tax"]
    assert row["income_levy_ward"] % 100 == row["income_levy_metropolis"] % 100 == 0


def test_the_split_of_a_designated_city_leaves_the_levy_as_it_is() -> None:
    ward, city = one(**PERSON), one(ordinance="designated_city", **PERSON)
    assert ward["income_levy_before_credits"] == city["income_levy_before_credits"]
    assert city["levy_before_credits_ward"] == 4 * city["levy_before_credits_metropolis"]


def test_who_is_no_resident_or_on_assistance_pays_nothing_but_is_shown_the_lines() -> None:
    for nobody in ({"is_resident": False}, {"public_assistance": True}):
        row = one(**PERSON, **nobody)
        assert row["resident_tax"] == row["income_levy"] == row["per_capita_levy"] == 0
        assert row["income_levy_before_credits"] > 0
        assert row["adjustment_credit"] > 0


@pytest.mark.parametrize(
    ("cells", "tax"),
    [
        ({"salary_income": 1350000, "widow": True}, 0),
        ({"salary_income": 1350001, "widow": True}, None),
        ({"salary_income": 450000}, 0),
        ({"salary_income": 1010000, "n_dependent_under16": 1}, 0),
        ({"salary_income": 1010001, "n_dependent_under16": 1}, 5000),
        ({"salary_income": 1120000, "n_dependent_general": 1}, 5000),
    ],
)
def test_exemption_limits_include_their_own_yen(cells: dict[str, object], tax: int | None) -> None:
    row = one(**cells)
    if tax is None:
        assert row["resident_tax"] > 0
    else:
        assert row["resident_tax"] == tax


def test_a_loss_carried_forward_counts_for_the_levy_not_for_the_total_income() -> None:
    row = one(business_income=5000000, loss_carryforward=4600000)
    assert (row["total_income"], row["aggregate_income"]) == (5000000, 400000)
    assert row["income_levy"] == 0, "the limit of the income levy goes by the aggregate income"
    assert row["per_capita_levy"] > 0, "that of the per-capita levy by the total income"


def test_a_comprehensive_loss_does_not_meet_separate_income() -> None:
    row = one(business_income=-3000000, stock_income=2000000)
    assert row["total_income"] == 2000000


def test_deductions_are_taken_from_the_comprehensive_income_first() -> None:
    row = one(
        salary_income=500000, separate_transfer_income=2000000, stock_income=1000000, social_insurance=600000
    )
    # 430,000 + 600,000 = 1,030,000: 500,000 from salary, 530,000 from the transfer
    assert row["taxable_comprehensive"] == 0
    assert row["taxable_long_transfer"] == 1470000
    assert row["taxable_stock"] == 1000000
    assert row["income_levy_before_credits"] == 123500


def test_short_transfers_have_their_own_rate_and_net_against_long_ones() -> None:
    row = one(salary_income=3000000, short_transfer_income=1000000)
    assert row["taxable_short_transfer"] == 1000000
    assert row["levy_before_credits_ward"] == 2570000 * 6 // 100 + 54000
    row = one(salary_income=3000000, short_transfer_income=1000000, separate_transfer_income=-400000)
    assert (row["short_transfer_income"], row["taxable_short_transfer"]) == (1000000, 600000)


def test_a_gift_that_one_ordinance_names_counts_on_its_side_only() -> None:
    ward = one(salary_income=5000000, donation_ward_only=52000)
    metropolis = one(salary_income=5000000, donation_metropolis_only=52000)
    assert (ward["donation_credit_ward"], ward["donation_credit_metropolis"]) == (3000, 0)
    assert (metropolis["donation_credit_ward"], metropolis["donation_credit_metropolis"]) == (0, 2000)


def test_the_special_part_is_capped_at_a_fifth_of_the_levy() -> None:
    row = one(salary_income=5000000, donation_furusato=1000000)
    left = row["levy_before_credits_ward"] - row["adjustment_credit_ward"]
    assert row["donation_special_ward"] == left // 5


@pytest.mark.parametrize(
    ("cells", "percent"),
    [
        ({"stock_income": 9000000}, 74685),
        ({"separate_transfer_income": 9000000}, 74685),
        ({"short_transfer_income": 9000000, "stock_income": 100000}, 59370),
    ],
)
def test_without_a_comprehensive_base_the_rate_goes_by_the_separate_income(
    cells: dict[str, int], percent: int
) -> None:
    row = one(donation_furusato=12000, **cells)
    assert row["donation_special_ward"] == -(-10000 * percent * 3 // 500000)


def test_a_levy_credit_beyond_the_levy_is_told_apart_and_the_tax_is_before_it() -> None:
    row = one(salary_income=1500000, dividend_levy_credit=500000)
    plain = one(salary_income=1500000)
    assert row["income_levy"] == 0
    assert row["resident_tax"] == 5000
    after = plain["levy_after_credits_ward"] + plain["levy_after_credits_metropolis"]
    assert row["levy_credit_refund"] == 500000 - after
    assert one(salary_income=400000, dividend_levy_credit=1000)["levy_credit_refund"] == 1000


def test_the_cut_of_2024_counts_relatives_at_home() -> None:
    family = {"salary_income": 5000000, "spouse_kind": "general", "n_dependent_under16": 2}
    assert one(2024, **family)["fixed_amount_cut"] == 40000
    assert one(2024, **family, n_abroad=1)["fixed_amount_cut"] == 30000
    assert one(2025, **family)["fixed_amount_cut"] == 0
    assert one(2024, salary_income=18050000)["fixed_amount_cut"] == 10000
    assert one(2024, salary_income=18050001)["fixed_amount_cut"] == 0


def test_the_remnant_of_2025_needs_its_input_and_an_income_between_the_limits() -> None:
    assert one(2025, salary_income=12000000, remnant_spouse=True)["fixed_amount_cut"] == 10000
    assert one(2025, salary_income=12000000)["fixed_amount_cut"] == 0
    assert one(2025, salary_income=10000000, remnant_spouse=True)["fixed_amount_cut"] == 0
    assert one(2026, salary_income=12000000, remnant_spouse=True)["fixed_amount_cut"] == 0


def test_the_adjustment_keeps_the_levy_from_pushing_income_below_the_limit() -> None:
    """Koga's figures: 1,130,000 less the limit of 1,120,000 leaves 10,000 of a levy of 24,000."""
    row = one(2025, pension_income=1130000, spouse_kind="general", social_insurance=90000)
    before = row["levy_after_credits_ward"] + row["levy_after_credits_metropolis"]
    assert row["levy_relief"] == before - 10000
    assert row["income_levy"] <= 10000


def test_a_fathers_difference_is_smaller_than_a_mothers() -> None:
    father, mother = (one(salary_income=3000000, single_parent=True, sex=sex) for sex in ("M", "F"))
    assert mother["personal_deduction_difference"] - father["personal_deduction_difference"] == 40000


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ({"salary_revenue": 5000000, "salary_income": 3560001}, "salary_income_not_by_law"),
        ({"medical_expense": 1, "self_medication": 1}, "medical_and_self_medication"),
        (
            {"salary_revenue": 14000000, "salary_income": 12050000, "spouse_kind": "general"},
            "spouse_above_income_limit",
        ),
        ({"spouse_kind": "general", "spouse_special_deduction": 330000}, "spouse_and_spouse_special"),
        ({"widow": True, "single_parent": True, "sex": "F"}, "widow_and_single_parent"),
        ({"single_parent": True}, "single_parent_sex_unknown"),
        ({"one_stop": True}, "one_stop_without_gift"),
        ({"life_insurance": 70001}, "life_insurance_above_cap"),
        ({"n_disabled_special": 1}, "more_disabled_than_relatives"),
        ({"tax_year": 2025}, "tax_year_other"),
    ],
)
def test_a_contradiction_is_named_and_computed_all_the_same(cells: dict[str, object], name: str) -> None:
    row = one(**cells)
    assert name in (row["contradictions"] or "").split(";")
    assert row["error"] is None
    assert row["resident_tax"] is not None


def test_a_sound_record_has_no_contradiction() -> None:
    assert one(**PERSON)["contradictions"] is None


def test_a_missing_date_of_birth_hides_no_other_contradiction() -> None:
    row = one(medical_expense=1, self_medication=1, pension_revenue=5, birth_date=None)
    frame = pl.DataFrame({"medical_expense": [1], "self_medication": [1], "birth_date": [None]})
    dated = frame.with_columns(pl.col("birth_date").cast(pl.Date))
    assert row["contradictions"] == "medical_and_self_medication"
    assert assess(dated, Law.of(2026))["contradictions"][0] == "medical_and_self_medication"


def test_a_column_that_happens_to_be_called_like_a_step_of_the_computation_is_kept() -> None:
    frame = pl.DataFrame(
        {"salary_income": [5000000], "stock": ["shelf"], "levy_ward": [7], "is_here": [None]}
    )
    result = assess(frame, Law.of(2026))
    assert result.select("stock", "levy_ward", "is_here").row(0) == ("shelf", 7, None)
    assert result["resident_tax"].equals(assess(frame.select("salary_income"), Law.of(2026))["resident_tax"])
