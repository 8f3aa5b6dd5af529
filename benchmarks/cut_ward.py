"""Cut a small ward out of a large one in the standard layout.

    python benchmarks/cut_ward.py FROM TO --share 0.02 --key WORD

Households that documents or rows name together stay together, over all years, with everything that is theirs.
People, households, payers, documents, donations, rows and staff get new numbers in an order that only `--key`
knows. Only columns that `tadasu/tables/` declares are written. Figures and dates stay as they are: what is
secret in the large ward stays secret in the small one.
"""

import argparse
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow.parquet as pq
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tadasu.tables import EXTRACT

NUMBERS = {
    "person_id": "P",
    "dependent_person_id": "P",
    "related_person_id": "P",
    "household_id": "H",
    "payer_id": "B",
    "previous_payer_id": "B",
    "document_id": "D",
    "supersedes": "D",
    "document_ids": "D",
    "donation_id": "G",
    "row_id": "R",
    "staff_id": "S",
}
"""Columns that hold a number of the office, and the letter of its kind."""
_DIGITS = {"S": 3, "B": 5}

# Dictionaries and statistics cost a quarter of a file of few rows.
SMALLEST: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 19,
    "use_dictionary": False,
    "write_statistics": False,
    "store_schema": False,
}

Ward = dict[int, dict[str, pl.DataFrame]]


def read(folder: Path) -> Ward:
    """Read the declared columns of all tables of all years of `folder`."""
    return {
        int(year.name): {
            table.name: pl.read_parquet(path, columns=list(table.schema))
            for table in EXTRACT
            if (path := year / f"{table.name}.parquet").exists()
        }
        for year in sorted(folder.iterdir())
        if year.name.isdigit()
    }


def links(ward: Ward) -> pl.DataFrame:
    """Return pairs of numbers that belong together: a person's with the household's, the relatives'."""
    pairs = []
    for tables in ward.values():
        papers = tables["documents"].select("document_id", "person_id")
        pairs += [
            tables["residents"].select(a="person_id", b="household_id"),
            tables["inconsistencies"].select(a="person_id", b="related_person_id"),
            tables["dependents"]
            .join(papers, on="document_id")
            .select(a="person_id", b="dependent_person_id"),
            papers.select(a="person_id", b="person_id"),
        ]
    return pl.concat(pairs).drop_nulls().unique(maintain_order=True)


def blocks(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return (number, block): the block is named by the first of the numbers that hang together."""
    numbers = pl.concat([pairs["a"], pairs["b"]]).unique().sort()
    at = pl.DataFrame({"number": numbers}).with_row_index("at")
    a, b = (
        pairs.join(at, left_on=side, right_on="number", maintain_order="left")["at"].to_numpy()
        for side in "ab"
    )
    graph = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(len(numbers), len(numbers)))
    _, label = connected_components(graph, directed=False)
    return at.with_columns(label=pl.Series(label)).select(
        "number", block=pl.col("number").first().over("label")
    )


def chosen(block: pl.DataFrame, share: float, key: str) -> pl.Series:
    """Return the numbers of the blocks whose keyed hash falls under `share`."""
    names = block["block"].unique().sort()
    draws = pl.Series([int(_hash(key, name)[:12], 16) / 16**12 for name in names])
    return block.filter(pl.col("block").is_in(names.filter(draws < share).implode()))["number"]


def cut(ward: Ward, people: pl.Series) -> Ward:
    """Return the ward with what belongs to `people` alone."""
    mine = pl.col("person_id").is_in(people.implode())
    small: Ward = {}
    for year, tables in ward.items():
        kept = {name: table.filter(mine) for name, table in tables.items() if "person_id" in table.columns}
        papers, rows = kept["documents"]["document_id"].implode(), kept["inconsistencies"]["row_id"].implode()
        kept["dependents"] = tables["dependents"].filter(pl.col("document_id").is_in(papers))
        for name in {"corrections", "second_opinions"} & tables.keys():
            kept[name] = tables[name].filter(pl.col("row_id").is_in(rows))
        small[year] = kept
    return small


def renumber(ward: Ward, key: str) -> Ward:
    """Return the ward with new numbers, the same over all its years and tables."""
    old: dict[str, set[str]] = {letter: set() for letter in NUMBERS.values()}
    for frame in (frame for tables in ward.values() for frame in tables.values()):
        for column in NUMBERS.keys() & set(frame.columns):
            old[NUMBERS[column]].update(frame[column].drop_nulls().str.split(";").explode())
    new = {
        letter: {
            number: f"{letter}{at:0{_DIGITS.get(letter, 6)}d}"
            for at, number in enumerate(sorted(numbers, key=lambda number: _hash(key, number)), start=1)
        }
        for letter, numbers in old.items()
    }
    return {
        year: {
            name: frame.with_columns(_new(column, new) for column in frame.columns if column in NUMBERS)
            for name, frame in tables.items()
        }
        for year, tables in ward.items()
    }


def write(ward: Ward, folder: Path) -> None:
    """Write the ward's tables, sorted by key, one folder a year."""
    for year, tables in ward.items():
        (folder / str(year)).mkdir(parents=True, exist_ok=True)
        for table in EXTRACT:
            if table.name in tables:
                path = folder / str(year) / f"{table.name}.parquet"
                pq.write_table(table.arrange(tables[table.name]).to_arrow(), path, **SMALLEST)


def _new(column: str, new: dict[str, dict[str, str]]) -> pl.Expr:
    names = new[NUMBERS[column]]
    if column == "document_ids":
        return pl.col(column).str.split(";").list.eval(pl.element().replace_strict(names)).list.join(";")
    return pl.col(column).replace_strict(names)


def _hash(key: str, number: str) -> str:
    return sha256(f"{key} {number}".encode()).hexdigest()


def main() -> None:
    """Read the command line, cut, write, say what was written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("source", type=Path, metavar="FROM")
    parser.add_argument("target", type=Path, metavar="TO")
    parser.add_argument(
        "--share", type=float, default=0.02, help="share of the blocks of households that is kept"
    )
    parser.add_argument(
        "--key", required=True, help="a word of your own: it decides the choice and the new numbers"
    )
    given = parser.parse_args()
    ward = read(given.source)
    small = renumber(cut(ward, chosen(blocks(links(ward)), given.share, given.key)), given.key)
    write(small, given.target)
    for year, tables in small.items():
        print(year, {name: frame.height for name, frame in tables.items()})


if __name__ == "__main__":
    main()
