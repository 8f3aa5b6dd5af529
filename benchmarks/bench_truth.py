"""The demo ward's newest list against what is right of it, where a backtest can only ask what staff did.

    python -m benchmarks.bench_truth [OUT] [TRUTH] [--resamples 200]

OUT is the folder of a finished run of the demo ward (data/demo); TRUTH what the simulator wrote beside the
ward's files (data/demo-export-truth/<year>.parquet), in the contract of staff's corrections. The suggestions
of the year are held against it; nothing is written, and nobody was trained on it. The ward is synthetic.
"""

import argparse
from pathlib import Path

import numpy as np
import polars as pl

from models.evaluation.bootstrap import intervals
from models.evaluation.judged import arrays, judged
from models.evaluation.measures import MEASURE, Array
from models.evaluation.rows import judged_rows
from tadasu.law import Law
from tadasu.tables import EXTRACT

SHOWN = (
    *("row_pr_auc", "agreement", "right_field_first", "right_field_and_value_first", "exact_repair"),
    *("exact_repair_f1", "yen_in_first_fifth", "ece", "cleared", "missed_among_cleared", "passed_over"),
)


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, nargs="?", default=Path("data/demo"))
    parser.add_argument("truth", type=Path, nargs="?", default=Path("data/demo-export-truth"))
    parser.add_argument("--resamples", type=int, default=200)
    chosen = parser.parse_args()
    file = max(chosen.truth.glob("*.parquet")) if chosen.truth.is_dir() else chosen.truth
    year = int(file.stem)
    folder = chosen.out / str(year)
    tables = {table.name: pl.read_parquet(folder / f"{table.name}.parquet") for table in EXTRACT}
    tables["corrections"] = pl.read_parquet(file)
    rows = judged_rows(tables, Law.of(year))
    held = judged(pl.read_parquet(folder / "suggestions.parquet"), rows)
    every = arrays(held.with_columns(clear_unseen="lane_clear"))
    block = rows["block"].rank("dense").to_numpy().astype(np.int64) - 1

    def of(weights: Array) -> dict[str, Array]:
        return {name: MEASURE[name].of(every, weights) for name in SHOWN}

    found = intervals(of, block, chosen.resamples, 1)
    print(f"{chosen.out} {year}: {rows.height:,} rows, {int(rows['corrected'].sum()):,} need a correction")
    for name, (value, low, high) in found.items():
        print(f"  {name:<30}{float(value):8.3f}  ({float(low):.3f}–{float(high):.3f})")


if __name__ == "__main__":
    main()
