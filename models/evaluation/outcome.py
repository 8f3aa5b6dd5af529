"""What a backtest leaves behind: flat figures, a record of each year, tables and curves."""

import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import polars as pl

from models.evaluation import curves
from models.evaluation.backtest import MODEL, Backtested
from models.evaluation.bootstrap import Figure
from models.evaluation.judged import arrays
from models.evaluation.officers import Share

DIGITS = 6


def metrics(tested: Backtested) -> dict[str, float]:
    """Return all figures by flat names: `name`, `name_low`, `name_high`; a baseline's with its prefix.

    One that could not be measured is left out, not made up.
    """
    every = dict(_flat(tested)) | tested.counts
    return {name: round(float(value), DIGITS) for name, value in every.items() if math.isfinite(value)}


def headline(tested: Backtested) -> dict[str, float]:
    """Return the ranker's own figures by name, without intervals: for a year that is not the newest."""
    values = {name: figure.value for name, figure in tested.figures[MODEL].items()}
    return {name: round(value, DIGITS) for name, value in values.items() if math.isfinite(value)}


def _flat(tested: Backtested) -> Iterator[tuple[str, float]]:
    for contestant, figures in tested.figures.items():
        prefix = "" if contestant == MODEL else f"{contestant}_"
        for name, figure in figures.items():
            yield from _spread(f"{prefix}{name}", figure)
    for name, share in _shares(tested).items():
        yield from _spread(name, share)
        yield f"{name}_rows", float(share.rows)
    for name, figure in _exact(tested).items():
        yield from _spread(name, figure)


def _shares(tested: Backtested) -> dict[str, Share]:
    two = tested.officers
    return {
        "officers_agreement": two.this_year,
        "officers_agreement_all_years": two.all_years,
        "agreement_where_two_judged": two.model,
    }


def _exact(tested: Backtested) -> dict[str, Figure]:
    two = tested.officers
    return {
        "officers_exact_repair_f1": two.exact,
        "officers_exact_repair_f1_all_years": two.exact_all_years,
        "exact_repair_f1_where_two_judged": two.exact_model,
        "exact_repair_f1_where_two_did_the_same": two.exact_where_same,
    }


def _spread(name: str, figure: Figure | Share) -> Iterator[tuple[str, float]]:
    yield from zip(
        (name, f"{name}_low", f"{name}_high"), (figure.value, figure.low, figure.high), strict=True
    )


def record(tested: Backtested) -> dict[str, Any]:
    """Return the year as plain values: figures, counts, lanes, groups, officers; null where not measured."""
    return {
        "year": tested.year,
        "trained_on": list(tested.trained_on),
        "model_id": tested.model_id,
        "figures": {who: {n: _plain(asdict(f)) for n, f in of.items()} for who, of in tested.figures.items()},
        "counts": _plain(tested.counts),
        "officers": {
            name: _plain(asdict(found)) for name, found in (_shares(tested) | _exact(tested)).items()
        },
        "lanes": [_plain(line) for line in tested.lanes.to_dicts()],
        "groups": [_plain(line) for line in tested.groups.to_dicts()],
    }


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _number(value) for name, value in values.items()}


def _number(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return round(value, DIGITS) if math.isfinite(value) else None


def figures_table(years: list[Backtested]) -> pl.DataFrame:
    """Return a line per year, contestant and figure: value, low, high."""
    lines = [
        {"year": tested.year, "contestant": who, "figure": name, **_plain(asdict(figure))}
        for tested in years
        for who, figures in tested.figures.items()
        for name, figure in figures.items()
    ]
    whole = {"year": pl.Int32(), "contestant": pl.String(), "figure": pl.String()}
    return pl.DataFrame(lines, schema=whole | dict.fromkeys(("value", "low", "high"), pl.Float64()))


def curve_tables(tested: Backtested) -> dict[str, pl.DataFrame]:
    """Return the curves of the pictures as tables by name; none where no row was corrected."""
    every = {name: arrays(frame) for name, frame in tested.judged.items()}
    ours = every[MODEL]
    tables = {"reliability": curves.reliability_table(ours["p"], ours["corrected"])}
    if not ours["corrected"].any():
        return tables
    rank = {name: rows["rank"] for name, rows in every.items()}
    return tables | {
        "precision_recall": curves.precision_recall_table(
            {name: rows["p"] for name, rows in every.items()}, ours["corrected"]
        ),
        "corrections_found": curves.found_table(
            rank, {name: rows["corrected"] for name, rows in every.items()}
        ),
        "yen_found": curves.found_table(rank, {name: rows["yen"] for name, rows in every.items()}),
    }
