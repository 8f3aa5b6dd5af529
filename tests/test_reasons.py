"""Reasons of repairs: every kind has a sentence whatever is known, and the record of its like beside it."""

import polars as pl
import pytest

from features.repairs.kinds import KINDS
from models.reasons import sentences
from models.reasons.builders import BUILDERS, FALLBACK
from models.reasons.record import NONE, record
from models.reasons.wording import limit, yen
from tadasu.fields import FIELDS
from tadasu.law import Law
from tadasu.tables import CHANGES, REPAIRS
from tests.told import LAW, LIMIT, YEAR, Rows, frame, person, recorded, ward


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
    frames = {"repairs": frame(REPAIRS, repairs), "changes": frame(CHANGES, changes)}
    listed: Rows = [key | {"check_code": "K1", "check_name": "検査"}]
    shown = frames["changes"].rename({"recorded": "current_value", "proposed": "proposed_value"})
    told = sentences(shown.with_columns(proposed=pl.lit(True)), frames, ward(inconsistencies=listed), LAW)
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


def test_a_row_that_says_nothing_and_has_no_candidate_still_gets_a_sentence() -> None:
    """A line without field and repair, on a row that names no field."""
    key = {"tax_year": YEAR, "row_id": "R1", "person_id": "P1", "check_code": "K1"}
    made = ward(residents=[person()], assessments=[recorded()], inconsistencies=[key])
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


@pytest.mark.parametrize(
    ("p", "begins"), [(0.9, "決め手なし、候補："), (0.3, "記録のまま：")], ids=["needed", "not needed"]
)
def test_the_record_is_not_defended_where_a_correction_is_needed_though_none_is_proposed(
    p: float, begins: str
) -> None:
    """A row of nine in ten that says 'as recorded' would send staff away; it says what speaks for a value."""
    key = {"tax_year": YEAR, "row_id": "R1", "person_id": "P1", "repair_id": 1}
    change = key | {"field": "social_insurance", "recorded": "100", "proposed": "0"}
    frames = {
        "repairs": frame(REPAIRS, [key | {"kind": "zero"}]),
        "changes": frame(CHANGES, [change]),
    }
    shown = frames["changes"].rename({"recorded": "current_value", "proposed": "proposed_value"})
    lines = shown.with_columns(proposed=pl.lit(False), p_correction=pl.lit(p))
    listed: Rows = [key | {"check_code": "K1", "check_name": "検査"}]
    ground = sentences(lines, frames, ward(inconsistencies=listed), LAW)["ground"].item()
    assert ground.startswith(begins)
    assert "社会保険料控除" in ground
