"""The mark of a line (訂正表示): what it means by channel, what corrections and cancellations are about."""

from typing import Any

import polars as pl
import pytest

from tadasu.extract import reasons
from tadasu.extract.mapping import MappingError

FIVE = [("給報.csv", str(n), "P1", f"D{n}") for n in (1, 2, 3, 4, 5)]


def _states(intake: Any) -> dict[str, tuple[str | None, bool]]:
    frame = intake.tables[2025]["documents"]
    return {d: (s, c) for d, s, c in frame.select("document_id", "supersedes", "is_cancelled").rows()}


def _why(intake: Any) -> dict[int, str]:
    return dict(
        intake.quarantine[2025].filter(pl.col("table") == "documents").select("line", "reason").rows()
    )


def test_a_cancellation_cancels_its_target(line: Any, ingest: Any, people: Any) -> None:
    made = ingest({"給報.csv": [line(), line(mark="3"), line(payer="7")]}, people(*FIVE))
    assert _states(made) == {"D1": (None, True), "D2": ("D1", True), "D3": (None, False)}


def test_a_cancellation_without_target_is_put_aside(line: Any, ingest: Any, people: Any) -> None:
    lines = [line(payer="7"), line(mark="3"), line(mark="3", payer="7"), line(mark="3", payer="7")]
    made = ingest({"給報.csv": lines}, people(*FIVE))
    assert _why(made) == {2: reasons.NO_TARGET, 4: reasons.COPY}
    late = ingest({"給報.csv": [line(mark="3"), line()]}, people(*FIVE))
    assert _why(late) == {1: reasons.NO_TARGET}
    assert _states(late) == {"D2": (None, False)}


def test_a_cancelled_report_cannot_be_cancelled_again(line: Any, ingest: Any, people: Any) -> None:
    made = ingest({"給報.csv": [line(), line(mark="3"), line(mark="3", withheld="1")]}, people(*FIVE))
    assert _why(made) == {3: reasons.NO_TARGET}


def test_a_correction_supersedes_and_a_cancellation_takes_the_correction(
    line: Any, ingest: Any, people: Any
) -> None:
    lines = [line(), line(mark="2", salary_paid="4000000"), line(mark="3", salary_paid="4000000")]
    made = ingest({"給報.csv": lines}, people(*FIVE))
    assert _states(made) == {"D1": (None, False), "D2": ("D1", True), "D3": ("D2", True)}


def test_of_several_reports_the_one_with_the_same_amounts_is_meant(
    line: Any, ingest: Any, people: Any
) -> None:
    lines = [
        line(),
        line(mark="1", salary_paid="900"),
        line(mark="3", salary_paid="900"),
        line(mark="1", salary_paid="8"),
    ]
    made = ingest({"給報.csv": [*lines, line(mark="3", salary_paid="77")]}, people(*FIVE))
    assert _why(made) == {5: reasons.MANY_TARGETS}
    assert _states(made) == {"D1": (None, False), "D2": (None, True), "D3": ("D2", True), "D4": (None, False)}


def test_targets_are_found_in_other_files_of_the_year_by_the_day_they_came(
    line: Any, ingest: Any, people: Any
) -> None:
    match = people(("給報1.csv", "1", "P1", "D2", "2025-03-01"), ("給報2.csv", "1", "P1", "D1", "2025-01-20"))
    made = ingest({"給報1.csv": [line(mark="3")], "給報2.csv": [line()]}, match)
    assert _states(made) == {"D1": (None, True), "D2": ("D1", True)}


def test_the_same_line_again_is_a_copy(line: Any, ingest: Any, people: Any) -> None:
    made = ingest({"給報.csv": ["A@" + line(), "B@" + line()]}, people(*FIVE))
    assert _why(made) == {2: reasons.COPY}


def test_one_means_an_addition_on_eltax_and_what_the_mapping_says_on_discs(
    line: Any, ingest: Any, people: Any
) -> None:
    lines = [line(), line(mark="1", salary_paid="900")]
    assert _states(ingest({"給報.csv": lines}, people(*FIVE))) == {"D1": (None, False), "D2": (None, False)}
    disc = "channel: disc\nmarks: {{'0': new, '1': {}}}"
    states = {"correction": (None, False), "cancellation": (None, True)}
    for word, first in states.items():
        made = ingest({"給報.csv": lines}, people(*FIVE), disc.format(word))
        assert _states(made) == {"D1": first, "D2": ("D1", word == "cancellation")}
    unclear = ingest({"給報.csv": lines}, people(*FIVE), disc.format("unclear"))
    assert _why(unclear) == {2: reasons.UNCLEAR_MARK}


def test_discs_without_a_word_on_marks_are_not_guessed(line: Any, ingest: Any, people: Any) -> None:
    with pytest.raises(MappingError, match="marks: what the mark"):
        ingest({"給報.csv": [line()]}, people(*FIVE), "channel: disc")


@pytest.mark.parametrize(("year", "told"), [(2025, []), (2026, ["D1"])])
def test_what_no_layout_has_a_place_for_is_told(
    line: Any, ingest: Any, people: Any, year: int, told: list[str]
) -> None:
    lines = [
        line(year=year - 2019, salary_income="1", deductions_total="1"),
        line(year=year - 2019, salary_paid="1"),
    ]
    made = ingest({"給報.csv": lines}, people(*FIVE), year=year)
    assert made.beside[year]["not_taken_in"]["document_id"].to_list() == told
    words = [o.count for o in made.oddities if o.what.startswith("特定親族特別控除の欄が様式にない")]
    assert words == [1] * len(told)


def test_a_place_that_the_mapping_names_is_read(line: Any, ingest: Any, people: Any) -> None:
    own = "channel: eltax\nlayouts: [{form: '315', width: 146, fields: {specified_relative_special: 146}}]"
    lines = [line(year=7, salary_income="1", more=("", "630000"))]
    made = ingest({"給報.csv": lines}, people(*FIVE), own, year=2026)
    assert made.tables[2026]["documents"]["specified_relative_special"].to_list() == [630_000]
    assert made.beside[2026]["not_taken_in"].is_empty()
