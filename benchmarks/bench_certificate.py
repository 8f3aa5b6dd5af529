"""Does the certificate keep its promise? Certify on n random rows of a labelled year, count among the others.

    python benchmarks/bench_certificate.py OUT [--year 2025] [--resamples 500] [--set wrong_share=0.02]

OUT is the folder of a finished run: its backtest ranker has not seen the year. For each n: in which share of
the draws a promise was broken (with its upper 95 % Clopper–Pearson bound), in which something was certified,
and which share of the other rows was cleared on average.
"""

import argparse
import dataclasses
import json
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
from scipy.special import betaincinv

from models.certificate import SEASON, Certificate
from models.certify import certify
from models.ranker import load
from models.scope import known
from models.settings import CertifySettings, SuggestSettings
from models.suggest import suggested
from models.tested import judged_by, nothing
from tadasu.law import Law

SIZES = (500, 1_000, 2_000)
FRAMES = ("repairs", "changes", "linked", "features")
EXTRACT = ("inconsistencies", "corrections", "assessments", "residents")


def labelled_rows(out: Path, year: int, promise: CertifySettings) -> pl.DataFrame:
    """Return the labelled rows of a year as the test reads them, judged by the backtest ranker."""
    years = {
        int(folder.name): {name: pl.read_parquet(folder / f"{name}.parquet") for name in EXTRACT}
        for folder in out.iterdir()
        if folder.name.isdigit() and int(folder.name) <= year
    }
    frames = {name: pl.read_parquet(out / str(year) / f"{name}.parquet") for name in FRAMES}
    settings = SuggestSettings(certify=promise)
    before = known(tables for past, tables in years.items() if past < year)
    without = nothing(year, settings, before)
    rows = suggested(load(out / "backtest"), frames, years[year], settings, without).rows
    return judged_by(rows, years[year], Law.of(year)).drop_nulls("wrong").sort("row_id")


def broken(rows: pl.DataFrame, drawn: pl.DataFrame, certificate: Certificate) -> tuple[bool, bool, float]:
    """Count among the rows not drawn: is the share broken, is the yen bound, which share is cleared."""
    promise = certificate.promise
    others = rows.join(drawn, on="row_id", how="anti")
    cleared = others.filter(certificate.clears())
    if cleared.is_empty():
        return False, False, 0.0
    lost = cleared["missed_yen"].fill_null(promise.clip_yen).clip(0, promise.clip_yen) * cleared["wrong"]
    share, mean = float(cleared["wrong"].sum()) / cleared.height, float(lost.sum()) / cleared.height
    return share > promise.wrong_share, mean > promise.mean_yen, cleared.height / others.height


def resample(rows: pl.DataFrame, size: int, promise: CertifySettings, resamples: int) -> dict[str, float]:
    """Draw, certify and count `resamples` times; the draws are numbered, so a run gives the same figures."""
    share, yen, cleared = [], [], []
    label = pl.when("drawn").then("wrong")
    for seed in range(resamples):
        place = np.random.default_rng((seed, size)).choice(rows.height, size, replace=False)
        drawn = np.zeros(rows.height, dtype=bool)
        drawn[place] = True
        shown = rows.with_columns(drawn=pl.Series(drawn)).with_columns(wrong=label)
        made = certify(shown, promise, purpose=SEASON, tax_year=0, tested_year=0, model_id="", seed=seed)
        figures = broken(rows, shown.filter("drawn").select("row_id"), made)
        for values, value in zip((share, yen, cleared), figures, strict=True):
            values.append(float(value))
    either = int(np.maximum(share, yen).sum())
    upper = float(betaincinv(either + 1, resamples - either, 0.95)) if either < resamples else 1.0
    return {
        "n": size,
        "resamples": resamples,
        "broken": either / resamples,
        "broken_upper_95": upper,
        "broken_share": float(np.mean(share)),
        "broken_yen": float(np.mean(yen)),
        "certified": float(np.mean(np.array(cleared) > 0)),
        "cleared_mean": float(np.mean(cleared)),
    }


def main() -> int:
    """Print one line of JSON per n."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--year", type=int, default=2025)
    parser.add_argument("--resamples", type=int, default=500)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    given = parser.parse_args()
    changed = {name: json.loads(value) for name, value in (word.split("=") for word in given.set)}
    promise = dataclasses.replace(CertifySettings(), **changed)
    rows = labelled_rows(given.out, given.year, promise)
    print(json.dumps({"rows": rows.height, "may_clear": int((rows["held"] == "").sum()), **changed}))
    for size in given.sizes:
        begun = time.monotonic()
        figures = resample(rows, size, promise, given.resamples)
        print(json.dumps({name: round(value, 4) for name, value in figures.items()}), flush=True)
        print(f"{time.monotonic() - begun:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
