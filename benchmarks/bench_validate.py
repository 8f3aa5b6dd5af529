"""How long validation takes: `python benchmarks/bench_validate.py WARD [--repeats 3]`.

WARD is a folder in the standard layout, as Parquet. Printed: rows, the tool's import, wall and CPU
seconds of each repeat, the page, peak memory, and what was found.
"""

import argparse
import resource
import time
from pathlib import Path

import polars as pl

from pipelines.validate import validate


def read(ward: Path) -> dict[int, dict[str, pl.DataFrame]]:
    """Return the tables of every year of `ward`."""
    return {
        int(folder.name): {path.stem: pl.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}
        for folder in sorted(ward.iterdir())
        if folder.name.isdecimal()
    }


def main() -> None:
    """Read, validate a few times, and print what it took."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("ward", type=Path)
    arguments.add_argument("--repeats", type=int, default=3)
    options = arguments.parse_args()
    tables = read(options.ward)
    rows = sum(len(year["inconsistencies"]) for year in tables.values())
    print(f"{rows:,} rows of the list in {len(tables)} years")
    start = time.perf_counter()
    import great_expectations  # noqa: F401

    print(f"import     {time.perf_counter() - start:6.1f} s")
    for repeat in range(options.repeats):
        start, busy = time.perf_counter(), time.process_time()
        validation = validate(tables)
        wall, busy = time.perf_counter() - start, time.process_time() - busy
        print(f"validate {repeat} {wall:6.1f} s wall {busy:6.1f} s CPU")
    start = time.perf_counter()
    page = validation.page()
    print(f"page       {time.perf_counter() - start:6.1f} s, {len(page.encode()):,} bytes")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GB")
    print(f"{len(validation.critical)} critical, {len(validation.warnings)} warnings")


if __name__ == "__main__":
    main()
