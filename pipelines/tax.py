"""`tadasu tax`: the resident tax of one person, with its working in Japanese, or of a CSV of many.

tadasu tax --year 2026 --salary 5000000 --spouse-income 0 --dependents 16,21
tadasu tax --year 2026 --csv people.csv --out taxes.csv
"""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table

from tadasu.errors import TadasuError
from tadasu.fields import FIELDS, TAX_FIELDS, label
from tadasu.law import CONTRADICTIONS, LINES, Law, assess, renew
from tadasu.law.given import INPUTS
from tadasu.law.income import COMPREHENSIVE
from tadasu.store import write_text

AMOUNTS = {
    "salary": "salary_revenue",
    "pension": "pension_revenue",
    "social_insurance": "social_insurance",
    "medical": "medical_expense",
    "life_insurance": "life_insurance",
    "earthquake_insurance": "earthquake_insurance",
    "furusato": "donation_furusato",
    "housing_loan": "housing_loan_credit",
}
"""Options in yen and the tax fields that they fill; any other field is given with --set."""

ENTERED = [
    *COMPREHENSIVE, "separate_transfer_income", "short_transfer_income", "stock_income", "income_adjustment",
    "loss_carryforward", "social_insurance", "small_enterprise_mutual_aid", "life_insurance",
    "earthquake_insurance", "medical_expense", "self_medication", "casualty_loss", "spouse_special_deduction",
    "specified_relative_special",
]  # fmt: skip
"""Entered fields shown above the computed lines, where they are not zero."""


def main(argv: list[str]) -> int:
    """Print the tax of one person, or write the taxes of a CSV; return the exit code."""
    options = _parser().parse_args(argv)
    console = Console(highlight=False)
    try:
        law = Law.of(options.year, options.ordinance)
        if options.csv:
            _many(options, law, console)
        else:
            _one(options, law, console)
    except TadasuError as error:
        Console(stderr=True, highlight=False).print(f"tadasu tax: {error}", markup=False)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "tadasu tax", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--year", type=int, required=True, help="tax year (課税年度), e.g. 2026")
    parser.add_argument(
        "--ordinance", default="tokyo_ward", help="name of the ordinance (default: %(default)s)"
    )
    for option, field in AMOUNTS.items():
        parser.add_argument(f"--{option.replace('_', '-')}", type=int, help=f"{label(field)}（円）")
    parser.add_argument("--birth-date", type=date.fromisoformat, help="生年月日 YYYY-MM-DD（年金に必要）")
    parser.add_argument("--sex", choices=["M", "F"], help="性別（ひとり親の調整控除）")
    parser.add_argument("--spouse-income", type=int, help="配偶者の合計所得（円）；配偶者がなければ付けない")
    parser.add_argument("--spouse-age", type=int, default=0, help="配偶者の12月31日の年齢")
    parser.add_argument("--dependents", default="", help="扶養親族の年齢 例 16,21,72+（+ は同居老親等）")
    parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="ほかの税項目")
    parser.add_argument("--csv", type=Path, help="税項目を列とする CSV（UTF-8）")
    parser.add_argument("--out", type=Path, help="CSV の結果の出力先（なければ画面に表）")
    return parser


def _one(options: argparse.Namespace, law: Law, console: Console) -> None:
    cells: dict[str, Any] = {
        field: getattr(options, option)
        for option, field in AMOUNTS.items()
        if getattr(options, option) is not None
    }
    ages = [_age(text) for text in options.dependents.split(",") if text.strip()]
    cells |= _relatives(law, ages) | _settings(options.set)
    frame = _frame([cells], options.birth_date, options.sex)
    frame = _incomes(frame, law)
    frame = _adjusted(frame, law, child=any(age < law.ages.specified_before.value for age, _ in ages))
    if options.spouse_income is not None:
        frame = _spouse(frame, law, options.spouse_income, options.spouse_age)
    _show(assess(frame, law), law, console)


def _age(text: str) -> tuple[int, bool]:
    try:
        return int(text.strip().removesuffix("+")), text.strip().endswith("+")
    except ValueError:
        raise TadasuError(f"--dependents: expected ages like 16,21,72+, found {text!r}") from None


def _relatives(law: Law, ages: list[tuple[int, bool]]) -> dict[str, int]:
    counts = {
        f"n_dependent_{kind}": 0
        for kind in ("under16", "general", "specified", "elderly", "elderly_cohabiting")
    }
    for age, cohabiting in ages:
        bounds = law.ages
        if age < bounds.dependent_from.value:
            kind = "under16"
        elif bounds.specified_from.value <= age < bounds.specified_before.value:
            kind = "specified"
        elif age >= bounds.elderly_from.value:
            kind = "elderly_cohabiting" if cohabiting else "elderly"
        else:
            kind = "general"
        counts[f"n_dependent_{kind}"] += 1
    return {name: count for name, count in counts.items() if count}


def _settings(pairs: list[str]) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for pair in pairs:
        name, _, text = pair.partition("=")
        if name not in INPUTS:
            raise TadasuError(f"--set: no tax field is called {name!r} (docs/data_dictionary.md lists them)")
        cells[name] = _cell(name, text)
    return cells


def _cell(name: str, text: str) -> Any:
    kind = INPUTS[name].kind
    if kind == "flag" and text in ("true", "false"):
        return text == "true"
    if kind == "status" and text in INPUTS[name].values:
        return text
    try:
        return int(text) if kind in ("yen", "count") else int("")
    except ValueError:
        words = {"flag": "true or false", "status": " or ".join(INPUTS[name].values)}
        raise TadasuError(
            f"--set {name}: expected {words.get(kind, 'a whole number')}, found {text!r}"
        ) from None


def _frame(rows: list[dict[str, Any]], birth_date: date | None, sex: str | None) -> pl.DataFrame:
    frame = pl.DataFrame(rows or [{}]) if rows and rows[0] else pl.DataFrame({"salary_revenue": [0]})
    return frame.with_columns(
        pl.lit(birth_date, pl.Date).alias("birth_date"), pl.coalesce(pl.lit(sex, pl.String)).alias("sex")
    )


def _incomes(frame: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Compute the incomes whose revenue is given and that are not given themselves."""
    revenues = {"salary_revenue": "salary_income", "pension_revenue": "pension_income"}
    changed = [
        name for name, income in revenues.items() if name in frame.columns and income not in frame.columns
    ]
    return renew(frame, changed, law) if changed else frame


def _adjusted(frame: pl.DataFrame, law: Law, child: bool = False) -> pl.DataFrame:
    """Fill in 所得金額調整控除 by law, where the frame has none.

    `child` says that a dependant is under 23; the counts tell it of those under 16 and from 19, not between.
    """
    if "income_adjustment" in frame.columns:
        return frame
    revenue, salary, pension = (
        pl.col(name).fill_null(0) if name in frame.columns else pl.lit(0, pl.Int64)
        for name in ("salary_revenue", "salary_income", "pension_income")
    )
    amount = law.income_adjustment.of(revenue, salary, pension, _ground(frame) | child)
    return frame.with_columns(amount.alias("income_adjustment"))


def _ground(frame: pl.DataFrame) -> pl.Expr:
    """Return whether counts and statuses give a ground for the adjustment of a high salary."""
    grounds = (
        "n_dependent_under16",
        "n_dependent_specified",
        "n_disabled_special",
        "n_disabled_special_cohabiting",
    )
    flags = [pl.col(name).fill_null(0) > 0 for name in grounds if name in frame.columns]
    if "self_disability" in frame.columns:
        flags.append((pl.col("self_disability") == "special").fill_null(False))
    return pl.any_horizontal(flags) if flags else pl.lit(False)


def _spouse(frame: pl.DataFrame, law: Law, income: int, age: int) -> pl.DataFrame:
    """Claim the spouse, or the special deduction for one, as both incomes allow."""
    own = assess(frame, law)["total_income"].item()
    cells: dict[str, Any] = {"spouse_total_income": income}
    if income > law.relative_income_limit:
        special = law.spouse_special(pl.lit(own), pl.lit(income))
        cells["spouse_special_deduction"] = pl.select(special).item()
    elif own is not None and own <= law.spouse_limit_own:
        cells["spouse_kind"] = "elderly" if age >= law.ages.elderly_from.value else "general"
    return frame.with_columns(**{name: pl.lit(value) for name, value in cells.items()})


def _show(result: pl.DataFrame, law: Law, console: Console) -> None:
    row = result.row(0, named=True)
    if row["error"]:
        raise TadasuError(row["error"])
    table = Table("項目", "金額", title=f"{law.name} 個人住民税（{law.title}）")
    table.columns[1].justify = "right"
    for name in ENTERED:
        if row.get(name):
            table.add_row(INPUTS[name].label, f"{row[name]:,} {INPUTS[name].unit}".rstrip())
    table.add_section()
    for name, text in LINES.items():
        unit = "人" if name == "n_relatives" else "円"
        if row[name] or name in FIELDS:
            table.add_row(
                text, f"{row[name]:,} {unit}", end_section=name in ("deductions_total", "taxable_income")
            )
    console.print(table)
    texts = {item.name: item.text for item in CONTRADICTIONS}
    for name in (row["contradictions"] or "").split(";"):
        if name:
            console.print(f"注意: {texts[name]}")


def _many(options: argparse.Namespace, law: Law, console: Console) -> None:
    types: dict[str, pl.DataType] = {
        "yen": pl.Int64(),
        "count": pl.Int64(),
        "flag": pl.Boolean(),
        "status": pl.String(),
    }
    schema = {name: types[field.kind] for name, field in INPUTS.items()} | {"birth_date": pl.Date()}
    try:
        header = pl.read_csv(options.csv, n_rows=0).columns
        overrides = {name: dtype for name, dtype in schema.items() if name in header}
        frame = pl.read_csv(options.csv, schema_overrides=overrides)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise TadasuError(f"{options.csv}: cannot be read as a CSV of tax fields: {error}") from error
    if not set(frame.columns) & {field.name for field in TAX_FIELDS}:
        raise TadasuError(f"{options.csv}: no column is a tax field (docs/data_dictionary.md lists them)")
    result = assess(_adjusted(_incomes(frame, law), law), law)
    if options.out:
        write_text(options.out, result.write_csv())
    wrong = result["error"].drop_nulls().len()
    console.print(
        f"{result.height:,} 人、計算できない行 {wrong:,}、年税額の合計 {result['resident_tax'].sum():,} 円"
    )
    if not options.out:
        console.print(result.write_csv(), markup=False, soft_wrap=True)
