"""A check is found again in earlier years by its evidence, also after all codes and names have changed."""

import polars as pl

from features.crosswalk import crosswalk
from features.history import row_history

Tables = dict[int, dict[str, pl.DataFrame]]
LAST, NOW = 2024, 2025


def _renamed(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return the extract with every code and name replaced, as a new tax system would."""
    rows = tables["inconsistencies"].with_columns(
        check_code="N" + pl.col("check_code").str.reverse(), check_name="新" + pl.col("check_name")
    )
    return tables | {"inconsistencies": rows}


def test_most_rows_keep_their_checks_record_when_all_codes_change(mini_tables: Tables) -> None:
    """Of the rows whose check has a match by code, nine tenths find the same one by evidence alone."""
    past = {LAST: mini_tables[LAST]}
    by_code = crosswalk(mini_tables[NOW], past)
    assert (by_code["check_code"] == by_code["past_code"]).all()
    assert (by_code["distance"] == 0).all()
    found = crosswalk(_renamed(mini_tables[NOW]), past).with_columns(
        right=pl.col("check_code") == "N" + pl.col("past_code").str.reverse()
    )
    rows = _renamed(mini_tables[NOW])["inconsistencies"].join(found, on=["check_code", "check_name"])
    assert not found.select("past_code").is_duplicated().any(), "an earlier check is taken once"
    assert float(rows["right"].mean()) >= 0.9  # type: ignore[arg-type]


def test_a_correction_by_hand_goes_before_evidence(mini_tables: Tables) -> None:
    """`ward.crosswalk` names the earlier code, whatever the rows look like."""
    codes = mini_tables[LAST]["inconsistencies"]["check_code"].unique().sort()
    now = _renamed(mini_tables[NOW])
    wanted = now["inconsistencies"]["check_code"].sort()[0]
    found = crosswalk(now, {LAST: mini_tables[LAST]}, {wanted: codes[-1]})
    assert found.filter(pl.col("check_code") == wanted)["past_code"].to_list() == [codes[-1]]


def test_the_record_of_a_check_reaches_its_rows_under_the_new_code(mini_tables: Tables) -> None:
    """The share corrected is last year's, although code and name are new."""
    past = {LAST: mini_tables[LAST]}
    now = _renamed(mini_tables[NOW])
    walk = crosswalk(now, past)
    history = row_history(now, past, walk)
    known = history.filter(pl.col("code_rows") > 0)
    assert known.height > 0.8 * history.height
    assert known["code_corrected_share"].is_between(0, 1).all()


def test_without_earlier_years_there_is_no_crosswalk_and_no_record(mini_tables: Tables) -> None:
    """A first year has an empty table and empty shares, no error."""
    walk = crosswalk(mini_tables[NOW], {})
    assert walk.is_empty()
    assert row_history(mini_tables[NOW], {}, walk)["code_corrected_share"].is_null().all()
