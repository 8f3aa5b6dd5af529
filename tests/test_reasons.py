"""Reasons of repairs: each kind's sentence, what it puts side by side, the limit and its article."""

from datetime import date

import polars as pl
import pytest

from features.repairs.kinds import KINDS
from models.reasons import sentences
from models.reasons.builders import BUILDERS, FALLBACK
from models.reasons.record import NONE, record
from models.reasons.wording import limit, yen
from tadasu.fields import FIELDS
from tadasu.law import Law
from tadasu.tables import CHANGES, EXTRACT, REPAIRS, Table

YEAR = 2026
LAW = Law.of(YEAR)
LIMIT = limit(LAW.income_limits.relative)
Rows = list[dict[str, object]]


def _frame(table: Table, lines: Rows) -> pl.DataFrame:
    cells = [
        {name: line.get(name, YEAR if name == "tax_year" else None) for name in table.schema}
        for line in lines
    ]
    return pl.DataFrame(cells, schema=table.schema) if cells else table.empty()


def _ward(**tables: Rows) -> dict[str, pl.DataFrame]:
    return {table.name: _frame(table, tables.get(table.name, [])) for table in EXTRACT}


def _told(
    kind: str,
    changes: dict[str, tuple[object, object]],
    tables: dict[str, Rows],
    document: str | None = None,
    row: dict[str, object] | None = None,
    *,
    proposed: bool = True,
) -> dict[str, str]:
    """Return the sentence by field of one repair ({field: (recorded, proposed)}) of a row of person P1."""
    key = {"tax_year": YEAR, "row_id": "R1", "repair_id": 1}
    listed = key | {"person_id": "P1", "check_code": "K1", "check_name": "検査", "field": next(iter(changes))}
    made = _ward(**({"inconsistencies": [listed | (row or {})]} | tables))
    repair = key | {"person_id": "P1", "kind": kind, "document_id": document}
    lines = [key | {"field": f, "recorded": str(a), "proposed": str(b)} for f, (a, b) in changes.items()]
    frames = {
        "repairs": _frame(REPAIRS, [repair]),
        "changes": _frame(CHANGES, lines),
    }
    shown = frames["changes"].rename({"recorded": "current_value", "proposed": "proposed_value"})
    told = sentences(shown.with_columns(proposed=pl.lit(proposed)), frames, made, LAW)
    return dict(told.select("field", "ground").iter_rows())


def _person(number: str = "P1", home: str = "H1", /, **more: object) -> dict[str, object]:
    plain = {
        "person_id": number,
        "household_id": home,
        "relationship": "head",
        "birth_date": date(1980, 5, 5),
    }
    return plain | {"resident_since": date(2010, 4, 1)} | more


def _paper(
    number: str, kind: str = "salary_report", person: str = "P1", **values: object
) -> dict[str, object]:
    plain = {"document_id": number, "person_id": person, "kind": kind, "is_cancelled": False}
    return plain | {"received_on": date(YEAR, 1, 31)} | values


def _record(number: str = "P1", **values: object) -> dict[str, object]:
    return {"person_id": number, "spouse_kind": "none", "self_disability": "none"} | values


def test_every_kind_has_a_sentence_or_is_listed_as_falling_back() -> None:
    """A kind added to `kinds.py` needs a line in `BUILDERS` or in `FALLBACK`; neither names other kinds."""
    named = {kind.name for kind in KINDS} - {"leave"}
    told = BUILDERS.keys() | FALLBACK
    assert named <= told, f"no sentence: {named - told}; add it to models/reasons/builders.py"
    assert not (BUILDERS.keys() & FALLBACK)


def test_no_kind_is_left_without_a_sentence() -> None:
    """With nothing known of the person but the row itself, every kind still says what changes."""
    values = {
        "social_insurance": ("100", "0"),
        "salary_revenue": ("0", "100"),
        "n_dependent_general": ("0", "1"),
        "spouse_kind": ("none", "general"),
        "widow": ("true", "false"),
    }
    key = {"tax_year": YEAR, "row_id": "R1", "person_id": "P1"}
    kinds = [kind for kind in KINDS if kind.name != "leave"]
    repairs = [key | {"repair_id": n, "kind": kind.name} for n, kind in enumerate(kinds, 1)]
    changes = [
        key | {"repair_id": n, "field": field, "recorded": old, "proposed": new}
        for n in range(1, len(kinds) + 1)
        for field, (old, new) in values.items()
    ]
    frames = {"repairs": _frame(REPAIRS, repairs), "changes": _frame(CHANGES, changes)}
    listed: Rows = [key | {"check_code": "K1", "check_name": "検査"}]
    shown = frames["changes"].rename({"recorded": "current_value", "proposed": "proposed_value"})
    told = sentences(shown.with_columns(proposed=pl.lit(True)), frames, _ward(inconsistencies=listed), LAW)
    labels = {kind.label.split("（")[0] for kind in kinds}
    for field, ground in told.select("field", "ground").iter_rows():
        assert FIELDS[field].label in ground or ground in labels
        assert "None" not in ground


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0円"), (999, "999円"), (1_198_000, "1,198,000円"), (-5_000, "△5,000円")]
)
def test_yen_are_written_with_separators(amount: int, text: str) -> None:
    """Thousands are separated, and a minus is the △ of Japanese accounts."""
    assert pl.select(yen(pl.lit(amount))).item() == text


def test_a_documents_value_stands_beside_the_record_with_who_agrees() -> None:
    """The report says another premium than the record, with which the return agrees."""
    told = _told(
        "take_document",
        {"social_insurance": (1_198_000, 612_340)},
        {
            "residents": [_person()],
            "assessments": [_record(social_insurance=1_198_000)],
            "documents": [
                _paper("D1", withholding_column="main", social_insurance=612_340),
                _paper("D2", "tax_return", social_insurance=1_198_000),
            ],
        },
        "D1",
    )
    assert told["social_insurance"] == (
        "社会保険料控除：給報（甲） 612,340円≠記録 1,198,000円（確定申告書は記録と同じ）"
    )


def test_reports_are_summed_and_what_is_missing_is_named() -> None:
    """The record lacks the second job's pay."""
    told = _told(
        "sum_reports",
        {"salary_revenue": (3_000_000, 3_500_000)},
        {
            "residents": [_person()],
            "assessments": [_record(salary_revenue=3_000_000)],
            "documents": [
                _paper("D1", withholding_column="main", salary_revenue=3_000_000),
                _paper("D2", withholding_column="other", salary_revenue=500_000),
            ],
        },
    )
    assert told["salary_revenue"] == (
        "給与収入：給報2枚計 3,500,000円≠記録 3,000,000円"
        "（給報（乙）の500,000円が記録にない、給報（甲）は記録と同じ）"
    )


def test_a_report_counted_twice_is_named_by_payer_and_day_and_told_why() -> None:
    """The earlier employer's report stands in the later one's remarks."""
    told = _told(
        "exclude_report",
        {"salary_revenue": (5_000_000, 4_000_000), "social_insurance": (700_000, 550_000)},
        {
            "residents": [_person()],
            "assessments": [_record(salary_revenue=5_000_000, social_insurance=700_000)],
            "documents": [
                _paper(
                    "D1",
                    withholding_column="main",
                    salary_revenue=4_000_000,
                    social_insurance=550_000,
                    previous_salary_revenue=1_000_000,
                    previous_social_insurance=150_000,
                ),
                _paper(
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


def test_a_cancelled_report_is_said_to_be_cancelled() -> None:
    """What no longer counts is said before anything else."""
    told = _told(
        "exclude_report_revenue",
        {"salary_revenue": (2_000_000, 0)},
        {
            "residents": [_person()],
            "assessments": [_record(salary_revenue=2_000_000)],
            "documents": [_paper("D1", salary_revenue=2_000_000) | {"is_cancelled": True}],
        },
        "D1",
    )
    assert "取消済" in told["salary_revenue"]


def _couple(income: int, *, own: int = 4_000_000) -> dict[str, Rows]:
    return {
        "residents": [_person(), _person("P2", relationship="spouse")],
        "assessments": [
            _record(spouse_kind="general", total_income=own),
            _record("P2", total_income=income),
        ],
        "documents": [_paper("D1", spouse_kind="general")],
        "dependents": [{"document_id": "D1", "line_no": 1, "role": "spouse", "dependent_person_id": "P2"}],
    }


def test_a_spouse_over_the_limit_is_told_with_income_limit_article_and_result() -> None:
    """The limit, its article and the amount of the special deduction come from the law of the year."""
    income = LAW.income_limits.relative.value + 520_000
    special = pl.select(LAW.spouse_special(pl.lit(4_000_000), pl.lit(income))).item()
    told = _told(
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
    told = _told("recompute_spouse", {"spouse_kind": ("general", "none")}, _couple(0, own=own), "D1")
    assert told["spouse_kind"].startswith(
        f"配偶者区分 一般→なし：本人の合計所得{own:,}円＞1,000万円（地方税法"
    )


def test_a_spouse_taken_away_within_the_limit_does_not_claim_the_law_for_it() -> None:
    """Where the law would allow the spouse, the sentence says what the list points at and no result."""
    told = _told("remove_claim", {"spouse_kind": ("general", "none")}, _couple(0), "D1")
    assert told["spouse_kind"] == (
        f"配偶者区分 一般→なし：リストの指摘「検査」、配偶者の合計所得0円（課税台帳）≦{LIMIT}"
    )


def _family(**child: object) -> dict[str, Rows]:
    born = date(YEAR - 21, 6, 1)
    return {
        "residents": [_person(), _person("P3", relationship="child", birth_date=born)],
        "assessments": [_record(n_dependent_specified=1), _record("P3", **child)],
        "documents": [_paper("D1", n_dependent_specified=1)],
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
    told = _told("remove_claim", {"n_dependent_specified": (1, 0)}, _family(total_income=706_244), "D1")
    assert told["n_dependent_specified"] == (
        f"特定扶養 1人→0人：子（{YEAR - 21}年生）の合計所得706,244円（課税台帳）＞{LIMIT}"
    )


def test_another_claimant_is_told_with_relation_and_income() -> None:
    """The same child on the spouse's report: a claim doubled within the ward."""
    tables = _family(total_income=0)
    tables["residents"].append(_person("P2", relationship="spouse"))
    tables["assessments"].append(_record("P2", total_income=5_000_000))
    tables["documents"].append(_paper("D2", person="P2"))
    tables["dependents"].append(tables["dependents"][0] | {"document_id": "D2"})
    told = _told("remove_claim", {"n_dependent_specified": (1, 0)}, tables, "D1")
    assert told["n_dependent_specified"] == (
        f"特定扶養 1人→0人：子（{YEAR - 21}年生）を配偶者も申告（区内重複、相手の合計所得5,000,000円）"
    )


def test_a_row_that_stays_says_who_agrees_and_what_else_could_be() -> None:
    """Record and report agree and the relative's claim is in order; the next candidate is named."""
    told = _told("zero", {"n_dependent_specified": (1, 0)}, _family(total_income=0), proposed=False)
    assert told["n_dependent_specified"] == (
        "記録のまま：特定扶養 1人、給報と同じ、申告の1人は所得・年齢・重複に問題なし（次点 0人：なしにする）"
    )


def test_a_blind_repair_without_support_says_so() -> None:
    """Where neither a document nor the register speaks for it, the reader is told that nothing does."""
    told = _told("zero", {"n_dependent_specified": (1, 0)}, _family(total_income=0))
    assert told["n_dependent_specified"].startswith(
        "特定扶養 1人→0人：資料・台帳に裏付けなし（リストの指摘「検査」、子（"
    )


def test_a_relative_in_another_class_than_counted_is_told_by_age_and_class() -> None:
    """The paper's count is that of another class than the age of the relative it names."""
    tables = _family(total_income=0)
    tables["assessments"][0] |= {"n_dependent_specified": 0, "n_dependent_general": 1}
    told = _told("move_class", {"n_dependent_general": (1, 0), "n_dependent_specified": (0, 1)}, tables)
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
    told = _told("one_less", {"n_dependent_general": (1, 0)}, tables)
    assert told["n_dependent_general"] == "一般扶養 1人→0人：この区分に当たる親族の記載が資料にない"


def test_a_salary_that_its_income_contradicts_is_told_with_the_laws_amount() -> None:
    """A wrong first digit: what the income would be by law, and which salary fits."""
    wrong, right = 8_500_000, 3_500_000
    income, by_law = (pl.select(LAW.salary_income.of(pl.lit(v))).item() for v in (right, wrong))
    told = _told(
        "undo_keying",
        {"salary_revenue": (wrong, right)},
        {
            "residents": [_person()],
            "assessments": [_record(salary_revenue=wrong)],
            "documents": [_paper("D1", payer_id="B1", salary_revenue=wrong, salary_income=income)],
        },
        "D1",
    )
    assert told["salary_revenue"] == (
        f"給与収入：給報（支払者B1・1/31受付）の所得{income:,}円が収入8,500,000円と合わない"
        f"（法定{by_law:,}円、{LAW.salary_income.cite.text}）→3,500,000円なら一致"
    )


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
    tables = {"residents": [_person(**more)], "assessments": [_record(is_resident=True)]}
    told = _told("flip", {"is_resident": ("true", "false")}, tables)
    assert told["is_resident"] == f"賦課期日居住 該当→非該当：{said}"


def test_premiums_are_told_with_what_the_law_gives_for_them() -> None:
    """The stated amount is that for the income tax; the premiums decide."""
    deduction = pl.select(LAW.life_insurance(*(pl.lit(v) for v in (90_000, 0, 0, 0, 0)))).item()
    told = _told(
        "recompute",
        {"life_insurance": (40_000, deduction)},
        {
            "residents": [_person()],
            "assessments": [_record(life_insurance=40_000)],
            "documents": [_paper("D1", life_insurance=40_000, new_life_premium=90_000)],
        },
        "D1",
    )
    assert told["life_insurance"] == (
        f"生命保険料控除 40,000円→{deduction:,}円：給報の支払額（新一般90,000円）から法定{deduction:,}円"
        f"（{LAW.deductions.life_insurance.total_cap.cite.text}）"
    )


def test_the_adjustment_is_told_with_the_limit_and_the_children() -> None:
    """A high salary, nobody claimed, but a child in the household whom the spouse may claim."""
    limit_of_salary = LAW.income_adjustment.high_salary
    tables = {
        "residents": [_person(), _person("P3", relationship="child", birth_date=date(YEAR - 10, 6, 1))],
        "assessments": [_record(salary_revenue=9_500_000, income_adjustment=100_000)],
    }
    told = _told("recompute", {"income_adjustment": (100_000, 0)}, tables)
    assert told["income_adjustment"] == (
        f"所得金額調整控除 100,000円→0円：給与収入9,500,000円＞850万円（{limit_of_salary.cite.text}）、"
        "23歳未満の扶養親族・特別障害者の申告なし（世帯に23歳未満の子1人）"
    )


def test_a_row_that_says_nothing_and_has_no_candidate_still_gets_a_sentence() -> None:
    """A line without field and repair, on a row that names no field."""
    key = {"tax_year": YEAR, "row_id": "R1", "person_id": "P1", "check_code": "K1"}
    made = _ward(residents=[_person()], assessments=[_record()], inconsistencies=[key])
    line = pl.DataFrame(
        {
            "row_id": ["R1"],
            "field": [None],
            "repair_id": [None],
            "current_value": [None],
            "proposed_value": [None],
            "proposed": [True],
        },
        schema_overrides={
            "field": pl.String,
            "repair_id": pl.Int32,
            "current_value": pl.String,
            "proposed_value": pl.String,
        },
    )
    frames = {"repairs": REPAIRS.empty(), "changes": CHANGES.empty()}
    assert sentences(line, frames, made, LAW)["ground"].to_list() == ["記録のまま：修正の候補なし"]


def test_the_record_is_of_the_code_where_in_use_and_of_the_evidence_where_not() -> None:
    """Counts come back from share and number; where nothing alike was seen, that is said."""
    features = pl.DataFrame(
        {
            "row_id": ["R1", "R2", "R3"],
            "repair_id": [0, 0, 0],
            "code_rows": [214.0, None, None],
            "code_corrected_share": [201 / 214, None, None],
            "evidence_rows": [900.0, 50.0, None],
            "evidence_corrected_share": [0.5, 0.1, None],
        },
        schema_overrides={"code_rows": pl.Float32, "evidence_rows": pl.Float32},
    )
    assert record(features)["record"].to_list() == [
        "同種（同じチェック）昨年まで214件中201件で修正",
        "同種（同じ項目・同じ記載）昨年まで50件中5件で修正",
        NONE,
    ]
    known = features.drop("evidence_rows").filter(pl.col("row_id") == "R2")
    assert record(known)["record"].to_list() == ["同種（同じ項目・同じ記載）昨年までの10.0%で修正"]


def test_no_limit_of_the_law_is_written_in_the_code() -> None:
    """Another year's law gives another limit with the same code."""
    assert limit(Law.of(2025).income_limits.relative) != LIMIT
