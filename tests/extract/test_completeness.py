"""Alarms for what is missing as a whole: announced reports, payers, tables, weeks of a channel."""

import datetime as dt
from typing import Any

import polars as pl
import pytest

from tadasu.extract import completeness as c
from tadasu.tables import CONTROL_TOTALS, EXTRACT

Year = dict[str, pl.DataFrame]


def _documents(year: int, *groups: tuple[str, str, int, int]) -> pl.DataFrame:
    """Make documents: (payer, channel, day of January, how many)."""
    rows = [
        (f"{payer}{channel}{day}{n}", f"P{payer}{n}", payer, channel, dt.date(year, 1, day))
        for payer, channel, day, count in groups
        for n in range(count)
    ]
    told = pl.DataFrame(
        rows, ["document_id", "person_id", "payer_id", "channel", "received_on"], orient="row"
    )
    empty = next(t for t in EXTRACT if t.name == "documents").empty()
    return pl.concat([empty, told.with_columns(kind=pl.lit("salary_report"))], how="diagonal")


def _year(year: int, *groups: tuple[str, str, int, int]) -> Year:
    return {t.name: t.empty() for t in EXTRACT} | {"documents": _documents(year, *groups)}


def _with_people(year: Year, of: Year) -> Year:
    """Return a year whose register knows the people of another year's documents."""
    people = of["documents"].select("person_id").unique()
    return year | {"residents": pl.concat([year["residents"], people], how="diagonal")}


def _totals(**columns: list[Any]) -> pl.DataFrame:
    count = len(next(iter(columns.values())))
    told = pl.DataFrame({"line_no": range(1, count + 1), **columns})
    schema = {name: dtype for name, dtype in CONTROL_TOTALS.schema.items() if name in told.columns}
    return pl.concat([CONTROL_TOTALS.empty(), told.cast(pl.Schema(schema))], how="diagonal")


def _told(found: c.Completeness, what: str) -> list[tuple[str, int, int, str]]:
    return [(a.about, a.expected, a.found, a.severity) for a in found.alarms if a.what == what]


def test_announced_reports_that_did_not_come_in() -> None:
    tables = {2025: _year(2025, ("A", "eltax", 20, 3), ("B", "paper", 21, 2))}
    totals = _totals(payer_id=["A", "B", None], channel=[None, None, "paper"], announced=[4, 2, 2])
    found = c.completeness(tables, {2025: {"control_totals": totals}})
    assert _told(found, c.ANNOUNCED) == [("A", 4, 3, "critical")]


def test_totals_of_a_week_and_of_the_stages_of_work() -> None:
    tables = {2025: _year(2025, ("A", "eltax", 20, 3), ("A", "eltax", 27, 5))}
    week = [dt.date(2025, 1, 20), dt.date(2025, 1, 27)]
    totals = _totals(channel=["eltax"] * 2, week_on=week, announced=[3, 5], received=[3, 5], keyed=[3, 4])
    found = c.completeness(tables, {2025: {"control_totals": totals}})
    assert _told(found, c.ANNOUNCED) == []
    assert _told(found, c.STAGES) == [("eLTAX 1月27日からの週", 5, 4, "critical")]


def test_a_total_is_named_in_the_officers_words() -> None:
    totals = _totals(kind=["salary_report", None], channel=["disc", None], announced=[4, 5])
    found = c.completeness({2025: _year(2025, ("A", "disc", 20, 3))}, {2025: {"control_totals": totals}})
    assert sorted(a.about for a in found.alarms) == ["光ディスク等 給与支払報告書", "全体"]


def test_payers_who_are_gone_or_halved() -> None:
    before = _year(
        2024,
        ("gone", "eltax", 5, 10),
        ("half", "eltax", 5, 11),
        ("small", "eltax", 5, 9),
        ("kept", "eltax", 5, 12),
    )
    here = _year(2025, ("half", "eltax", 5, 5), ("kept", "eltax", 5, 7))
    found = c.completeness({2024: before, 2025: _with_people(here, before)}, {})
    assert _told(found, c.PAYER) == [("gone", 10, 0, "critical"), ("half", 11, 5, "warning")]


def test_a_payer_whose_people_are_not_in_this_years_extract_is_not_missed() -> None:
    """An extract of the list's households: last year the payer's mistake brought all its people in."""
    before = _year(2024, ("all wrong", "eltax", 5, 40), ("kept", "eltax", 5, 12))
    here = _year(2025, ("kept", "eltax", 5, 12))
    found = c.completeness({2024: before, 2025: _with_people(here, here)}, {})
    assert _told(found, c.PAYER) == []


@pytest.mark.parametrize(("now", "alarm"), [(10, True), (11, False)])
def test_a_table_half_as_long_as_last_year(now: int, alarm: bool) -> None:
    before, here = _year(2024, ("A", "eltax", 5, 20)), _year(2025, ("A", "eltax", 5, now))
    found = c.completeness({2024: before, 2025: here}, {})
    told = [("documents（課税資料）", 20, now, "critical")] if alarm else []
    assert _told(found, c.TABLE) == told


def test_weeks_of_a_channel_are_compared_as_far_as_the_year_has_come() -> None:
    before = _year(2024, ("A", "eltax", 2, 30), ("B", "paper", 2, 40), ("C", "paper", 30, 50))
    here = _year(2025, ("A", "eltax", 2, 40), ("B", "paper", 2, 19), ("D", "eltax", 9, 20))
    found = c.completeness({2024: before, 2025: here}, {})
    assert _told(found, c.WEEK) == [("紙 1月1日からの週", 40, 19, "warning")]


def test_what_cannot_be_checked_is_told() -> None:
    here = _year(2025, ("A", "eltax", 2, 2))
    empty = here["documents"].clear(2)
    here["documents"] = empty.with_columns(person_id=pl.lit("P"), kind=pl.lit("salary_report"))
    found = c.completeness({2024: _year(2024, ("A", "eltax", 2, 2)), 2025: here}, {})
    said = {(year, what) for year, what, _ in found.unchecked}
    assert {(2025, c.NO_TOTALS), (2025, c.NO_DAYS), (2025, c.NO_PAYERS), (2024, c.NO_YEAR_BEFORE)} <= said
    assert (2025, c.LIST_ONLY) not in said


def test_a_whole_ward_gives_no_critical_alarm_and_a_missing_payer_does(mini_tables: dict[int, Year]) -> None:
    assert c.completeness(mini_tables, {}).critical == ()
    newest = max(mini_tables)
    papers = mini_tables[newest]["documents"]
    largest = papers.drop_nulls("payer_id")["payer_id"].mode().sort()[0]
    cut = {**mini_tables[newest], "documents": papers.filter(pl.col("payer_id").ne_missing(largest))}
    found = c.completeness({**mini_tables, newest: cut}, {})
    assert [(a.what, a.about, a.found) for a in found.critical] == [(c.PAYER, largest, 0)]
