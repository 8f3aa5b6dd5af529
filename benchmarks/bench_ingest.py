"""How long reading an extract takes: `python benchmarks/bench_ingest.py [--ward wards/mini] [--rows 60000]`.

The newest year of a ward in the standard layout is grown to a whole ward's size (two documents a row of the
list) and written as Parquet, as standard CSV, and as a vendor's cp932 CSV with codes and dates in eras.
Each is read in a process of its own: wall time, and the CPU time and peak memory of that process.
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
from tadasu.extract.forms import date_form
from tadasu.extract.mapping import Layout, covering
from tadasu.tables import EXTRACT, Table

VENDOR = covering(Layout(encoding="cp932"), date_form("R05.12.31"), coded=True)
WAYS = ("parquet", "csv", "cp932")
DOCUMENTS_A_ROW = 2


def grown(frame: pl.DataFrame, table: Table, rows: int) -> pl.DataFrame:
    """Repeat a table until it has `rows` rows, with new identifiers in each round."""
    rounds = -(-rows // frame.height)
    numbers = [c.name for c in table.columns if c.dtype == pl.String() and c.name.endswith("_id")]
    parts = [frame.with_columns(pl.col(numbers) + f"-{n}") for n in range(rounds)]
    return table.arrange(pl.concat(parts).head(rows))


def ward_of(folder: Path, rows: int) -> dict[str, pl.DataFrame]:
    """Return the newest year of a ward, grown to `rows` rows of the list and twice as many documents."""
    whole = extract.read(folder)
    tables = whole.tables[max(whole.tables)]
    documents = tables["documents"].height
    sizes = {"inconsistencies": rows}
    return {
        table.name: grown(
            frame, table, sizes.get(table.name, frame.height * DOCUMENTS_A_ROW * rows // documents)
        )
        for table in EXTRACT
        if (frame := tables[table.name]).height
    }


def save(tables: dict[str, pl.DataFrame], folder: Path, year: int) -> None:
    """Write the ward in the three ways."""
    whole = {table.name: tables.get(table.name, table.empty()) for table in EXTRACT}
    extract.write({year: whole}, VENDOR, folder / "cp932", check=False)
    for name, frame in tables.items():
        for kind in ("parquet", "csv"):
            path = folder / kind / str(year) / f"{name}.{kind}"
            path.parent.mkdir(parents=True, exist_ok=True)
            frame.write_csv(path) if kind == "csv" else frame.write_parquet(path)


def measure(way: str, folder: Path) -> None:
    """Read once in this process and print what it took."""
    start = time.perf_counter()
    intake = extract.read_mapped(folder, VENDOR) if way == "cp932" else extract.read(folder)
    seconds = time.perf_counter() - start
    totals = intake.report()["totals"]
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6
    size = sum(path.stat().st_size for path in folder.glob("*/*")) / 1e6
    print(
        f"{way:8} {size:6.0f} MB {seconds:6.1f} s ({cpu:.1f} s CPU) {peak:5.2f} GB peak"
        f"  read {totals['read']:,} = kept {totals['kept']:,} + quarantined {totals['quarantined']:,}",
        flush=True,
    )


def main() -> None:
    """Measure every way, each in a new process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--ward", type=Path, default=Path("wards/mini"), help="an extract in the standard layout"
    )
    parser.add_argument("--rows", type=int, default=60_000, help="rows of the list")
    parser.add_argument("--way", choices=WAYS, action="append", help="only these")
    parser.add_argument("--only", nargs=2, metavar=("WAY", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        measure(given.only[0], Path(given.only[1]))
        return
    with tempfile.TemporaryDirectory() as scratch:
        save(ward_of(given.ward, given.rows), Path(scratch), 2026)
        for way in given.way or WAYS:
            subprocess.run([sys.executable, __file__, "--only", way, f"{scratch}/{way}"], check=True)


if __name__ == "__main__":
    main()
