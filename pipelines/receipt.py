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
        """Return the receipt as plain values.

        considered = lines + repeats + conflicts = decided - sent_before - withdrawn + taken_back, and
        lines = corrections + reversals: lines that take back or replace what was sent before.
        """
        found = self.found
        reasons = found.conflicts.group_by("reason").len().sort("reason")
        return {
            "export_id": self.number,
            "at": self.at.isoformat(timespec="seconds"),
            "actor": self.actor,
            "ward": self.ward,
            "decided": found.decided,
            "sent_before": found.before,
            "withdrawn": found.withdrawn,
            "taken_back": found.taken_back,
            "considered": found.considered,
            "lines": found.lines.height,
            "corrections": found.lines.height - found.reversals,
            "reversals": found.reversals,
            "repeats": found.repeats.height,
            "conflicts": found.conflicts.height,
            "conflicts_by_reason": dict(reasons.iter_rows()),
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
            "reversals": lines.height - lines["reverses"].null_count(),
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
            ("職員が判断した訂正", told["decided"]),
            ("  うち 以前に送付済み", told["sent_before"]),
            ("  うち 送る前に取り消された・置き換えられた", told["withdrawn"]),
            ("送付後に取り消された訂正", told["taken_back"]),
            ("今回の対象（判断 − 送付済み − 取消し ＋ 送付後の取消し）", told["considered"]),
            ("  うち 送付した行", told["lines"]),
            ("    うち 新しい訂正", told["corrections"]),
            ("    うち 送付済みの訂正を戻す・改める行", told["reversals"]),
            ("  うち 同じ訂正が他の行にある", told["repeats"]),
            ("  うち 送らなかった訂正", told["conflicts"]),
            *((f"    {reason}", count) for reason, count in told["conflicts_by_reason"].items()),
        ]
        for file in told["files"]:
            rows += [
                (f"{file['tax_year']}年度 ファイル", file["file"]),
                ("  SHA-256", file["sha256"]),
                ("  行数", file["lines"]),
                ("  うち 戻す・改める行", file["reversals"]),
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
        back = f"（うち 戻す・改める {told['reversals']} 行）" if told["reversals"] else ""
        return (
            f"送付番号 {self.number}: 送付 {told['lines']} 行{back}、同じ訂正 {told['repeats']} 件、"
            f"送らなかった訂正 {told['conflicts']} 件（{folder}）\n{listed}"
        )

    def tried(self, *, looked_up: bool) -> str:
        """Return what the terminal says of a dry run: the whole receipt.

        Args:
            looked_up: Whether the people's own numbers were there.
        """
        rows = "".join(f"{name}: {_shown(value)}\n" for name, value in self.facts() if "SHA" not in name)
        unseen = (
            "" if looked_up else "宛名番号の対応は確かめていません（仮の番号で様式だけを確かめました）。\n"
        )
        return f"試行です。何も書かず、何も送付済みにしていません。\n{unseen}{rows}"


def _shown(value: str | int | dt.date | None) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


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
