"""`tadasu tax`: one person's working in Japanese, a CSV of many, and messages for what is wrong."""

from pathlib import Path

import polars as pl
import pytest

from pipelines.tax import main


def run(line: str) -> int:
    return main(line.split())


def test_the_working_of_one_person(capsys: pytest.CaptureFixture[str]) -> None:
    """5,000,000 of salary, a spouse and two children: every line by hand."""
    assert run("--year 2026 --salary 5000000 --spouse-income 0 --dependents 16,21") == 0
    shown = capsys.readouterr().out
    lines = {
        "給与所得": "3,560,000",
        "配偶者控除": "330,000 円",
        "扶養控除": "780,000 円",
        "課税標準額（合計）": "2,020,000 円",
        "調整控除": "15,500 円",  # 330,000 - 20,000, 5 %
        "所得割額": "186,500 円",  # 202,000 - 15,500
        "年税額": "191,500 円",
    }
    for label, amount in lines.items():
        assert any(label in line and amount in line for line in shown.splitlines()), (label, shown)


@pytest.mark.parametrize(
    ("options", "label", "amount"),
    [
        ("--salary 4000000 --spouse-income 900000", "配偶者特別控除", "330,000"),
        ("--salary 4000000 --spouse-income 0 --spouse-age 70", "配偶者控除", "380,000 円"),
        ("--salary 4000000 --dependents 70,71+", "扶養控除", "830,000 円"),
        ("--salary 9000000 --dependents 3", "所得金額調整控除", "50,000"),
        ("--pension 3000000 --birth-date 1950-01-01", "公的年金等雑所得", "1,900,000"),
        ("--salary 4000000 --set self_disability=special", "障害者控除", "300,000 円"),
        ("--salary 4000000 --ordinance designated_city", "税額控除前所得割額（区）", "186,400 円"),
    ],
)
def test_options_reach_their_lines(
    options: str, label: str, amount: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(f"--year 2026 {options}") == 0
    shown = capsys.readouterr().out
    assert any(label in line and amount in line for line in shown.splitlines()), shown


def test_a_contradiction_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--year 2026 --salary 4000000 --set widow=true --set single_parent=true --sex F") == 0
    assert "寡婦とひとり親が両方ある" in capsys.readouterr().out


def test_a_csv_of_many(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people, taxes = tmp_path / "people.csv", tmp_path / "taxes.csv"
    people.write_text(
        "person_id,salary_revenue,n_dependent_general,self_disability\na,3000000,1,none\nb,-5,0,none\nc,9000000,,special\n",
        encoding="utf-8",
    )
    assert run(f"--year 2025 --csv {people} --out {taxes}") == 0
    result = pl.read_csv(taxes)
    assert result["person_id"].to_list() == ["a", "b", "c"]
    assert result["salary_income"].to_list() == [2020000, 0, 7050000]
    assert result["income_adjustment"].to_list() == [0, 0, 50000], "the third has a special disability"
    assert result["resident_tax"].is_null().to_list() == [False, True, False]
    assert "salary_revenue: -5" in result["error"][1]
    assert "計算できない行 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--year 2031 --salary 1", "no law of tax year 2031"),
        ("--year 2026 --ordinance atlantis", "no ordinance 'atlantis'"),
        ("--year 2026 --salary -5", "salary_revenue: -5"),
        ("--year 2026 --salary 5 --dependents 16,x", "--dependents"),
        ("--year 2026 --set nothing=1", "no tax field is called 'nothing'"),
        ("--year 2026 --set widow=1", "expected true or false"),
        ("--year 2026 --set interest_income=1.5", "expected a whole number"),
        ("--year 2026 --pension 3000000", "birth_date"),
        ("--year 2026 --csv /nowhere/people.csv", "cannot be read"),
    ],
)
def test_what_is_wrong_is_said_in_one_message(
    options: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(options) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_a_csv_without_tax_fields_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    assert run(f"--year 2026 --csv {path}") == 2
    assert "no column is a tax field" in " ".join(capsys.readouterr().err.split())
