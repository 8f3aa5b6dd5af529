"""What the sniffing makes of whole exports of several systems: what is right, what is left to a person."""

import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from pipelines import connect
from tadasu.errors import TadasuError
from tadasu.extract import mapping
from tadasu.extract.sniff import DOUBT


def _told(words: list[str]) -> tuple[int, str]:
    text = io.StringIO()
    return connect.main(words, Console(file=text, width=200)), text.getvalue()


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("kaigyo", 0.85, 0),
        ("zeisei", 0.85, 0),
        ("hankaku", 0.9, 0),
        ("romaji", 0.65, 0),
        ("kotei", 0.0, 0),
        ("settogo", 0.8, 0),
    ],
)
def test_most_columns_are_right_and_no_sure_one_is_wrong(
    name: str, right: float, wrong: int, judged: Callable[[str], Counter[str]]
) -> None:
    counts = judged(name)
    columns = counts.total() - counts["decoy taken"]
    assert counts["right"] >= right * columns, counts
    assert counts["wrong"] <= wrong, counts
    assert counts["decoy taken"] == 0


def test_a_proposal_is_a_mapping_and_says_what_it_doubts(
    export: Callable[[str], Any], tmp_path: Path
) -> None:
    target = tmp_path / "x.yaml"
    code, told = _told([str(export("hankaku").folder), f"to={target}"])
    text = target.read_text(encoding="utf-8")
    assert code == 0
    assert "住民基本台帳" in told
    assert {source.table.name for source in mapping.load(target).sources} >= {
        "residents",
        "documents",
        "assessments",
    }
    assert text.count(DOUBT) > 3
    assert "山田" not in text
    with pytest.raises(TadasuError, match="there already"):
        connect.main([str(export("hankaku").folder), f"to={target}"])


def test_a_dry_run_counts_unknown_codes_and_shows_the_worst_lines(
    export: Callable[[str], Any], tmp_path: Path
) -> None:
    target = tmp_path / "x.yaml"
    _told([str(export("kaigyo").folder), f"to={target}"])
    code, told = _told(["--check", str(target)])
    assert code == 1
    for shown in ("コード表にない値", "問題の多い行", "最終更新日時"):
        assert shown in told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.yaml"]


def test_filling_in_the_open_codes_makes_the_dry_run_clean(
    export: Callable[[str], Any], tmp_path: Path
) -> None:
    made = export("kaigyo")
    target = tmp_path / "x.yaml"
    _told([str(made.folder), f"to={target}"])
    content = yaml.safe_load(target.read_text(encoding="utf-8"))
    for source in made.mapping.sources:
        columns = content["mapping"]["tables"][source.table.name][0]["columns"]
        for cell in source.rows[0].cells:
            if cell.reading.codes is not None and cell.column in columns:
                columns[cell.column] = {"from": cell.sources[0], "codes": dict(cell.reading.codes)}
    target.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    code, told = _told(["--check", str(target)])
    assert code == 0, told


def test_words_that_ask_for_nothing_are_told_how() -> None:
    for words in ([], ["--check"], ["a", "b"]):
        with pytest.raises(TadasuError, match="tadasu connect"):
            connect.main(words)


def _small(folder: Path) -> Path:
    """Write an export of a few files in everyday words, one kind of document each."""
    people = [f"{n:08}" for n in range(1, 61)]
    files = {
        "住民": [
            "No.,住民番号,世帯番号,生年月日",
            *(f"{n},{p},{p},19700102" for n, p in enumerate(people, 1)),
        ],
        "確定申告書": [
            "No.,書類番号,住民番号,届いた日,給与の収入,届け先",
            *(f"{n},D{p},{p},20240301,{n * 10007},131199" for n, p in enumerate(people, 1)),
        ],
        "寄附": [
            "No.,寄附番号,住民番号,届いた日,寄附金額",
            *(f"{n},G{p},{p},20240302,{n * 1000}" for n, p in enumerate(people, 1)),
        ],
        "今年の合算結果": [
            "No.,住民番号,給与収入,年金収入,みんな同じ税額",
            *(f"{n},{p},{n * 10007},{n * 5003},4000" for n, p in enumerate(people, 1)),
        ],
        "不整合リスト": [
            "No.,不整合番号,住民番号,エラー番号,検出日,対象項目",
            *(
                f"{n},R{p},{p},E01,20240401,{'給与収入' if n % 3 else 'みんな同じ税額'}"
                for n, p in enumerate(people, 1)
            ),
        ],
    }
    for name, lines in files.items():
        path = folder / "2024" / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_files_say_of_each_other_what_their_columns_are(tmp_path: Path) -> None:
    target = tmp_path / "x.yaml"
    _told([str(_small(tmp_path / "files")), f"to={target}"])
    tables = yaml.safe_load(target.read_text(encoding="utf-8"))["mapping"]["tables"]
    (document,) = tables["documents"]
    assert document["columns"]["kind"] == {"constant": "tax_return"}
    assert document["columns"]["received_on"] == "届いた日", "as in the file of gifts"
    (row,) = tables["inconsistencies"]
    assert row["columns"]["field"] == {"from": "対象項目", "codes": "assessments"}
    used = [str(told) for of in tables.values() for source in of for told in source["columns"].values()]
    assert not any("No." in told for told in used), "what only numbers the lines is no number of anything"


def test_what_is_left_stands_beside_what_is_free(tmp_path: Path) -> None:
    target = tmp_path / "x.yaml"
    _told([str(_small(tmp_path / "files")), f"to={target}"])
    lines = target.read_text(encoding="utf-8").splitlines()
    assert any("対応づけなし: みんな同じ税額" in line for line in lines)
    free = [line for line in lines if "まだ空いている標準の列" in line]
    assert any("per_capita_levy（均等割額）" in line for line in free)
