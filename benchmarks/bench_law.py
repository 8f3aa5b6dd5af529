"""Speed of the law engine: assessments a second, and how time and memory grow with the rows.

    python -m benchmarks.bench_law [--rows 1000000]

On a machine that others use too, the rate by CPU seconds is the steadier figure. `bench_law_openfisca.py`
measures beside OpenFisca-Japan.
"""

import argparse
import resource
import time

import numpy as np
import polars as pl

from tadasu.law import Law, assess, renew

SEED, TIMES = 20260401, 5


def people(rows: int, law: Law) -> pl.DataFrame:
    """Return a made-up ward of `rows` people with all that the engine branches on."""
    draw = np.random.default_rng(SEED)

    def some(share: float, amounts: np.ndarray) -> np.ndarray:
        return np.where(draw.random(rows) < share, amounts, 0).astype(np.int64)

    def count(share: float) -> np.ndarray:
        return some(share, draw.integers(1, 3, rows))

    frame = pl.DataFrame(
        {
            "salary_revenue": some(0.75, draw.lognormal(15.2, 0.6, rows)),
            "pension_revenue": some(0.25, draw.lognormal(14.2, 0.4, rows)),
            "business_income": some(0.06, draw.normal(2e6, 2e6, rows)),
            "dividend_income": some(0.02, draw.lognormal(11, 1, rows)),
            "stock_income": some(0.02, draw.lognormal(13, 1, rows)),
            "separate_transfer_income": some(0.005, draw.lognormal(15, 1, rows)),
            "loss_carryforward": some(0.002, draw.lognormal(13, 1, rows)),
            "social_insurance": some(0.95, draw.lognormal(13, 0.5, rows)),
            "life_insurance": some(0.5, draw.integers(1, 70_000, rows)),
            "medical_expense": some(0.15, draw.integers(1, 300_000, rows)),
            "spouse_total_income": some(0.05, draw.integers(1, 1_330_000, rows)),
            "spouse_kind": draw.choice(["none", "general", "elderly"], rows, p=[0.85, 0.12, 0.03]),
            "self_disability": draw.choice(["none", "ordinary", "special"], rows, p=[0.96, 0.025, 0.015]),
            "sex": draw.choice(["M", "F"], rows),
            "single_parent": draw.random(rows) < 0.02,
            "widow": draw.random(rows) < 0.005,
            "one_stop": draw.random(rows) < 0.05,
            "n_dependent_general": count(0.07),
            "n_dependent_specified": count(0.05),
            "n_dependent_elderly_cohabiting": count(0.04),
            "n_dependent_under16": count(0.15),
            "housing_loan_credit": some(0.04, draw.integers(1, 136_500, rows)),
            "donation_furusato": some(0.14, draw.integers(2_000, 300_000, rows)),
            "dividend_levy_credit": some(0.03, draw.integers(1, 100_000, rows)),
            "birth_date": (np.datetime64("1935-01-01") + draw.integers(0, 30_000, rows)).astype(
                "datetime64[D]"
            ),
        }
    )
    return renew(frame, ["salary_revenue", "pension_revenue"], law)


def seconds(frame: pl.DataFrame, law: Law) -> list[tuple[float, float]]:
    """Return wall and CPU seconds of some runs, the shortest first; a run not counted warms up."""
    assess(frame.head(1000), law)
    runs = []
    for _ in range(TIMES):
        start, busy = time.perf_counter(), time.process_time()
        assess(frame, law)
        runs.append((time.perf_counter() - start, time.process_time() - busy))
    return sorted(runs)


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    print(f"polars {pl.__version__}, {pl.thread_pool_size()} threads")
    for year in (2024, 2026):
        law = Law.of(year)
        frame = people(options.rows, law)
        for rows in (options.rows // 4, options.rows):
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            runs = seconds(frame.head(rows), law)
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            (best, _), (middle, _) = runs[0], runs[TIMES // 2]
            busy = min(cpu for _, cpu in runs)
            print(
                f"{year}: {rows:>9,} rows  best {best:.3f} s = {rows / best:>9,.0f}/s  median"
                f" {rows / middle:>9,.0f}/s  a CPU second {rows / busy:>9,.0f}"
                f"  peak memory +{grown / 1024:,.0f} MB"
            )


if __name__ == "__main__":
    main()
