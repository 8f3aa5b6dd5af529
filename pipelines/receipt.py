"""What an export says of itself: how many corrections went, how many did not, and what they add up to."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from tadasu.extract.outgoing import Sorted
from tadasu.fields import FIELDS


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt of an export; no number of a person is in it.

    number: of the export. at: when, in the office's time. files: tax year → the file's name and its SHA-256.
    """

    number: str
    actor: str
    ward: str
    at: dt.datetime
    found: Sorted
    files: Mapping[int, tuple[str, str]]

    def plain(self) -> dict[str, Any]:
        """Return the receipt as plain values: considered = lines + repeats + conflicts."""
        found = self.found
        reasons = found.conflicts.group_by("reason").len().sort("reason")
        return {
            "export_id": self.number,
            "at": self.at.isoformat(timespec="seconds"),
            "actor": self.actor,
            "ward": self.ward,
            "considered": found.lines.height + found.repeats.height + found.conflicts.height,
            "lines": found.lines.height,
            "repeats": found.repeats.height,
            "conflicts": found.conflicts.height,
            "conflicts_by_reason": dict(reasons.iter_rows()),
            "sent_before": found.before,
            "files": [self._file(year) for year in sorted(self.files)],
        }

    def _file(self, year: int) -> dict[str, Any]:
        name, digest = self.files[year]
        lines = self.found.lines.filter(tax_year=year)
        return {
            "tax_year": year,
            "file": name,
            "sha256": digest,
            "lines": lines.height,
            "people": lines["person_id"].n_unique(),
            "totals": {row.pop("field"): row for row in totals(lines).iter_rows(named=True)},
        }

    def facts(self) -> list[tuple[str, str | int | dt.date | None]]:
        """Return what the first sheet of the workbook says."""
        told = self.plain()
        rows: list[tuple[str, str | int | dt.date | None]] = [
            ("送付番号", self.number),
            ("作成日", self.at.date()),
            ("作成時刻", self.at.strftime("%H:%M")),
            ("作成者", self.actor),
            ("団体", self.ward),
            ("未送付だった訂正", told["considered"]),
            ("  うち 送付した行", told["lines"]),
            ("  うち 同じ訂正が他の行にある", told["repeats"]),
            ("  うち 送らなかった訂正", told["conflicts"]),
            *((f"    {reason}", count) for reason, count in told["conflicts_by_reason"].items()),
            ("以前に送付済み", told["sent_before"]),
        ]
        for file in told["files"]:
            rows += [
                (f"{file['tax_year']}年度 ファイル", file["file"]),
                ("  SHA-256", file["sha256"]),
                ("  行数", file["lines"]),
                ("  人数", file["people"]),
            ]
            for field, sums in file["totals"].items():
                label = FIELDS[field].label
                rows.append((f"  {label} 行数", sums["lines"]))
                if FIELDS[field].unit:
                    rows += [(f"  {label} {name}", sums[key]) for key, name in _SUMS.items()]
        return rows

    def text(self, folder: Path) -> str:
        """Return what the terminal says."""
        told = self.plain()
        listed = "".join(f"  {reason}: {count} 件\n" for reason, count in told["conflicts_by_reason"].items())
        return (
            f"送付番号 {self.number}: 送付 {told['lines']} 行、同じ訂正 {told['repeats']} 件、"
            f"送らなかった訂正 {told['conflicts']} 件（{folder}）\n{listed}"
        )


_SUMS = {"old_total": "修正前の合計", "new_total": "修正後の合計", "difference": "差の合計"}


def totals(lines: pl.DataFrame) -> pl.DataFrame:
    """Return for each field the lines and, of amounts and counts, the totals before and after (else null)."""
    amounts = pl.col("field").is_in([name for name, field in FIELDS.items() if field.unit])
    numbers = [
        pl.when(amounts)
        .then(pl.col(name).fill_null("0"))
        .cast(pl.Int64(), strict=False)
        .alias(name.replace("value", "total"))
        for name in ("old_value", "new_value")
    ]
    sums = pl.col("old_total", "new_total")
    told = (
        lines.select("field", *numbers)
        .group_by("field")
        .agg(pl.len().cast(pl.Int64()).alias("lines"), pl.when(sums.count() > 0).then(sums.sum()))
    )
    return told.with_columns(difference=pl.col("new_total") - pl.col("old_total")).sort("field")
