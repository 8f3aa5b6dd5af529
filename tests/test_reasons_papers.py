"""Reasons that rest on papers: what they state beside the record, their sum, what the law gives for it."""

import polars as pl

from tests.told import LAW, paper, person, recorded, told_of


def test_a_documents_value_stands_beside_the_record_with_who_agrees() -> None:
    """The report says another premium than the record, with which the return agrees."""
    told = told_of(
        "take_document",
        {"social_insurance": (1_198_000, 612_340)},
        {
            "residents": [person()],
            "assessments": [recorded(social_insurance=1_198_000)],
            "documents": [
                paper("D1", withholding_column="main", social_insurance=612_340),
                paper("D2", "tax_return", social_insurance=1_198_000),
            ],
        },
        "D1",
    )
    assert told["social_insurance"] == (
        "社会保険料控除：給報（甲） 612,340円≠記録 1,198,000円（確定申告書は記録と同じ）"
    )


def test_contributions_that_are_moved_name_the_paper_that_tells_them_apart() -> None:
    """The return has them among the social insurance, the employer's report in their own box."""
    told = told_of(
        "move_contributions",
        {"social_insurance": (800_000, 524_000), "small_enterprise_mutual_aid": (0, 276_000)},
        {
            "residents": [person()],
            "assessments": [recorded(social_insurance=800_000)],
            "documents": [
                paper("D1", social_insurance=524_000, small_enterprise_mutual_aid=276_000),
                paper("D2", "tax_return", social_insurance=800_000),
            ],
        },
        "D1",
    )
    ground = "給報に小規模企業共済等掛金276,000円、記録は社会保険料控除に含む"
    assert told["social_insurance"].endswith(ground)
    assert told["small_enterprise_mutual_aid"].endswith(ground)


def test_reports_are_summed_and_what_is_missing_is_named() -> None:
    """The record lacks the second job's pay."""
    told = told_of(
        "sum_reports",
        {"salary_revenue": (3_000_000, 3_500_000)},
        {
            "residents": [person()],
            "assessments": [recorded(salary_revenue=3_000_000)],
            "documents": [
                paper("D1", withholding_column="main", salary_revenue=3_000_000),
                paper("D2", withholding_column="other", salary_revenue=500_000),
            ],
        },
    )
    assert told["salary_revenue"] == (
        "給与収入：給報2枚計 3,500,000円≠記録 3,000,000円"
        "（給報（乙）の500,000円が記録にない、給報（甲）は記録と同じ）"
    )


def test_a_report_counted_twice_is_named_by_payer_and_day_and_told_why() -> None:
    """The earlier employer's report stands in the later one's remarks."""
    told = told_of(
        "exclude_report",
        {"salary_revenue": (5_000_000, 4_000_000), "social_insurance": (700_000, 550_000)},
        {
            "residents": [person()],
            "assessments": [recorded(salary_revenue=5_000_000, social_insurance=700_000)],
            "documents": [
                paper(
                    "D1",
                    withholding_column="main",
                    salary_revenue=4_000_000,
                    social_insurance=550_000,
                    previous_salary_revenue=1_000_000,
                    previous_social_insurance=150_000,
                ),
                paper(
                    "D2",
                    withholding_column="main",
                    payer_id="B2",
                    salary_revenue=1_000_000,
                    social_insurance=150_000,
                ),
            ],
        },
        "D2",
    )
    assert told["salary_revenue"] == (
        "給与収入：記録 5,000,000円－給報（支払者B2・甲・1/31受付） 1,000,000円"
        "＝4,000,000円（他の給報の前職分と同額）"
    )
    assert told["social_insurance"].startswith("社会保険料控除：記録 700,000円－給報（支払者B2")


def test_of_two_reports_of_one_payer_the_one_that_contradicts_itself_is_told() -> None:
    """Both claim so much that no tax is due; one states tax all the same."""
    both = {"payer_id": "B1", "withholding_column": "main", "year_end_adjusted": True}
    both |= {"deductions_total": 9_000_000}
    told = told_of(
        "exclude_report",
        {"salary_revenue": (9_000_000, 4_000_000)},
        {
            "residents": [person()],
            "assessments": [recorded(salary_revenue=9_000_000)],
            "documents": [
                paper("D1", salary_revenue=4_000_000, **both),
                paper("D2", salary_revenue=5_000_000, withheld_income_tax=50_000, **both),
            ],
        },
        "D2",
    )
    assert told["salary_revenue"].endswith(
        "＝4,000,000円（同じ支払者の資料が重複・源泉徴収税額が収入と合わない）"
    )


def test_a_cancelled_report_is_said_to_be_cancelled() -> None:
    """What no longer counts is said before anything else."""
    told = told_of(
        "exclude_report_revenue",
        {"salary_revenue": (2_000_000, 0)},
        {
            "residents": [person()],
            "assessments": [recorded(salary_revenue=2_000_000)],
            "documents": [paper("D1", salary_revenue=2_000_000) | {"is_cancelled": True}],
        },
        "D1",
    )
    assert "取消済" in told["salary_revenue"]


def test_a_salary_that_its_income_contradicts_is_told_with_the_laws_amount() -> None:
    """A wrong first digit: what the income would be by law, and which salary fits."""
    wrong, right = 8_500_000, 3_500_000
    income, by_law = (pl.select(LAW.salary_income.of(pl.lit(v))).item() for v in (right, wrong))
    told = told_of(
        "undo_keying",
        {"salary_revenue": (wrong, right)},
        {
            "residents": [person()],
            "assessments": [recorded(salary_revenue=wrong)],
            "documents": [paper("D1", payer_id="B1", salary_revenue=wrong, salary_income=income)],
        },
        "D1",
    )
    assert told["salary_revenue"] == (
        f"給与収入：給報（支払者B1・1/31受付）の所得{income:,}円が収入8,500,000円と合わない"
        f"（法定{by_law:,}円、{LAW.salary_income.cite.text}）→3,500,000円なら一致"
    )


def test_premiums_are_told_with_what_the_law_gives_for_them() -> None:
    """The stated amount is that for the income tax; the premiums decide."""
    deduction = pl.select(LAW.life_insurance(*(pl.lit(v) for v in (90_000, 0, 0, 0, 0)))).item()
    told = told_of(
        "recompute",
        {"life_insurance": (40_000, deduction)},
        {
            "residents": [person()],
            "assessments": [recorded(life_insurance=40_000)],
            "documents": [paper("D1", life_insurance=40_000, new_life_premium=90_000)],
        },
        "D1",
    )
    assert told["life_insurance"] == (
        f"生命保険料控除 40,000円→{deduction:,}円：給報の支払額（新一般90,000円）から法定{deduction:,}円"
        f"（{LAW.deductions.life_insurance.total_cap.cite.text}）"
    )
