"""`tadasu ingest --accept-corrections`: what was quarantined comes back mended, and stays so."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipelines import cli

Said = Callable[..., str]


@pytest.fixture
def out(tiny_ward: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Path, tuple[str, ...]]:
    """Ingest a ward with one broken amount, as CSV and as Parquet; return its folder and the settings."""
    import shutil

    ward = Path(shutil.copytree(tiny_ward, tmp_path / "ward"))
    path = ward / "2026" / "donations.parquet"
    rows = pl.read_parquet(path).with_columns(amount=pl.col("amount").cast(pl.String()))
    spoilt = rows.with_columns(
        amount=pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("-1x")).otherwise("amount")
    )
    spoilt.write_csv(path.with_suffix(".csv"))
    path.unlink()
    words = (f"ward={ward}", f"out={tmp_path / 'out'}", "tracking=off")
    assert cli.main(["ingest", *words]) == 0
    capsys.readouterr()
    return tmp_path / "out", words


def donations(out: Path) -> int:
    return pl.read_parquet(out / "2026" / "donations.parquet").height


def test_a_mended_line_enters_and_stays(out: tuple[Path, tuple[str, ...]], tmp_path: Path) -> None:
    folder, words = out
    before = donations(folder)
    fixed = tmp_path / "fixed.csv"
    told = (folder / "2026" / "quarantine.csv").read_text(encoding="utf-8-sig")
    assert ",'-1x," in told, "no cell of it can act as a formula"
    fixed.write_bytes(told.replace(",'-1x,", ",5000,", 1).encode("cp932"))
    assert cli.main(["ingest", "--accept-corrections", str(fixed), *words]) == 0
    assert donations(folder) == before + 1
    assert cli.main(["ingest", *words]) == 0
    assert donations(folder) == before + 1
    assert '"accept_corrections"' in (folder / "ledger.jsonl").read_text(encoding="utf-8")


def test_a_file_that_is_no_quarantine_is_told(
    out: tuple[Path, tuple[str, ...]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, words = out
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("file,value\nx,y\n", encoding="utf-8")
    for given, said in ((str(wrong), "no column line, column"), (str(tmp_path / "no.csv"), "no such file")):
        assert cli.main(["ingest", f"--accept-corrections={given}", *words]) == 2
        assert said in capsys.readouterr().err
