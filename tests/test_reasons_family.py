"""Reasons that rest on the family and the register: who may be claimed, within which limit, residence."""

from datetime import date

import polars as pl
import pytest

from tests.told import LAW, LIMIT, YEAR, Rows, paper, person, recorded, told_of


def _couple(income: int, *, own: int = 4_000_000) -> dict[str, Rows]:
    return {
        "residents": [person(), person("P2", relationship="spouse")],
        "assessments": [
            recorded(spouse_kind="general", total_income=own),
            recorded("P2", total_income=income),
        ],
        "documents": [paper("D1", spouse_kind="general")],
        "dependents": [{"document_id": "D1", "line_no": 1, "role": "spouse", "dependent_person_id": "P2"}],
    }


def test_a_spouse_over_the_limit_is_told_with_income_limit_article_and_result() -> None:
    """The limit, its article and the amount of the special deduction come from the law of the year."""
    income = LAW.income_limits.relative.value + 520_000
    special = pl.select(LAW.spouse_special(pl.lit(4_000_000), pl.lit(income))).item()
    told = told_of(
        "recompute_spouse",
        {"spouse_kind": ("general", "none"), "spouse_special_deduction": (0, special)},
        _couple(income),
        "D1",
    )
    assert told["spouse_kind"] == (
        f"配偶者区分 一般→なし：配偶者の合計所得{income:,}円（課税台帳）＞{LIMIT}→配偶者特別控除{special:,}円"
        f"（{LAW.deductions.spouse_special.first.cite.text}）"
    )


def test_a_taxpayer_over_the_limit_loses_the_spouse() -> None:
    """The taxpayer's own income is told where that decides, not the spouse's."""
    own = LAW.income_limits.spouse_claimant.value + 1
    told = told_of("recompute_spouse", {"spouse_kind": ("general", "none")}, _couple(0, own=own), "D1")
    assert told["spouse_kind"].startswith(
        f"配偶者区分 一般→なし：本人の合計所得{own:,}円＞1,000万円（地方税法"
    )


def test_a_spouse_taken_away_within_the_limit_does_not_claim_the_law_for_it() -> None:
    """Where the law would allow the spouse, the sentence says what the list points at and no result."""
    told = told_of("remove_claim", {"spouse_kind": ("general", "none")}, _couple(0), "D1")
    assert told["spouse_kind"] == (
        f"配偶者区分 一般→なし：リストの指摘「検査」、配偶者の合計所得0円（課税台帳）≦{LIMIT}"
    )


def _family(**child: object) -> dict[str, Rows]:
    born = date(YEAR - 21, 6, 1)
    return {
        "residents": [person(), person("P3", relationship="child", birth_date=born)],
        "assessments": [recorded(n_dependent_specified=1), recorded("P3", **child)],
        "documents": [paper("D1", n_dependent_specified=1)],
        "dependents": [
            {
                "document_id": "D1",
                "line_no": 1,
                "role": "dependent",
                "dependent_person_id": "P3",
                "birth_date": born,
                "relationship": "child",
            }
        ],
    }


def test_a_relative_over_the_limit_is_named_by_relation_and_year_of_birth() -> None:
    """No name and no number of the relative: relation, year of birth, income, limit, article."""
    told = told_of("remove_claim", {"n_dependent_specified": (1, 0)}, _family(total_income=706_244), "D1")
    assert told["n_dependent_specified"] == (
        f"特定扶養 1人→0人：子（{YEAR - 21}年生）の合計所得706,244円（課税台帳）＞{LIMIT}"
    )


def test_another_claimant_is_told_with_relation_and_income() -> None:
    """The same child on the spouse's report: a claim doubled within the ward."""
    tables = _family(total_income=0)
    tables["residents"].append(person("P2", relationship="spouse"))
    tables["assessments"].append(recorded("P2", total_income=5_000_000))
    tables["documents"].append(paper("D2", person="P2"))
    tables["dependents"].append(tables["dependents"][0] | {"document_id": "D2"})
    told = told_of("remove_claim", {"n_dependent_specified": (1, 0)}, tables, "D1")
    assert told["n_dependent_specified"] == (
        f"特定扶養 1人→0人：子（{YEAR - 21}年生）を配偶者も申告（区内重複、相手の合計所得5,000,000円）"
    )


def test_a_row_that_stays_says_who_agrees_and_what_else_could_be() -> None:
    """Record and report agree and the relative's claim is in order; the next candidate is named."""
    told = told_of("zero", {"n_dependent_specified": (1, 0)}, _family(total_income=0), proposed=False)
    assert told["n_dependent_specified"] == (
        "記録のまま：特定扶養 1人、給報と同じ、申告の1人は所得・年齢・重複に問題なし（次点 0人：なしにする）"
    )


def test_a_blind_repair_without_support_says_so() -> None:
    """Where neither a document nor the register speaks for it, the reader is told that nothing does."""
    told = told_of("zero", {"n_dependent_specified": (1, 0)}, _family(total_income=0))
    assert told["n_dependent_specified"].startswith(
        "特定扶養 1人→0人：資料・台帳に裏付けなし（リストの指摘「検査」、子（"
    )


def test_a_relative_in_another_class_than_counted_is_told_by_age_and_class() -> None:
    """The paper's count is that of another class than the age of the relative it names."""
    tables = _family(total_income=0)
    tables["assessments"][0] |= {"n_dependent_specified": 0, "n_dependent_general": 1}
    told = told_of("move_class", {"n_dependent_general": (1, 0), "n_dependent_specified": (0, 1)}, tables)
    why = (
        f"子（{YEAR - 21}年生）は20歳・住民票で同じ世帯・合計所得0円→特定扶養"
        f"（{LAW.deductions.dependent_specified.cite.text}）"
    )
    assert told == {
        "n_dependent_general": f"一般扶養 1人→0人：{why}",
        "n_dependent_specified": f"特定扶養 0人→1人：{why}",
    }


def test_a_count_of_whom_no_paper_names_is_told_so() -> None:
    """One dependant counted, none named in that class."""
    tables = _family(total_income=0)
    tables["assessments"][0] |= {"n_dependent_general": 1}
    told = told_of("one_less", {"n_dependent_general": (1, 0)}, tables)
    assert told["n_dependent_general"] == "一般扶養 1人→0人：この区分に当たる親族の記載が資料にない"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"left_on": date(YEAR - 1, 12, 20), "left_reason": "moved"},
            f"{YEAR - 1}/12/20転出、1月1日に区内に住所なし",
        ),
        (
            {"left_on": date(YEAR, 2, 20), "left_reason": "died"},
            f"資料・台帳に裏付けなし（リストの指摘「検査」、{YEAR}/2/20死亡、1月1日は区内に住所あり）",
        ),
        ({"resident_since": date(YEAR, 1, 5)}, f"{YEAR}/1/5転入、1月1日に区内に住所なし"),
    ],
)
def test_residence_is_told_by_the_registers_day(more: dict[str, object], said: str) -> None:
    """Whether the person lived in the ward on 1 January; where they did, nothing speaks for the change."""
    tables = {"residents": [person(**more)], "assessments": [recorded(is_resident=True)]}
    told = told_of("flip", {"is_resident": ("true", "false")}, tables)
    assert told["is_resident"] == f"賦課期日居住 該当→非該当：{said}"


def test_the_adjustment_is_told_with_the_limit_and_the_children() -> None:
    """A high salary, nobody claimed, but a child in the household whom the spouse may claim."""
    limit_of_salary = LAW.income_adjustment.high_salary
    tables = {
        "residents": [person(), person("P3", relationship="child", birth_date=date(YEAR - 10, 6, 1))],
        "assessments": [recorded(salary_revenue=9_500_000, income_adjustment=100_000)],
    }
    told = told_of("recompute", {"income_adjustment": (100_000, 0)}, tables)
    assert told["income_adjustment"] == (
        f"所得金額調整控除 100,000円→0円：給与収入9,500,000円＞850万円（{limit_of_salary.cite.text}）、"
        "23歳未満の扶養親族・特別障害者の申告なし（世帯に23歳未満の子1人）"
    )
