"""A ward that delivers statutory files with names and numbers in them that may not enter."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines import cli
from tadasu.extract.identifiers import Key
from tadasu.extract.statutory.layout import fields

SECRET = Key(bytes(range(32)))
PEOPLE = [f"77{n:08}" for n in range(1, 31)]
"""Numbers of people (宛名番号), ten digits."""
PAYER, PENSIONS = "55500012", "55500034"
PLANTED = {
    "name": "渡辺姓名之介", "kana": "ﾜﾀﾅﾍﾞｾｲﾒｲ", "address": "東京都練馬区架空町九丁目",
    "individual_number": "123456789018",
    "payer_number": "9876543210123", "payer_name": "株式会社架空商店", "payer_address": "架空市本町一丁目",
    "payer_phone": "0355501234", "recipient_no": "EMP424242", "remarks": "摘要の文言甲", "post": "架空部長",
    "spouse_name": "渡辺花代", "spouse_number": "210987654321", "dependent1_kana": "ﾜﾀﾅﾍﾞｻﾌﾞﾛｳ",
    "dependent1_number": "345678901234", "further_dependents": "架空五郎", "previous_name": "前職架空工業",
}  # fmt: skip
"""What may not enter, by field of a salary report."""
OF_PENSIONS = {name: text for name, text in PLANTED.items() if name in fields("331")}
OF_RETURNS = {"氏名": "佐伯架空子", "住所": "架空町二丁目", "個人番号": "444455556666", "電話": "0355509876"}
RETURNS = """
files: "{year}/申告.csv"
id: 受付番号
refuse: [個人番号]
columns: {document_id: 受付番号, person_id: 宛名番号}
second_page:
  files: "{year}/第二表.csv"
  id: 受付番号
  refuse: ["*氏名*", 個人番号]
  columns: {spouse_kind: {from: 配偶者, codes: {"1": general, "": ""}}}
"""


@dataclass
class Ward:
    """A ward of a test: its files, what it writes, and the words that name both."""

    files: Path
    out: Path
    words: tuple[str, ...]

    def ingest(self, *more: str) -> int:
        """Run the stage."""
        return cli.main(["ingest", *more, *self.words])

    def table(self, name: str) -> pl.DataFrame:
        """Return a table of the year as written."""
        return pl.read_parquet(self.out / "2025" / f"{name}.parquet")

    def put(self, name: str, *lines: str) -> None:
        """Write a file of the year in cp932."""
        (self.files / "2025" / name).write_bytes("".join(f"{one}\r\n" for one in lines).encode("cp932"))


def matched(ward: Ward, *rows: tuple[str, ...]) -> None:
    """Write the file that says whose report a line is: file, line, person, document, day, relatives."""
    head = "ファイル,行,宛名番号,資料番号,受付日,配偶者,扶養1,年少1"
    ward.put("突合せ.csv", head, *(",".join((*row, *[""] * (8 - len(row)))) for row in rows))


def spoilt(line: Any) -> list[str]:
    """Return salary reports, two that are sound and others spoilt in every way that puts a line aside."""
    usual = {**PLANTED, "payer": PAYER}
    slipped = line(**usual).split(",")
    return [
        line(**usual),
        "ﾜﾀﾅﾍﾞ@" + line(width=98, **usual),
        line(**{**usual, "salary_paid": PLANTED["individual_number"]}),
        line(**{**usual, "salary_paid": "五百万"}),
        line(**usual, spouse="9"),
        line(**{**usual, "mark": "3", "salary_paid": "7"}),
        line(**{**usual, "mark": "7"}),
        line(**{**usual, "salary_paid": "8"}),  # nobody's, by the matching file
        ",".join([*slipped[:11], "架空町", *slipped[11:-1]]),
        ",".join(slipped[:77]),
        '"' + line(**usual) + '"',
        line(**usual)[:40],
        line(**usual).replace(PLANTED["name"], "渡辺\0姓名之介"),
    ]


def deliver(ward: Ward, line: Any) -> None:
    """Write files of all kinds, in each lines that are taken in and lines that are put aside."""
    lines = spoilt(line)
    rows = [
        ("給報1.csv", str(n), PEOPLE[n], f"D{n}", "20250120", PEOPLE[20], PEOPLE[21])
        for n in range(1, 14)
        if n != 8
    ]
    matched(ward, *rows, ("年報1.csv", "1", PEOPLE[15], "D90"), ("年報1.csv", "2", PEOPLE[16], "D91"))
    ward.put("給報1.csv", *lines)
    pension = {**OF_PENSIONS, "payer": PENSIONS, "paid1": "1200000"}
    ward.put("年報1.csv", line("331", 49, **pension), line("331", 49, **{**pension, "paid1": "x"}))
    shown = ",".join(OF_RETURNS.values())
    heads = ",".join(OF_RETURNS)
    ward.put(
        "申告.csv",
        f"受付番号,宛名番号,ABB00080,{heads}",
        f"E1,{PEOPLE[17]},5000000,{shown}",
        f"E2,{PEOPLE[18]},五百,{shown}",
        f"E3,{PEOPLE[19]},1,{shown},{shown}",
    )
    ward.put("第二表.csv", f"受付番号,配偶者,{heads}", f"E1,1,{shown}", f"E2,架空,{shown}")


def texts(folder: Path) -> dict[str, str]:
    """Return all that was written, as text: tables opened, other files as bytes in the likely encodings."""
    found = {}
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        data = path.read_bytes()
        if path.suffix == ".parquet":
            found[str(path)] = pl.read_parquet(path).write_csv()
        else:
            found[str(path)] = "".join(
                data.decode(name, "replace") for name in ("utf-8", "cp932", "utf-16-le")
            )
    return found
