"""Validate a ward's extract: every expectation, every year, by Great Expectations; nobody else knows it.

Great Expectations has no polars engine, takes all columns anew for each expectation, and imports slowly. So
polars makes one small column per expectation, a few at a time go over as numbers, and the import is late.
No identifier and no amount goes over: keys become ordinal numbers, the rest flags and declared codes.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import polars as pl

from pipelines.alarms import stopping, told
from pipelines.expectations import EXPECTATIONS
from pipelines.expectations.columns import columns_of, names_of, parts_of
from pipelines.expectations.declare import (
    AnyRows,
    Expectation,
    Filled,
    Limits,
    Scope,
    Severity,
    Unique,
)
from pipelines.findings import Finding, Validation
from pipelines.job import INTAKE, Job
from pipelines.validation_page import Missing, render
from tadasu.errors import TadasuError
from tadasu.tables import EXTRACT

Progress = Callable[[str, float], None]

AT_ONCE = 8
"""Expectations looked at together: at 40 each takes a third longer, and so does one alone."""


def validate(
    tables: Mapping[int, Mapping[str, pl.DataFrame]],
    *,
    synthetic: bool = False,
    ward: str = "",
    limits: Limits = Limits(),  # noqa: B008
    progress: Progress | None = None,
) -> Validation:
    """Hold the extract's tables, by tax year and name, against all that is expected of them.

    An optional table that is not given counts as empty. `synthetic` and `ward` are what the page says of the
    data, `limits` what counts as plausible; `progress` is told the table and the share done, 0..1.

    Raises:
        TadasuError: a mandatory table is missing, or a table has other columns or types than declared.
    """
    whole = {year: _complete(year, tables[year]) for year in sorted(tables)}
    steps = [(year, name) for year in whole for name in whole[year]]
    findings: list[Finding] = []
    for done, (year, name) in enumerate(steps):
        if progress:
            progress(f"{year} {name}", done / len(steps))
        findings += _look_at(Scope(name, year, whole[year], whole.get(year - 1), limits))
    if progress:
        progress("", 1.0)
    rows = {year: {name: len(frame) for name, frame in frames.items()} for year, frames in whole.items()}
    return Validation(tuple(findings), rows, synthetic, ward)


def _complete(year: int, given: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return the tables of a year in the declared order, absent optional ones empty."""
    whole = {t.name: given.get(t.name, t.empty()) for t in EXTRACT}
    wrong = [f"{t.name} is missing" for t in EXTRACT if t.mandatory and t.name not in given]
    for table in EXTRACT:
        found = whole[table.name].schema
        wrong += [
            f"{table.name}.{name} is {found.get(name, 'missing')} where {dtype} is declared"
            for name, dtype in table.schema.items()
            if found.get(name) != dtype
        ]
    if wrong:
        raise TadasuError(
            f"The tables of {year} are not as declared: {'; '.join(wrong)}. Run ingest again first."
        )
    return whole


def _look_at(scope: Scope) -> Iterator[Finding]:
    """Return the findings of one table in one year, in the order of its expectations."""
    expectations = EXPECTATIONS[scope.table]
    columns = scope.rows.select(column for e in expectations for column in columns_of(e, scope))
    for few, suite in _suites(scope.table):
        results = _run(suite, few, columns)
        graver = [e for e in few if len(e.tiers) > 1 and not results[e.id].success]
        stopped = _run(_suite(graver, -1), graver, columns) if graver else {}
        for expected in few:
            yield _finding(expected, scope, stopped.get(expected.id), results[expected.id])


def _finding(expected: Expectation, scope: Scope, graver: Any, strict: Any) -> Finding:
    """Turn the tool's results, at the strictest tier and at the gravest where that failed, into a finding."""
    failed = None if strict.success else expected.tiers[-1 if graver and not graver.success else 0][0]
    if isinstance(expected.how, AnyRows):  # the only look that is not at each row
        return Finding(expected, scope.year, 1, int(not strict.success), failed)
    unexpected = strict.result["unexpected_count"]
    checked = strict.result["element_count"] - strict.result.get("missing_count", 0)
    parts = parts_of(expected, scope) if unexpected else ()
    return Finding(expected, scope.year, checked, unexpected, failed, parts)


@cache
def _suites(table: str) -> tuple[tuple[tuple[Expectation, ...], Any], ...]:
    """Return the table's expectations, a few at a time, with the suite that looks at their strictest tier."""
    expectations = EXPECTATIONS[table]
    few = (expectations[n : n + AT_ONCE] for n in range(0, len(expectations), AT_ONCE))
    return tuple((some, _suite(some, 0)) for some in few)


def _suite(expectations: Sequence[Expectation], tier: int) -> Any:
    import great_expectations as gx

    said = [_said(expected, *expected.tiers[tier]) for expected in expectations]
    return gx.ExpectationSuite(expectations[0].table, expectations=said)


def _said(expected: Expectation, severity: Severity, tolerated: float) -> Any:
    """Say an expectation in the tool's words, for one severity and the share that it tolerates."""
    from great_expectations import expectations as gxe

    said = {"severity": severity, "description": expected.description, "meta": {"id": expected.id}}
    columns = names_of(expected)
    share = {"column": columns[0], "mostly": 1 - tolerated, **said}
    match expected.how:
        case AnyRows():
            return gxe.ExpectTableRowCountToBeBetween(min_value=1, **said)
        case Filled():
            return gxe.ExpectColumnValuesToNotBeNull(**share)
        case Unique() if len(columns) > 1:
            return gxe.ExpectCompoundColumnsToBeUnique(column_list=columns, **said)
        case Unique():
            return gxe.ExpectColumnValuesToBeUnique(**share)
        case _:
            return gxe.ExpectColumnValuesToBeInSet(value_set=[1.0], **share)


@cache
def _door() -> Any:
    """Open the tool once: a context that leaves nothing on disk, asks no network and shows no bars."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("extract").add_dataframe_asset("columns")
    return asset.add_batch_definition_whole_dataframe("all")


def _run(suite: Any, expectations: Sequence[Expectation], columns: pl.DataFrame) -> dict[str, Any]:
    """Return the tool's result of each expectation by its id, counts alone: no value of a row is asked for.

    Raises:
        RuntimeError: the tool could not look, which is a fault of ours and not of the data.
    """
    few = columns.select(name for expected in expectations for name in names_of(expected))
    batch = _door().get_batch({"dataframe": few.to_pandas()})
    counts_alone = {"result_format": "BASIC", "partial_unexpected_count": 0}
    results = {
        r.expectation_config.meta["id"]: r for r in batch.validate(suite, result_format=counts_alone).results
    }
    for name, result in results.items():
        if not result.result:
            raise RuntimeError(f"{name}: {result.exception_info}")
    return results


def run(job: Job) -> None:
    """Validate what was ingested; write page and findings; a critical one stops the run after that."""
    names = [table.name for table in EXTRACT]
    years = {year: job.tables(year, names) for year in job.years()}
    ward = job.settings.ward
    found = validate(
        years,
        synthetic=ward.synthetic,
        ward=ward.name,
        limits=job.settings.validate,
        progress=job.progress,
    )
    intake, accepted = job.json(INTAKE), job.settings.validate.accept_alarms
    alarms = intake.get("alarms", [])
    missing = Missing(alarms, intake.get("unchecked", []), accepted=accepted)
    page = job.root / "validation" / "index.html"
    job.write("validation/index.html", render(found, missing))
    job.write("validation/validation.json", found.summary())
    job.detail["verdict"] = found.verdict
    job.detail["alarms"] = told(alarms)
    stops = [] if accepted else [stopping(alarms, job.root / INTAKE, page)]
    stops += [found.message(page)] if found.critical else []
    job.stop = "\n".join(one for one in stops if one)


if __name__ == "__main__":
    from pipelines.stage import main

    main("validate")
