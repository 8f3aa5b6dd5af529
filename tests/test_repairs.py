"""Repairs of a row: what is proposed, from what, and that no label of the year enters the features."""

from datetime import date

import polars as pl
import pytest

from features.build import featurize
from features.columns import COLUMNS
from features.repairs.kinds import KINDS
from features.repairs.proposals import _distinct
from pipelines.featurize import featurize as in_years
from tadasu.fields import correctable
from tadasu.law import Law
from tadasu.tables import CHANGES, INCONSISTENCIES, REPAIRS, TRUTH
from tests.small_ward import YEAR, proposed, report, row, ward

Tables = dict[int, dict[str, pl.DataFrame]]


def test_a_second_report_can_be_left_out_with_its_social_insurance() -> None:
    """Two reports counted twice: one is taken out, revenue alone or with the premiums it states."""
    tables = ward(
        inconsistencies=[row("salary_revenue")],
        documents=[
            report("D1", salary_revenue=3_000_000, social_insurance=400_000),
            report("D2", salary_revenue=1_000_000, social_insurance=100_000),
        ],
        assessments=[
            {"person_id": "P1", "tax_year": YEAR, "salary_revenue": 4_000_000, "social_insurance": 500_000}
        ],
    )
    found = proposed(tables)
    assert (("salary_revenue", "3000000"),) in found
    assert (("salary_revenue", "3000000"), ("social_insurance", "400000")) in found


def test_a_spouse_over_the_limit_moves_to_the_special_deduction_by_law() -> None:
    """A spouse with 1,000,000 of income: 配偶者特別控除 of that income is proposed."""
    people = [
        {"person_id": "P1", "household_id": "H1", "relationship": "head", "birth_date": date(1980, 5, 5)},
        {"person_id": "P2", "household_id": "H1", "relationship": "spouse", "birth_date": date(1982, 5, 5)},
    ]
    assessed = {"tax_year": YEAR, "spouse_kind": "none"}
    tables = ward(
        inconsistencies=[row("spouse_kind", related_person_id="P2")],
        residents=people,
        documents=[report("D1", salary_revenue=5_000_000, spouse_kind="general")],
        dependents=[{"document_id": "D1", "line_no": 1, "role": "spouse", "dependent_person_id": "P2"}],
        assessments=[
            assessed | {"person_id": "P1", "spouse_kind": "general", "total_income": 3_560_000},
            assessed | {"person_id": "P2", "total_income": 1_000_000},
        ],
    )
    special = Law.of(YEAR).spouse_special(pl.lit(3_560_000), pl.lit(1_000_000))
    expected = str(pl.select(special).item())
    assert (("spouse_kind", "none"), ("spouse_special_deduction", expected)) in proposed(tables)


def test_a_wrong_digit_that_the_stated_income_betrays_is_undone() -> None:
    """7,002,212 with the income of 1,002,212 was keyed with a wrong first digit."""
    income = pl.select(Law.of(YEAR).salary_income.of(pl.lit(1_002_212))).item()
    tables = ward(
        inconsistencies=[row("salary_income")],
        documents=[report("D1", salary_revenue=7_002_212, salary_income=income)],
        assessments=[{"person_id": "P1", "tax_year": YEAR, "salary_revenue": 7_002_212}],
    )
    assert (("salary_revenue", "1002212"),) in proposed(tables)


def test_every_row_can_be_left_and_every_repair_is_lawful(mini_frames: Tables, mini_tables: Tables) -> None:
    """Repair 0 is 'leave'; no two repairs of a row are alike; only fields that staff enter change."""
    for year, frames in mini_frames.items():
        repairs, changes = frames["repairs"], frames["changes"]
        assert repairs.schema == REPAIRS.schema
        assert changes.schema == CHANGES.schema
        leave = repairs.filter(pl.col("repair_id") == 0)
        assert leave["kind"].unique().to_list() == ["leave"]
        assert leave["row_id"].to_list() == mini_tables[year]["inconsistencies"]["row_id"].sort().to_list()
        assert set(repairs["kind"]) <= {kind.name for kind in KINDS}
        assert set(changes["field"]) <= {field.name for field in correctable()}
        assert changes.filter(pl.col("recorded") == pl.col("proposed")).is_empty()
        sets = changes.group_by("row_id", "repair_id").agg(
            whole=pl.concat_str("field", "proposed", separator="=").sort().str.join("|")
        )
        assert not sets.select("row_id", "whole").is_duplicated().any()


def test_the_right_repair_is_mostly_among_the_candidates(mini_frames: Tables) -> None:
    """Nine tenths of the corrected rows have their repair proposed, at fewer than twenty repairs a row."""
    truth = mini_frames[YEAR]["truth"]
    assert truth.schema == TRUTH.schema
    by_row = truth.group_by("row_id").agg(
        found=pl.col("is_right").any(), left=(pl.col("is_right") & (pl.col("repair_id") == 0)).any()
    )
    corrected = by_row.filter(~pl.col("left"))
    assert corrected.height > 100
    assert float(corrected["found"].mean()) >= 0.9  # type: ignore[arg-type]
    assert truth.height / by_row.height <= 20


def test_labels_of_the_judged_year_do_not_reach_its_features(
    mini_tables: Tables, mini_frames: Tables
) -> None:
    """Other labels, or none, leave every feature of the year as it was."""
    past = {year: tables for year, tables in mini_tables.items() if year < YEAR}
    now = mini_tables[YEAR]
    shuffled = now["corrections"].with_columns(pl.col("row_id").shuffle(seed=1), pl.col("outcome").reverse())
    for corrections in (shuffled, now["corrections"].clear()):
        again = featurize(now | {"corrections": corrections}, past, Law.of(YEAR))
        assert again["features"].equals(mini_frames[YEAR]["features"])
        assert again["repairs"].equals(mini_frames[YEAR]["repairs"])


def test_later_years_do_not_reach_a_years_features(mini_tables: Tables, mini_frames: Tables) -> None:
    """With the folders of later years removed, every feature of a year is as with them there."""
    earlier = {year: tables for year, tables in mini_tables.items() if year <= YEAR}
    assert max(mini_tables) > YEAR
    for year, frames in in_years(earlier, ordinance="tokyo_ward"):
        assert frames["features"].equals(mini_frames[year]["features"])


def test_a_year_without_history_has_empty_clues_not_errors(mini_tables: Tables) -> None:
    """Where no earlier year is known the record's columns are empty and the matrix is whole."""
    features = featurize(mini_tables[YEAR], {}, Law.of(YEAR))["features"]
    assert features["code_corrected_share"].null_count() == features.height
    assert features.width == 3 + len(COLUMNS)


@pytest.mark.parametrize("missing", ["previous_assessments", "dependents", "donations", "residents"])
def test_a_table_without_rows_is_a_normal_state(mini_tables: Tables, missing: str) -> None:
    """Every row still has its repairs when a table has no rows."""
    tables = mini_tables[YEAR]
    frames = featurize(tables | {missing: tables[missing].clear()}, {}, Law.of(YEAR))
    rows = tables[INCONSISTENCIES.name]["row_id"].n_unique()
    assert frames["repairs"]["row_id"].n_unique() == rows


def test_columns_are_named_once_and_say_what_they_are() -> None:
    """Column names are ASCII and unique; each has a Japanese sentence and a group."""
    names = [column.name for column in COLUMNS]
    assert len(set(names)) == len(names)
    assert all(name.isascii() for name in names)
    assert all(column.sentence and column.group for column in COLUMNS)


def _values(tables: dict[str, pl.DataFrame], past: dict[int, dict[str, pl.DataFrame]]) -> set[str]:
    return set(featurize(tables, past, Law.of(YEAR))["changes"]["proposed"])


def test_premiums_of_last_year_split_a_stated_deduction() -> None:
    """This year's paper states the income-tax amount alone; last year's says how it came of two contracts."""
    law = Law.of(YEAR)
    paper = report("D1", life_insurance=49_704)
    before = report("D0", life_insurance=49_033, old_pension_premium=20_704, care_premium=36_658)
    tables = ward(
        inconsistencies=[row("life_insurance")],
        documents=[paper],
        assessments=[{"person_id": "P1", "tax_year": YEAR, "life_insurance": 49_704}],
    )
    nothing = pl.lit(0)
    premiums = (nothing, nothing, pl.lit(37_288), nothing, pl.lit(21_060))
    right = str(pl.select(law.life_insurance(*premiums)).item())
    assert right in _values(tables, {YEAR - 1: ward(documents=[before])})
    assert right not in _values(tables, {})


def test_what_was_withheld_from_a_spouse_s_pension_comes_off() -> None:
    """A return that deducts the insurance of somebody else in the household is put right."""
    home = {"household_id": "H1", "birth_date": date(1950, 1, 1), "sex": "F"}
    tables = ward(
        inconsistencies=[row("social_insurance")],
        residents=[{"person_id": name, **home} for name in ("P1", "P2")],
        documents=[
            report("D1", kind="tax_return", social_insurance=563_415),
            report("D2", kind="pension_report", social_insurance=115_800) | {"person_id": "P2"},
        ],
        assessments=[{"person_id": "P1", "tax_year": YEAR, "social_insurance": 563_415}],
    )
    assert "447615" in _values(tables, {})


def test_all_children_of_a_class_come_off_at_once_or_go_back_to_last_years_counts() -> None:
    """Two children whom the other parent claims: both out; and last year's family as a whole."""
    born = {"n_dependent_under16": date(2015, 5, 5), "n_dependent_general": date(2007, 5, 5)}
    children = [
        {"document_id": "D1", "line_no": number, "role": "under16", "birth_date": born["n_dependent_under16"]}
        for number in (1, 2)
    ]
    older = {"line_no": 3, "role": "dependent", "birth_date": born["n_dependent_general"]}
    recorded = {"person_id": "P1", "tax_year": YEAR, "n_dependent_under16": 2, "n_dependent_general": 1}
    tables = ward(
        inconsistencies=[row("n_dependent_under16")],
        documents=[report("D1", n_dependent_under16=2, n_dependent_general=1)],
        dependents=[*children, {"document_id": "D1", **older}],
        assessments=[recorded],
        previous_assessments=[
            recorded | {"tax_year": YEAR - 1, "n_dependent_under16": 3, "n_dependent_general": 0}
        ],
    )
    found = proposed(tables)
    assert (("n_dependent_under16", "0"),) in found
    assert (("n_dependent_general", "0"), ("n_dependent_under16", "0")) in found
    assert (("n_dependent_general", "0"), ("n_dependent_under16", "3")) in found


def test_a_spouse_s_disability_is_settled_with_their_deduction() -> None:
    """A spouse over the limit, claimed as severely disabled; the register says ordinarily: both at once."""
    people = [
        {"person_id": "P1", "household_id": "H1", "relationship": "head", "birth_date": date(1980, 5, 5)},
        {"person_id": "P2", "household_id": "H1", "relationship": "spouse", "birth_date": date(1982, 5, 5)}
        | {"disability": "ordinary"},
    ]
    claim = {"document_id": "D1", "line_no": 1, "role": "spouse", "dependent_person_id": "P2"}
    own = {"spouse_kind": "general", "n_disabled_special_cohabiting": 1, "total_income": 3_560_000}
    tables = ward(
        inconsistencies=[row("spouse_kind", related_person_id="P2")],
        residents=people,
        documents=[report("D1", salary_revenue=5_000_000, spouse_kind="general")],
        dependents=[claim | {"disability": "special_cohabiting"}],
        assessments=[
            {"tax_year": YEAR, "person_id": "P1"} | own,
            {"tax_year": YEAR, "person_id": "P2", "total_income": 1_000_000},
        ],
    )
    special = pl.select(Law.of(YEAR).spouse_special(pl.lit(3_560_000), pl.lit(1_000_000))).item()
    spouse = (("spouse_kind", "none"), ("spouse_special_deduction", str(special)))
    moved = (("n_disabled_ordinary", "1"), ("n_disabled_special_cohabiting", "0"))
    lost = moved[1:]
    assert {(*moved, *spouse), (*lost, *spouse)} <= proposed(tables)


def test_a_second_job_s_salary_is_mended_by_the_tax_withheld() -> None:
    """674,009 with 2,062 withheld, where all others lose 3.06 %, was 67,409 with a nought too many."""
    others = [
        report(f"E{number}", salary_revenue=pay, withheld_income_tax=pay * 306 // 10_000)
        | {"person_id": f"Q{number}", "withholding_column": "other"}
        for number, pay in enumerate((400_000, 550_000, 800_000))
    ]
    wrong = report("D1", salary_revenue=674_009, withheld_income_tax=2_062, withholding_column="other")
    tables = ward(
        inconsistencies=[row("salary_revenue"), *(_listed(number) for number in range(3))],
        documents=[wrong | {"year_end_adjusted": False}, *others],
        assessments=[{"person_id": "P1", "tax_year": YEAR, "salary_revenue": 674_009}],
    )
    assert (("salary_revenue", "67409"),) in proposed(tables)


def _listed(number: int) -> dict[str, object]:
    return row("salary_revenue") | {"row_id": f"R9{number}", "person_id": f"Q{number}"}


def test_a_salary_that_is_a_round_amount_too_high_is_mended_by_the_stated_income() -> None:
    """2,356,586 with the income of 1,856,586: 500,000 too much, of which several digits tell."""
    income = pl.select(Law.of(YEAR).salary_income.of(pl.lit(1_856_586))).item()
    tables = ward(
        inconsistencies=[row("salary_income")],
        documents=[report("D1", salary_revenue=2_356_586, salary_income=income)],
        assessments=[{"person_id": "P1", "tax_year": YEAR, "salary_revenue": 2_356_586}],
    )
    assert (("salary_revenue", "1856586"),) in proposed(tables)


def test_what_names_a_repair_does_not_depend_on_the_order_of_proposals() -> None:
    """Options of two ways of a kind may coincide: the same one is named first all the same."""
    plain = {"row": 0, "person": 0, "signature": "00=1", "kind": 7, "document": -1, "option": 11_000}
    two = [plain | {"line_no": -1, "way": way, "n_changes": 1} for way in (25, 110)]
    named = [_distinct(pl.DataFrame(each))["way"].to_list() for each in (two, two[::-1])]
    assert named == [[110], [110]]
