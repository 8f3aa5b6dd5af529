"""The law's files: complete for every year, each number cited, and no slip in a file goes unnoticed."""

import re
import shutil
from pathlib import Path

import pytest

from tadasu.law import Law, LawError
from tadasu.law.law import read_ordinance, read_year
from tadasu.law.load import FOLDER
from tadasu.law.reference import coverage, labels, parameters, render
from tadasu.law.shapes import BASES

ROOT = Path(__file__).parents[1]
YEAR = FOLDER / "years" / "2026.yaml"
WARD = FOLDER / "ordinances" / "tokyo_ward.yaml"


def edited(folder: Path, old: str, new: str, source: Path = YEAR) -> Path:
    """Return a copy of a law file with one edit."""
    text = source.read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old!r} is not in {source.name}"
    path = folder / source.name
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize("year", Law.years())
@pytest.mark.parametrize("ordinance", Law.ordinances())
def test_every_year_is_complete_and_every_number_cited(year: int, ordinance: str) -> None:
    found = parameters(Law.of(year, ordinance))
    assert found.keys() == labels().keys()
    for path, shape in found.items():
        assert shape.cite.law, path
        assert shape.cite.basis in BASES, path
        assert ("未確認" in shape.cite.text) == (shape.cite.basis == "unverified"), path


def test_six_years_are_entered() -> None:
    assert Law.years() == (2021, 2022, 2023, 2024, 2025, 2026)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("forest_tax: {value: 1000,", "forest_tocks: {value: 1000,", ["missing key forest_tax"]),
        (
            "  least: {",
            "  most: {value: 1, law: 1条, basis: unverified}\n  least: {",
            ["adjustment_credit", "unknown key most"],
        ),
        (
            "  least: {value: 50000, law: 地方税法314条の6第2号,",
            "  least: {value: 50000,",
            ["adjustment_credit.least", "missing key law"],
        ),
        (
            "basis: official_page, source: 中央区}",
            "source: 中央区}",
            ["working_student", "missing key basis"],
        ),
        (
            "basis: official_page, source: 中央区}",
            "basis: hearsay, source: 中央区}",
            ["working_student", "hearsay"],
        ),
        (
            "basis: official_page, source: 中央区}",
            "basis: official_page}",
            ["working_student", "needs a source"],
        ),
        ("law: 地方税法292条1項14号", "law: ''", ["working_student", "law is empty"]),
        ("value: 850000", "value: 85万", ["working_student", "whole number", "85万"]),
        ("value: 850000", "value: 850000.5", ["working_student", "whole number"]),
        ("special_cap: {value: 20%", "special_cap: {value: a fifth", ["special_cap", "expected a rate"]),
        ("    - {to: 650999, value: 0}", "    - {to: 1899999, value: 0}", ["salary_income", "must rise"]),
        (
            "    - {times: 1, minus: 1950000}",
            "    - {to: 99, times: 1, minus: 1950000}",
            ["salary_income", "last row"],
        ),
        (
            "    - {to: 650999, value: 0}",
            "    - {to: 650999, value: 0, times: 1}",
            ["salary_income row 1", "either"],
        ),
        (
            "    - {to: 650999, value: 0}",
            "    - {to: 650999, value: 0, minus: 1}",
            ["salary_income row 1", "go with times"],
        ),
        (
            "    - {to: 650999, value: 0}",
            "    - {to: 650999, worth: 0}",
            ["salary_income row 1", "unknown key worth"],
        ),
        ("step: 4000", "step: 0", ["salary_income row 3", "step must be 1"]),
        ("fraction: up", "fraction: sideways", ["high_salary", "sideways"]),
        ("year: 2026", "year: 2027", ["year is 2027, expected 2026"]),
        ("name: 令和8年度\n", "", ["missing key name"]),
        (
            "forest_tax:",
            "forest_tax: {value: 1, law: 1条, basis: unverified}\nforest_tax:",
            ["written twice", "forest_tax"],
        ),
        ("rounding:\n", "rounding: [\n", ["2026.yaml"]),
    ],
)
def test_a_slip_is_an_error_that_names_file_and_key(
    tmp_path: Path, old: str, new: str, said: list[str]
) -> None:
    with pytest.raises(LawError) as caught:
        read_year(edited(tmp_path, old, new), 2026)
    for words in ["2026.yaml", *said]:
        assert words in str(caught.value)


def test_an_ordinance_that_nobody_confirmed_for_the_year_is_refused() -> None:
    with pytest.raises(LawError, match="confirmed through 2026: check it for 2027"):
        read_ordinance(WARD, 2027)


def test_an_ordinance_knows_its_values_by_year(tmp_path: Path) -> None:
    assert [read_ordinance(WARD, year)[1].ward.per_capita.value for year in (2021, 2023, 2024, 2026)] == [
        3500, 3500, 3000, 3000,
    ]  # fmt: skip
    late = edited(tmp_path, "{2021: 3500, 2024: 3000}", "{2024: 3000}", WARD)
    with pytest.raises(LawError, match="since has no value for 2021"):
        read_ordinance(late, 2021)


@pytest.mark.parametrize(
    ("year", "ordinance"), [(2020, "tokyo_ward"), (2027, "tokyo_ward"), (2026, "atlantis")]
)
def test_a_law_that_is_not_entered_is_refused_with_what_is(year: int, ordinance: str) -> None:
    with pytest.raises(LawError, match=r"entered are .*(2021|tokyo_ward)"):
        Law.of(year, ordinance)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LawError, match=r"2031.yaml: cannot be read"):
        read_year(tmp_path / "2031.yaml", 2031)


def test_the_pages_are_fresh() -> None:
    """`python -m tadasu.law.reference` writes them."""
    assert (ROOT / "docs" / "law.md").read_text(encoding="utf-8") == render()
    assert (FOLDER / "COVERAGE.md").read_text(encoding="utf-8") == coverage()


def test_no_amount_and_no_year_stands_in_the_engine() -> None:
    """Numbers of five digits and years belong to the YAML."""
    allowed = {"10000", "2002"}  # a day as yyyymmdd; the year in YAML's own tag
    for path in FOLDER.glob("*.py"):
        code = re.sub(r'"""[\s\S]*?"""|#.*', "", path.read_text(encoding="utf-8"))
        found = set(re.findall(r"(?<![\w.])\d[\d_]{3,}(?![\w.])", code)) - allowed
        assert not found, f"{path.name}: {found}"


def test_a_new_year_is_entered_as_the_page_says(tmp_path: Path) -> None:
    """The steps of docs/new_year.md, with what is known of 令和9."""
    path = tmp_path / "2027.yaml"
    shutil.copy(YEAR, path)
    text = path.read_text(encoding="utf-8")
    edits = [
        ("year: 2026\nname: 令和8年度", "year: 2027\nname: 令和9年度", 1),
        ("relative: {value: 580000", "relative: {value: 620000", 1),
        ("{to: 580000, value: 0}", "{to: 620000, value: 0}", 4),
        (
            "    - {to: 650999, value: 0}\n    - {to: 1899999, times: 1, minus: 650000}\n",
            (
                "    - {to: 740999, value: 0}\n    - {to: 2190999, times: 1, minus: 740000}\n"
                "    - {to: 2192999, value: 1451000}\n    - {to: 2195999, value: 1453000}\n"
                "    - {to: 2199999, value: 1456000}\n"
            ),
            1,
        ),
    ]
    for old, new, times in edits:
        assert text.count(old) == times, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    name, law = read_year(path, 2027)
    assert name == "令和9年度"
    assert law.salary_income.rows[1].to == 2190999
    assert law.income_limits.relative.value == 620000
    page = (ROOT / "docs" / "new_year.md").read_text(encoding="utf-8")
    for row in ("{to: 2190999, times: 1, minus: 740000}", "{to: 2199999, value: 1456000}", "620000"):
        assert row in page
