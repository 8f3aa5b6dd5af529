"""Rows held against labels: what counts as right, whose yen count, which groups a row is in."""

from datetime import date

import polars as pl
import pytest

from features.labels import labels
from models.evaluation.judged import judged
from models.evaluation.rows import judged_rows, memberships
from models.evaluation.yen import tax_moved
from tadasu.law import Law, assess
from tadasu.tables import ASSESSMENTS, CORRECTIONS, DOCUMENTS, INCONSISTENCIES, RESIDENTS, SUGGESTIONS, Table

Tables = dict[str, pl.DataFrame]
LAW = Law.of(2025)


def _frame(table: Table, lines: list[dict[str, object]]) -> pl.DataFrame:
    """Return lines of a declared table; what is not given is empty."""
    return pl.DataFrame(lines, schema=table.schema)


@pytest.fixture
def tables() -> Tables:
    """Two people of one household: R1 and R2 of P1 carry the same correction, R3 was left, R4 is open."""
    return _people() | _listed()


def _people() -> Tables:
    return {
        "residents": _frame(
            RESIDENTS,
            [
                {"person_id": "P1", "household_id": "H1", "birth_date": date(1960, 1, 1), "sex": "F"},
                {"person_id": "P2", "household_id": "H1", "birth_date": date(2000, 5, 5), "sex": "M"},
            ],
        ),
        "assessments": _frame(
            ASSESSMENTS,
            [
                {
                    "person_id": "P1",
                    "tax_year": 2025,
                    "salary_revenue": 4_000_000,
                    "salary_income": 2_760_000,
                },
                {
                    "person_id": "P2",
                    "tax_year": 2025,
                    "salary_revenue": 3_000_000,
                    "salary_income": 2_020_000,
                },
            ],
        ),
        "documents": _frame(
            DOCUMENTS,
            [
                {"document_id": "D1", "person_id": "P1", "kind": "salary_report", "channel": "paper"},
                {"document_id": "D2", "person_id": "P1", "kind": "tax_return", "channel": "etax"},
            ],
        ),
    }


def _listed() -> Tables:
    corrected = {"action_no": 1, "outcome": "corrected", "field": "salary_revenue", "new_value": "5000000"}
    return {
        "inconsistencies": _frame(
            INCONSISTENCIES,
            [
                {
                    "row_id": "R1",
                    "tax_year": 2025,
                    "person_id": "P1",
                    "check_code": "A",
                    "document_ids": "D1;D2",
                },
                {
                    "row_id": "R2",
                    "tax_year": 2025,
                    "person_id": "P1",
                    "check_code": "B",
                    "document_ids": "D1",
                },
                {"row_id": "R3", "tax_year": 2025, "person_id": "P2", "check_code": "A"},
                {"row_id": "R4", "tax_year": 2025, "person_id": "P2", "check_code": "A"},
            ],
        ),
        "corrections": _frame(
            CORRECTIONS,
            [
                {"row_id": "R1", **corrected},
                {"row_id": "R2", **corrected},
                {"row_id": "R2", **corrected, "action_no": 2, "field": "widow", "new_value": "true"},
                {"row_id": "R3", "action_no": 1, "outcome": "no_change"},
                {"row_id": "R4", "action_no": 1, "outcome": "inquiry"},
            ],
        ),
    }


def _lines(**rows: list[tuple[str | None, str | None, float, bool]]) -> pl.DataFrame:
    """Return suggestions: by row its lines (field, value, p_field, proposed); ranked as given."""
    lines = [
        {
            "row_id": row,
            "rank": rank,
            "lane": "confirm",
            "p_correction": max(line[2] for line in lines),
            "field": field,
            "proposed_value": value,
            "p_field": p,
            "proposed": proposed,
        }
        for rank, (row, lines) in enumerate(rows.items(), 1)
        for field, value, p, proposed in lines
    ]
    return pl.DataFrame(lines, schema={name: SUGGESTIONS.schema[name] for name in lines[0]})


def test_an_open_inquiry_is_no_label(tables: Tables) -> None:
    assert judged_rows(tables, LAW)["row_id"].to_list() == ["R1", "R2", "R3"]


def test_the_tax_moved_is_that_of_the_rows_own_changes_renewed(tables: Tables) -> None:
    rows = judged_rows(tables, LAW)
    income = pl.select(LAW.salary_income.of(pl.lit(5_000_000))).item()
    people = tables["residents"].select("person_id", "birth_date", "sex", "public_assistance")
    record = tables["assessments"].join(people, on="person_id").filter(person_id="P1")
    after = record.with_columns(salary_revenue=pl.lit(5_000_000), salary_income=pl.lit(income, pl.Int64))
    moved = assess(after, LAW)["resident_tax"] - assess(record, LAW)["resident_tax"]
    assert rows["yen"].to_list()[0] == moved.item() > 0
    assert rows["yen"].to_list()[2] == 0


def test_a_record_that_cannot_be_computed_has_no_yen(tables: Tables) -> None:
    told = labels(tables["corrections"]).join(
        tables["inconsistencies"].select("row_id", "person_id"), on="row_id"
    )
    broken = tables | {"assessments": tables["assessments"].with_columns(n_dependent_general=pl.lit(-1))}
    assert tax_moved(told, broken, LAW)["yen"].null_count() == 2


def test_a_change_that_two_rows_carry_counts_once_at_the_one_looked_at_first(tables: Tables) -> None:
    rows = judged_rows(tables, LAW)
    right = [("salary_revenue", "5000000", 0.9, True)]
    alone = judged(_lines(R1=right, R2=right, R3=right), rows)["yen"].to_list()
    first = judged(_lines(R1=right, R2=right, R3=right), rows)["yen_counted"].to_list()
    later = judged(_lines(R2=right, R1=right, R3=right), rows)["yen_counted"].to_list()
    own = rows["yen"].abs().to_list()
    assert alone == [own[0], own[1], 0]
    assert first == [own[0], own[1] / 2, 0]  # of R2's two changes one is new
    assert later == [0, own[1], 0]


def test_what_counts_as_right(tables: Tables) -> None:
    rows = judged_rows(tables, LAW)
    lines = _lines(
        R1=[("salary_revenue", "5000000", 0.9, True)],
        R2=[("widow", "true", 0.6, True), ("salary_revenue", "1", 0.5, True)],
        R3=[("salary_revenue", "2", 0.3, False), ("widow", "true", 0.2, False)],
    )
    held = judged(lines, rows)
    assert held["field_right"].to_list() == [1, 1, 0]
    assert held["value_right"].to_list() == [1, 1, 0]
    assert held["proposes"].to_list() == [1, 1, 0]
    assert held["exact"].to_list() == [1, 0, 0]
    assert held["right"].to_list() == [1, 0, 1]
    assert held["agrees"].to_list() == [1, 1, 1]
    assert held["passed"].to_list() == [0, 0, 1]


def test_the_likeliest_field_counts_not_the_one_shown_first(tables: Tables) -> None:
    rows = judged_rows(tables, LAW)
    lines = _lines(R1=[("widow", "true", 0.2, True), ("salary_revenue", "5000000", 0.7, False)])
    held = judged(lines, rows)
    assert held["field_right"][0] == 1
    assert held["exact"][0] == 0


def test_a_fourth_field_is_not_among_three(tables: Tables) -> None:
    rows = judged_rows(tables, LAW)
    others = [(name, "1", 0.5, False) for name in ("medical_expense", "business_income", "interest_income")]
    held = judged(_lines(R1=[*others, ("salary_revenue", "5000000", 0.1, False)]), rows)
    assert held["field_in_three"][0] == 0


def test_a_row_without_a_line_has_no_probability_and_comes_last(tables: Tables) -> None:
    rows = judged_rows(tables, LAW)
    held = judged(_lines(R3=[(None, None, 0.0, True)]), rows)
    assert held["p"].to_list() == [0, 0, 0]
    assert held["rank"][0] > held["rank"][2]
    assert held["right"].to_list()[2] == 1


def test_groups_of_a_row(tables: Tables) -> None:
    rows = judged_rows(tables, LAW)
    member = memberships(rows, tables, 2025, [20, 65], [1, 10_000_000])

    def groups(row: str, by: str) -> list[str]:
        return member.filter(row_id=row, by=by)["label"].to_list()

    assert groups("R1", "age") == ["65歳以上"]  # 65 on the day itself
    assert groups("R3", "age") == ["20歳以上65歳未満"]
    assert groups("R1", "channel") == ["紙", "e-Tax"]
    assert groups("R2", "field") == ["給与収入", "寡婦"]
    assert groups("R3", "field") == groups("R3", "yen") == []
    assert groups("R1", "yen") == ["1円以上10,000,000円未満"]
    assert groups("R3", "channel") == ["（なし）"]
