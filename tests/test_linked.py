"""What repairs imply for other people: whose claim falls, what an income means, what people read."""

import io
from datetime import date

import numpy as np
import polars as pl
import pytest
from rich.console import Console

from features.build import featurize
from features.linked import REASONS
from models.explain import explain_row
from models.neighbours import NAMES, Links, beside, links
from models.training import train
from pipelines import explain
from tadasu.law import Law
from tadasu.tables import CHANGES, LINKED, LINKS
from tests.small_models import small_models
from tests.small_ward import ward

Tables = dict[int, dict[str, pl.DataFrame]]
YEAR = 2025
LAW = Law.of(YEAR)
LIMIT = LAW.relative_income_limit
COUPLE = (
    {"person_id": "A", "household_id": "H", "relationship": "head", "birth_date": date(1980, 5, 5)},
    {"person_id": "B", "household_id": "H", "relationship": "spouse", "birth_date": date(1982, 5, 5)},
)
CHILD = {"person_id": "C", "household_id": "H", "relationship": "child", "birth_date": date(2015, 5, 5)}


def _row(number: str, person: str, field: str, **more: object) -> dict[str, object]:
    row = {"row_id": number, "tax_year": YEAR, "person_id": person, "check_code": "K1", "field": field}
    return row | more


def _report(number: str, person: str, **values: object) -> dict[str, object]:
    plain = {"document_id": number, "tax_year": YEAR, "person_id": person, "kind": "salary_report"}
    return plain | {"is_cancelled": False, "year_end_adjusted": True} | values


def _claim(document: str, relative: str, role: str, **more: object) -> dict[str, object]:
    return {"document_id": document, "line_no": 1, "role": role, "dependent_person_id": relative} | more


def _record(person: str, **values: object) -> dict[str, object]:
    plain = {"person_id": person, "tax_year": YEAR, "spouse_kind": "none", "total_income": 3_000_000}
    return plain | values


def _implied(
    tables: dict[str, pl.DataFrame], row: str = "R1"
) -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    """Return of each set of changes of the row what it implies, as lines of their own say it."""
    made = featurize(tables, {}, LAW)
    changes = made["changes"].filter(row_id=row).sort("repair_id", "field")
    text = pl.col("field") + "=" + pl.col("proposed")
    sets = dict(changes.group_by("repair_id", maintain_order=True).agg(text).iter_rows())
    told: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for line in made["linked"].filter(row_id=row).iter_rows(named=True):
        cells = (line["person_id"], line["field"], line["recorded"], line["proposed"], line["why"])
        told.setdefault(tuple(sets.get(line["repair_id"], ())), []).append(cells)
    return told


def _claimed_twice(**more: object) -> dict[str, pl.DataFrame]:
    """A child of 9 on the papers and in the records of both parents; A has a row about it."""
    cells: dict[str, object] = {
        "inconsistencies": [_row("R1", "A", "n_dependent_general", related_person_id="B")],
        "residents": [*COUPLE, CHILD],
        "documents": [_report("D1", "A"), _report("D2", "B")],
        "dependents": [
            _claim(number, "C", "under16", birth_date=date(2015, 5, 5), relationship="child")
            for number in ("D1", "D2")
        ],
        "assessments": [
            _record("A", n_dependent_under16=1),
            _record("B", n_dependent_under16=2),
            _record("C"),
        ],
    }
    return ward(**(cells | more))  # type: ignore[arg-type]


def test_who_keeps_a_claim_takes_it_from_the_other() -> None:
    """Leaving A's record takes one child from B; taking the child out of A's leaves B's record alone."""
    told = _implied(_claimed_twice())
    assert told[()] == [("B", "n_dependent_under16", "2", "1", "claimed_twice")]
    assert told[("n_dependent_under16=0",)] == [("B", "n_dependent_under16", "2", "2", "stands")]
    kept = ("n_dependent_general=1", "n_dependent_under16=0")
    assert kept not in told, "a child who only changes class is still claimed: as 'leave'"


def test_a_row_of_the_other_about_it_is_settled() -> None:
    """The same with a row of B's on the list; a row of B's about something else is not settled by it."""
    rows = [_row("R1", "A", "n_dependent_general"), _row("R2", "B", "n_dependent_general")]
    told = _implied(_claimed_twice(inconsistencies=rows))
    assert told[("n_dependent_under16=0",)] == [("B", "n_dependent_under16", "2", "2", "settled")]
    rows[1]["field"] = "life_insurance"
    told = _implied(_claimed_twice(inconsistencies=rows))
    assert told[("n_dependent_under16=0",)] == [("B", "n_dependent_under16", "2", "2", "stands")]


@pytest.mark.parametrize(
    "changed",
    [
        {"documents": [_report("D1", "A"), _report("D2", "B", is_cancelled=True)]},
        {"assessments": [_record("A", n_dependent_under16=1), _record("B")]},
        {"assessments": [_record("A"), _record("B", n_dependent_under16=1)]},
    ],
    ids=["cancelled paper", "not in the other's record", "not in one's own record"],
)
def test_nothing_is_implied_where_only_one_counts_the_relative(changed: dict[str, object]) -> None:
    assert _implied(_claimed_twice(**changed)) == {}


def test_of_spouses_who_claim_each_other_one_keeps_the_deduction() -> None:
    """Leaving A's takes B's; without A's, B's row is settled."""
    told = _implied(
        ward(
            inconsistencies=[_row("R1", "A", "spouse_kind"), _row("R2", "B", "spouse_kind")],
            residents=list(COUPLE),
            documents=[_report("D1", "A"), _report("D2", "B")],
            dependents=[_claim("D1", "B", "spouse"), _claim("D2", "A", "spouse")],
            assessments=[
                _record("A", spouse_kind="general", total_income=400_000),
                _record("B", spouse_kind="general", total_income=400_000),
            ],
        )
    )
    assert told[()] == [("B", "spouse_kind", "general", "none", "claim_each_other")]
    assert told[("spouse_kind=none",)] == [("B", "spouse_kind", "general", "general", "settled")]


def _two_reports(**more: object) -> dict[str, pl.DataFrame]:
    """A's two reports are both counted, which is over the limit of a relative; one alone is not."""
    one, both = (pl.select(LAW.salary_income.of(pl.lit(n))).item() for n in (900_000, 1_800_000))
    assert one <= LIMIT < both
    cells: dict[str, object] = {
        "inconsistencies": [_row("R1", "A", "salary_revenue")],
        "residents": list(COUPLE),
        "documents": [
            _report("D1", "A", salary_revenue=900_000),
            _report("D2", "A", salary_revenue=900_000),
            _report("D3", "B", salary_revenue=6_000_000),
        ],
        "assessments": [
            _record("A", salary_revenue=1_800_000, salary_income=both, total_income=both),
            _record("B", spouse_kind="general", total_income=4_360_000),
        ],
        "dependents": [_claim("D3", "A", "spouse")],
    }
    return ward(**(cells | more))  # type: ignore[arg-type]


def test_an_income_decides_what_the_spouse_may_deduct() -> None:
    """With both reports the special deduction of that income is due, with one B's record may stand."""
    told = _implied(_two_reports())
    income = pl.select(LAW.salary_income.of(pl.lit(1_800_000))).item()
    special = str(pl.select(LAW.spouse_special(pl.lit(4_360_000), pl.lit(income))).item())
    assert special != "0"
    assert told[()] == [
        ("B", "spouse_kind", "general", "none", "spouse_income"),
        ("B", "spouse_special_deduction", "0", special, "spouse_income"),
    ]
    assert told[("salary_revenue=900000",)] == [
        ("B", "spouse_kind", "general", "general", "stands"),
        ("B", "spouse_special_deduction", "0", "0", "stands"),
    ]


def test_an_income_over_the_limit_takes_a_dependant_from_the_claimant() -> None:
    """The same of a parent whom B claims as a dependant."""
    told = _implied(
        _two_reports(
            dependents=[_claim("D3", "A", "dependent", birth_date=date(1980, 5, 5), relationship="parent")],
            assessments=[
                _record("A", salary_revenue=900_000, salary_income=350_000, total_income=350_000),
                _record("B", n_dependent_general=1, total_income=4_360_000),
            ],
        )
    )
    assert () not in told, "as recorded the income is within the limit"
    assert told[("salary_revenue=1800000",)] == [("B", "n_dependent_general", "1", "0", "relative_income")]
    assert all(line[2] != line[3] for lines in told.values() for line in lines)


def _known() -> Links:
    """Row a of A, rows b and c of B, row d of somebody else; a's repairs speak of B's count."""
    rows = pl.DataFrame(
        {
            "tax_year": [YEAR] * 4,
            "row_id": ["a", "b", "c", "d"],
            "person": ["A", "B", "B", "D"],
            "home": ["H", "H", "H", "K"],
            "related": pl.Series([None] * 4, dtype=pl.String),
            "check": ["x"] * 4,
            "field": ["n_dependent_general"] * 4,
        }
    ).cast({"tax_year": pl.Int32})
    linked = [
        (YEAR, "a", 0, "B", "n_dependent_general", "2", "1", "claimed_twice"),
        (YEAR, "a", 2, "B", "n_dependent_general", "2", "2", "settled"),
    ]
    changes = [
        (YEAR, "b", 1, "n_dependent_general", "2", "1"),
        (YEAR, "c", 1, "n_dependent_general", "2", "0"),
        (YEAR, "d", 1, "n_dependent_general", "2", "1"),
    ]
    frames = {
        "linked": pl.DataFrame(linked, schema=LINKED.schema, orient="row"),
        "changes": pl.DataFrame(changes, schema=CHANGES.schema, orient="row"),
    }
    known = links(
        pl.DataFrame(
            {
                "tax_year": rows["tax_year"],
                "row_id": rows["row_id"],
                "person_id": rows["person"],
                "related_person_id": rows["related"],
                "check_code": rows["check"],
                "field": rows["field"],
            }
        ),
        pl.DataFrame({"person_id": ["A", "B", "D"], "household_id": ["H", "H", "K"]}),
        frames,
    )
    assert known.rows.equals(rows)
    return known


def test_others_repairs_speak_for_or_against_the_likeliest_repair() -> None:
    """Row a is corrected with 0.6, with 0.5 of that by the repair that settles B's rows: 0.7 imply '1'."""
    known = _known()
    rows = known.rows.select("tax_year", "row_id").with_columns(
        p=pl.Series([0.6, 0.9, 0.9, 0.9]),
        repair_id=pl.Series([2, 1, 1, 1], dtype=pl.Int32),
        delta=pl.lit(0.0),
    )
    shares = pl.DataFrame(
        {"tax_year": [YEAR], "row_id": ["a"], "repair_id": [2], "share": [0.5]},
        schema={"tax_year": pl.Int32, "row_id": pl.String, "repair_id": pl.Int32, "share": pl.Float64},
    )
    told = dict(zip(NAMES, beside(rows, known, shares).T.tolist(), strict=True))
    assert told["linked_same"][1:3] == pytest.approx([0.7, 0.0])
    assert told["linked_other"][1:3] == pytest.approx([0.3, 1.0])
    assert np.isnan([told[name][place] for name in NAMES[-2:] for place in (0, 3)]).all()
    unknown = Links(known.rows, LINKED.empty(), CHANGES.empty())
    assert np.isnan(beside(rows, unknown)[:, -2:]).all(), "without the table nothing is linked"


def test_each_reason_of_the_table_has_words() -> None:
    """What people read of `why` is there for each code that the table may hold."""
    assert set(REASONS) == set(LINKS)


def test_no_label_of_the_year_enters(mini_tables: Tables, mini_frames: Tables) -> None:
    """Without the year's corrections the table is the same, and it is not empty."""
    tables = mini_tables[YEAR]
    assert tables["corrections"].height
    without = tables | {"corrections": tables["corrections"].clear()}
    past = {year: each for year, each in mini_tables.items() if year < YEAR}
    made = featurize(without, past, LAW)["linked"]
    assert made.equals(mini_frames[YEAR]["linked"])
    assert made.height
    own = mini_tables[YEAR]["inconsistencies"].select("row_id", own="person_id")
    assert (made.join(own, on="row_id")["person_id"] != made.join(own, on="row_id")["own"]).all()


def test_an_opened_row_says_what_it_means_for_others(mini_tables: Tables, mini_frames: Tables) -> None:
    """`explain` returns and prints whose record, which field and values, of the proposal and of leaving."""
    small = small_models(trees=5)
    ranker = train({year: mini_frames[year] | mini_tables[year] for year in (2024, YEAR)}, small, facts={})
    frames = mini_frames[2026]
    left = frames["linked"].filter(repair_id=0)
    row_id = left["row_id"][0]
    found = explain_row(row_id, frames, mini_tables[2026], Law.of(2026), ranker)
    lines = [each for each in found["linked"] if each["repair_id"] == 0]
    expected = left.filter(row_id=row_id)
    assert [each["person_id"] for each in lines] == expected["person_id"].unique().sort().to_list()
    assert [c["field"] for each in lines for c in each["changes"]] == expected["field"].to_list()
    out = io.StringIO()
    explain.show(found, Console(file=out, width=200))
    change = lines[0]["changes"][0]
    assert f"宛名番号{lines[0]['person_id']}の{change['label']} {change['recorded']}→" in out.getvalue()
    assert lines[0]["why"] in out.getvalue()
