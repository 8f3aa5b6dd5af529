"""Missing wholes: what was announced and did not come in, and what last year had and this year has not.

Counts alone are compared. Whatever cannot be compared in this extract is told too, with the reason.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import polars as pl

from tadasu.extract.contract import STAFF_ACTIONS
from tadasu.tables import (
    CHANNEL_LABELS,
    CONTROL_TOTALS,
    DOCUMENTS,
    EXTRACT,
    KIND_LABELS,
)

Severity = Literal["critical", "warning"]
Tables = Mapping[str, pl.DataFrame]

ANNOUNCED = "届出・受付・入力の件数と取り込んだ件数が合わない"
STAGES = "届出・受付・入力の件数が互いに合わない"
PAYER = "昨年いた支払者の資料がない、または半分以下"
TABLE = "表の行数が昨年の半分以下"
WEEK = "提出経路の週の件数が昨年の半分未満"

NO_TOTALS = "件数管理の表（control_totals）がないため、届出件数との照合はできない"
NO_YEAR_BEFORE = "前年度の表がないため、昨年との比較はできない"
NO_DAYS = "受付日・提出経路のない資料は、週の件数の比較に入らない"
NO_PAYERS = "支払者のない給与・年金の資料は、支払者ごとの比較に入らない"
LIST_ONLY = "不整合リストに関わる世帯だけの抽出のため、支払者・経路の件数は区全体の件数ではない"

_BY = ("payer_id", "channel", "kind", "week_on")
_PAID = ("salary_report", "pension_report")


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something whole that seems missing: what (one of the words above), which, how many there should be."""

    year: int
    what: str
    about: str
    expected: int
    found: int
    severity: Severity = "critical"


@dataclass(frozen=True, slots=True)
class Completeness:
    """The alarms of an extract, gravest first, and by year what could not be checked, in words and counts."""

    alarms: tuple[Alarm, ...]
    unchecked: tuple[tuple[int, str, int], ...]

    @property
    def critical(self) -> tuple[Alarm, ...]:
        """Return the alarms on which nobody should judge rows before they are cleared up."""
        return tuple(alarm for alarm in self.alarms if alarm.severity == "critical")

    def report(self) -> dict[str, Any]:
        """Return both as plain values, for `intake.json`."""
        unchecked = [{"year": year, "what": what, "count": count} for year, what, count in self.unchecked]
        return {"alarms": [asdict(alarm) for alarm in self.alarms], "unchecked": unchecked}


def completeness(
    tables: Mapping[int, Tables],
    beside: Mapping[int, Tables],
    *,
    people: int = 10,
    documents: int = 20,
) -> Completeness:
    """Compare each year with what was announced and with the year before.

    Args:
        tables: By tax year and name, as `Intake.tables`.
        beside: By tax year and name, as `Intake.beside`: the control totals are read.
        people: From how many people on a payer is looked at.
        documents: From how many documents on a channel's week is looked at.
    """
    alarms: list[Alarm] = []
    unchecked: list[tuple[int, str, int]] = []
    for year, here in tables.items():
        before = tables.get(year - 1)
        alarms += _of_totals(year, here, beside.get(year, {}).get(CONTROL_TOTALS.name))
        if before is not None:
            alarms += _of_tables(year, here, before)
            alarms += _of_payers(year, here, before, people)
            alarms += _of_weeks(year, here, before, documents)
        unchecked += _unchecked(year, here, before, beside.get(year, {}))
    gravest = sorted(alarms, key=lambda alarm: (alarm.severity, -alarm.year, alarm.what, -alarm.expected))
    return Completeness(tuple(gravest), tuple(unchecked))


def _of_totals(year: int, tables: Tables, totals: pl.DataFrame | None) -> Iterator[Alarm]:
    """Hold each control total against the documents that it speaks of."""
    if totals is None or totals.is_empty():
        return
    told = totals.with_columns(total=pl.coalesce("announced", "received", "keyed")).drop_nulls("total")
    counted = _counted(told, tables[DOCUMENTS.name])
    rows = counted.with_columns(about=_about())
    for row in rows.filter(pl.col("total") != pl.col("found")).select("about", "total", "found").rows():
        yield Alarm(year, ANNOUNCED, *row)
    for one, other in (("announced", "received"), ("received", "keyed")):
        differ = rows.filter(pl.col(one) != pl.col(other))
        for row in differ.select("about", one, other).rows():
            yield Alarm(year, STAGES, *row)


def _counted(totals: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """Add to each total how many documents it speaks of: a column that is empty there says nothing."""
    named = totals.with_columns(pl.col(name).is_not_null().alias(f"_{name}") for name in _BY)
    parts = []
    for given in named.select(f"_{name}" for name in _BY).unique(maintain_order=True).rows():
        by = [name for name, there in zip(_BY, given, strict=True) if there]
        own = named.join(_frame(given), on=[f"_{name}" for name in _BY])
        parts.append(_of_pattern(own, documents, by))
    return pl.concat(parts).sort("line_no")


def _frame(given: Sequence[bool]) -> pl.DataFrame:
    return pl.DataFrame({f"_{name}": [there] for name, there in zip(_BY, given, strict=True)})


def _of_pattern(own: pl.DataFrame, documents: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Count documents for totals that all name the same columns."""
    plain = [name for name in by if name != "week_on"]
    keyed = own.with_columns(_all=pl.lit(1)).select("line_no", "_all", *by)
    pairs = keyed.join(documents.with_columns(_all=pl.lit(1)), on=["_all", *plain])
    if "week_on" in by:
        pairs = pairs.filter((pl.col("received_on") - pl.col("week_on")).dt.total_days().is_between(0, 6))
    counts = pairs.group_by("line_no").agg(found=pl.len().cast(pl.Int64()))
    return own.join(counts, on="line_no", how="left").with_columns(pl.col("found").fill_null(0))


def _about() -> pl.Expr:
    """Name what a total speaks of in the officers' words: payer, channel, kind, week."""
    channel = pl.col("channel").replace(CHANNEL_LABELS)
    kind = pl.col("kind").replace(KIND_LABELS)
    named = pl.concat_str("payer_id", channel, kind, _week_of("week_on"), separator=" ", ignore_nulls=True)
    return named.replace("", "全体")


def _week_of(day: str) -> pl.Expr:
    return pl.col(day).dt.strftime("%-m月%-d日からの週")


def _of_tables(year: int, here: Tables, before: Tables) -> Iterator[Alarm]:
    for table in EXTRACT:
        last, now = before[table.name].height, here[table.name].height
        if table.name not in STAFF_ACTIONS and now * 2 <= last and last:
            yield Alarm(year, TABLE, f"{table.name}（{table.label}）", last, now)


def _of_payers(year: int, here: Tables, before: Tables, people: int) -> Iterator[Alarm]:
    """Look for payers of so many people who are gone (critical) or halved (a warning).

    Missed are only people whom this year's extract knows too, half of `people` at least: in an extract of the
    list's households, a payer whose mistake brought all its people in has nearly none of them a year later.
    """
    last, now = _people(before), _people(here)
    known = _people(before, among=here["residents"]).rename({"n": "known"})
    found = last.filter(pl.col("n") >= people).join(known, on="payer_id").drop("n")
    found = found.filter(pl.col("known") * 2 >= people).join(now, on="payer_id", how="left")
    fewer = found.with_columns(pl.col("n").fill_null(0)).filter(pl.col("n") * 2 <= pl.col("known"))
    for payer, expected, count in fewer.sort("known", "payer_id", descending=[True, False]).rows():
        yield Alarm(year, PAYER, payer, expected, count, "warning" if count else "critical")


def _people(tables: Tables, among: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return by payer how many people it reports (n), of those in `among` where that is given."""
    paid = tables[DOCUMENTS.name].filter(pl.col("kind").is_in(_PAID)).drop_nulls("payer_id")
    if among is not None:
        paid = paid.join(among, on="person_id", how="semi")
    return paid.group_by("payer_id").agg(n=pl.col("person_id").n_unique())


def _of_weeks(year: int, here: Tables, before: Tables, documents: int) -> Iterator[Alarm]:
    """Compare a channel's weeks, counted from 1 January, as far as this year has come."""
    last, now = _weeks(before, year - 1), _weeks(here, year)
    latest = now["week"].max()
    past = last.filter((pl.col("n") >= documents) & (pl.col("week") <= pl.lit(latest)))
    found = past.join(now, on=["channel", "week"], how="left", suffix="_now")
    fewer = found.with_columns(pl.col("n_now").fill_null(0)).filter(pl.col("n_now") * 2 < pl.col("n"))
    words = fewer.sort("channel", "week").with_columns(
        pl.col("channel").replace(CHANNEL_LABELS),
        first_day=pl.date(year, 1, 1) + pl.duration(days=pl.col("week") * 7),
    )
    named = words.select(pl.concat_str("channel", _week_of("first_day"), separator=" "), "n", "n_now")
    for about, expected, count in named.rows():
        yield Alarm(year, WEEK, about, expected, count, "warning" if count else "critical")


def _weeks(tables: Tables, year: int) -> pl.DataFrame:
    days = (pl.col("received_on") - pl.date(year, 1, 1)).dt.total_days()
    dated = tables[DOCUMENTS.name].drop_nulls(["channel", "received_on"])
    return dated.group_by("channel", week=days.floordiv(7)).agg(n=pl.len().cast(pl.Int64()))


def _unchecked(
    year: int, here: Tables, before: Tables | None, beside: Tables
) -> Iterator[tuple[int, str, int]]:
    papers = here[DOCUMENTS.name]
    paid = papers.filter(pl.col("kind").is_in(_PAID))
    undated = papers.filter(pl.any_horizontal(pl.col("received_on", "channel").is_null())).height
    said = (
        (NO_TOTALS, beside.get(CONTROL_TOTALS.name, CONTROL_TOTALS.empty()).is_empty(), 1),
        (NO_YEAR_BEFORE, before is None, 1),
        (NO_DAYS, before is not None, undated),
        (NO_PAYERS, before is not None, paid["payer_id"].null_count()),
        (LIST_ONLY, _list_only(here), 1),
    )
    for what, holds, count in said:
        if holds and count:
            yield year, what, count


def _list_only(tables: Tables) -> bool:
    """Say whether 19 of 20 documents are of people on the list, or of the households of such."""
    listed = tables["inconsistencies"].select("person_id")
    related = tables["inconsistencies"].select(person_id="related_person_id").drop_nulls()
    people = pl.concat([listed, related]).unique()
    residents = tables["residents"].drop_nulls("household_id")
    households = residents.join(people, on="person_id", how="semi").select("household_id")
    kin = residents.join(households, on="household_id", how="semi").select("person_id")
    near = pl.concat([people, kin]).unique()
    others = tables[DOCUMENTS.name].join(near, on="person_id", how="anti").height
    return others * 20 < tables[DOCUMENTS.name].height
