"""How long reading an extract takes, as Parquet and as CSV: `python benchmarks/bench_ingest.py WARD`.

WARD is a folder in the standard layout, as Parquet; the CSV is written from it into a temporary folder.
Each way runs in a process of its own: wall time, and the peak memory of that process.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from tadasu import extract


def as_csv(ward: Path, folder: Path) -> None:
    """Write every Parquet file of `ward` as CSV under `folder`."""
    for path in sorted(ward.glob("*/*.parquet")):
        out = folder / path.parent.name / f"{path.stem}.csv"
        out.parent.mkdir(parents=True, exist_ok=True)
        pl.read_parquet(path).write_csv(out)


def measure(label: str, folder: Path) -> None:
    """Read once in this process and print what it took."""
    start = time.perf_counter()
    totals = extract.read(folder).report()["totals"]
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    size = sum(path.stat().st_size for path in folder.glob("*/*")) / 1e6
    print(
        f"{label:8} {size:6.0f} MB {seconds:6.1f} s {peak:5.1f} GB peak"
        f"  read {totals['read']:,} = kept {totals['kept']:,} + quarantined {totals['quarantined']:,}"
    )


def main() -> None:
    """Measure both ways, each in a new process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ward", type=Path, help="an extract in the standard layout, as Parquet")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        measure(given.only, given.ward)
        return
    with tempfile.TemporaryDirectory() as scratch:
        as_csv(given.ward, Path(scratch))
        for label, folder in (("parquet", given.ward), ("csv", Path(scratch))):
            subprocess.run([sys.executable, __file__, str(folder), "--only", label], check=True)


if __name__ == "__main__":
    main()
