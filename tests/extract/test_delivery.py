"""The next delivery of a year: rows find themselves again, changes are counted, decided rows come back."""

import polars as pl
import pytest

from tadasu.extract.delivery import delivered, matched

Year = dict[str, pl.DataFrame]


@pytest.fixture
def year(mini_tables: dict[int, Year]) -> Year:
    """A judged year of the small ward."""
    return mini_tables[max(mini_tables) - 1]


def _renumbered(tables: Year) -> Year:
    number = pl.concat_str(pl.lit("N"), pl.col("row_id"))
    return {
        name: frame.with_columns(row_id=number) if "row_id" in frame.columns else frame
        for name, frame in tables.items()
    }


def test_the_same_delivery_again_changes_nothing(year: Year) -> None:
    found = delivered(year, year)
    for name, counts in found.counts.items():
        assert counts == {"new": 0, "changed": 0, "vanished": 0, "unchanged": year[name].height}
    assert found.again.is_empty()


def test_rows_of_a_list_numbered_anew_match_by_person_and_evidence(year: Year) -> None:
    listed = year["inconsistencies"]
    found = matched(listed, _renumbered(year)["inconsistencies"])
    right = found.filter(pl.col("row_id") == "N" + pl.col("was")).height
    assert right == found["was"].drop_nulls().len(), "no row may match another's"
    assert right > 0.9 * listed.height


def test_a_number_that_went_over_to_somebody_else_is_another_row(year: Year) -> None:
    listed = year["inconsistencies"]
    other = listed.filter(pl.col("person_id") != listed["person_id"][0])["person_id"][0]
    moved = listed.with_columns(
        person_id=pl.when(pl.col("row_id") == listed["row_id"][0]).then(pl.lit(other)).otherwise("person_id")
    )
    found = matched(listed, moved)
    assert found.filter(pl.col("row_id") == listed["row_id"][0])["was"].to_list() == [None]


def test_new_changed_and_vanished_rows_are_counted(year: Year) -> None:
    papers = year["documents"].sort("document_id")
    amended = papers[1:].with_columns(
        salary_revenue=pl.when(pl.col("document_id") == papers["document_id"][5])
        .then(1)
        .otherwise("salary_revenue")
    )
    late = papers[:1].with_columns(document_id=pl.lit("LATE"))
    found = delivered(year, {**year, "documents": pl.concat([amended, late])})
    expected = {"new": 1, "changed": 1, "vanished": 1, "unchanged": papers.height - 2}
    assert found.counts["documents"] == expected


def test_decided_rows_whose_documents_changed_are_marked(year: Year) -> None:
    decided = year["corrections"]["row_id"]
    row = year["inconsistencies"].filter(pl.col("row_id").is_in(decided.implode())).sort("row_id")[0]
    person = row["person_id"][0]
    mine = pl.col("person_id") == person
    papers = year["documents"].with_columns(
        received_on=pl.when(mine).then(pl.lit(None)).otherwise("received_on")
    )
    changed = papers.join(year["documents"], on=papers.columns, how="anti", nulls_equal=True)
    assert changed["person_id"].unique().to_list() == [person]
    found = delivered(year, _renumbered({**year, "documents": papers}))
    marked = found.again.filter(pl.col("was") == row["row_id"][0])
    assert marked["documents_changed"].item().split(";") == changed["document_id"].sort().to_list()
    near = year["inconsistencies"].filter(
        mine
        | (pl.col("related_person_id") == person)
        | pl.col("document_ids").str.contains_any(changed["document_id"].to_list())
    )
    assert set(found.again["was"]) <= set(near["row_id"]) & set(decided)
