"""The fields of a report to the columns of `documents`, amounts as the form states them."""

import datetime as dt
from collections.abc import Mapping

import polars as pl

from tadasu.extract import reasons
from tadasu.extract.forms import DateForm, digit_tables, eras
from tadasu.extract.mapping.model import Reading
from tadasu.extract.statutory.layout import Form, fields
from tadasu.extract.statutory.lines import permitted
from tadasu.extract.statutory.slots import SLOTS
from tadasu.extract.values import read_values
from tadasu.tables import LIFE_PREMIUMS

_FLAGS = ("0", "1")
_ABROAD = ("00", "01", "02", "03", "04")
"""Where a relative lives: 00 in Japan, the others abroad (02 to 04 say on which ground they count)."""

CODES: dict[Form, dict[str, tuple[str, ...]]] = {
    "315": {
        "spouse": ("1", "2", "3", "4"),
        "widow": ("0", "1", "2"),
        "job_change": ("0", "1", "2"),
        **dict.fromkeys(
            ("spouse_elderly", "minor", "column_other", "self_special", "self_ordinary", "student"), _FLAGS
        ),
        **dict.fromkeys(("ordinary_collection", "single_parent"), _FLAGS),
        **{slot.kind: _ABROAD for slot in SLOTS},
    },
    "331": {
        "spouse": ("1", "2", "3"),
        **dict.fromkeys(("self_special", "self_ordinary", "special_widow", "widow", "single_parent"), _FLAGS),
    },
}
"""What may stand in the fields that hold codes."""

_BIRTH = Reading("date", dates=(DateForm("digit", ("", "", "")),), eras=digit_tables()["statutory"])


def wrong_codes(frame: pl.DataFrame, form: Form) -> pl.DataFrame:
    """Return as `reasons.BREACH` the cells whose code means nothing."""
    labels = fields(form)
    found = [
        frame.filter(~pl.col(name).is_in(codes)).select(
            "line",
            column=pl.lit(labels[name].label),
            value=permitted(name, form),
            reason=pl.lit(reasons.UNKNOWN_CODE),
        )
        for name, codes in CODES[form].items()
    ]
    return pl.concat([pl.DataFrame(schema=reasons.BREACH), *found])


def wrong_years(frame: pl.DataFrame, form: Form, year: int) -> pl.DataFrame:
    """Return as `reasons.BREACH` the lines that are not of the year before the tax year."""
    lawful = [
        f"{n:02}"
        for n in range(1, 100)
        for era in eras()
        if era.first.year + n - 1 == year - 1 <= era.last_year
    ]
    stated = pl.col("income_year").str.zfill(2)
    return frame.filter(~stated.is_in(lawful).fill_null(value=False)).select(
        "line",
        column=pl.lit("年分"),
        value=permitted("income_year", form),
        reason=pl.lit(reasons.OTHER_INCOME_YEAR),
    )


def columns(form: Form) -> Mapping[str, pl.Expr]:
    """Return how each column of `documents` follows from the fields (dates apart: see `dates`)."""
    return _salary() if form == "315" else _pension()


def dates(frame: pl.DataFrame, form: Form, year: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the dates on the lines (a column each), and as `reasons.BREACH` those that are no day."""
    parts = [pl.col(name).str.zfill(2) for name in ("birth_year", "birth_month", "birth_day")]
    packed = frame.select(x=pl.concat_str(pl.col("birth_era"), *parts))["x"]
    birth = read_values(packed, _BIRTH)
    told = {"birth_date": (birth.values, birth.wrong.is_not_null(), "生年月日（年）")}
    if form == "315":
        for name, field in (("left_job_on", "job"), ("housing_move_in_on", "loan")):
            values, bad = _without_era(frame, field, year, leaving=field == "job")
            told[name] = (values, bad, fields(form)[f"{field}_year"].label)
    broken = [
        frame.filter(bad).select(
            "line", column=pl.lit(label), value=pl.lit(None, pl.String()), reason=pl.lit(reasons.NO_SUCH_DAY)
        )
        for _, bad, label in told.values()
    ]
    return pl.DataFrame({name: values for name, (values, _, _) in told.items()}), pl.concat(broken)


def _without_era(frame: pl.DataFrame, field: str, year: int, *, leaving: bool) -> tuple[pl.Series, pl.Series]:
    """Read a date whose era is not told: the latest that is not after the income's year.

    A zero or blank year is no date; with `leaving` it counts on lines that say that the job ended.
    """
    latest = {f"{n:02}": str(found) for n in range(1, 100) if (found := _latest(n, year - 1))}
    told = frame.select(
        year=pl.col(f"{field}_year").str.zfill(2),
        month=pl.col(f"{field}_month").str.zfill(2),
        day=pl.col(f"{field}_day").str.zfill(2),
    )
    there = (told["year"] != "00").fill_null(value=False)
    western = told["year"].replace_strict(latest, default=None, return_dtype=pl.String())
    iso = told.select(pl.concat_str(western, pl.lit("-"), "month", pl.lit("-"), "day"))
    days = iso.to_series().str.to_date("%Y-%m-%d", strict=False)
    days = days.set((days > dt.date(year - 1, 12, 31)).fill_null(value=False), None)
    if leaving:
        there = there & (frame["job_change"] == "2").fill_null(value=False)
    return days.set(~there, None), there & days.is_null()


def _latest(number: int, limit: int) -> int | None:
    found = [era.first.year + number - 1 for era in eras() if era.first.year + number - 1 <= era.last_year]
    return max((one for one in found if one <= limit), default=None)


def _yen(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Int64(), strict=False)


def _total(*names: str) -> pl.Expr:
    """Return the sum, null where none of the fields is filled."""
    some = pl.any_horizontal(pl.col(name).is_not_null() for name in names)
    return pl.when(some).then(pl.sum_horizontal(_yen(name) for name in names))


def _less(whole: str, part: str) -> pl.Expr:
    return _yen(whole) - _yen(part).fill_null(0)


def _flag(name: str) -> pl.Expr:
    return pl.col(name) == "1"


def _disability() -> pl.Expr:
    return (
        pl.when(_flag("self_special"))
        .then(pl.lit("special"))
        .when(_flag("self_ordinary"))
        .then(pl.lit("ordinary"))
        .when(pl.any_horizontal(pl.col("self_special", "self_ordinary").is_not_null()))
        .then(pl.lit("none"))
    )


def _salary() -> dict[str, pl.Expr]:
    has_spouse = pl.col("spouse").is_in(["1", "3"])
    loan_left = _less("loan_deductible", "loan_deducted")
    return {
        "withholding_column": pl.when(_flag("column_other") | pl.col("spouse").is_in(["3", "4"]))
        .then(pl.lit("other"))
        .otherwise(pl.lit("main")),
        "year_end_adjusted": pl.any_horizontal(pl.col("salary_income", "deductions_total").is_not_null()),
        "salary_revenue": _yen("salary_paid"),
        "salary_income": _yen("salary_income") + _yen("income_adjustment").fill_null(0),
        "income_adjustment": _yen("income_adjustment"),
        "deductions_total": _yen("deductions_total"),
        "withheld_income_tax": _yen("withheld"),
        "spouse_kind": pl.when(has_spouse)
        .then(pl.when(_flag("spouse_elderly")).then(pl.lit("elderly")).otherwise(pl.lit("general")))
        .when(pl.col("spouse").is_not_null())
        .then(pl.lit("none")),
        "spouse_deduction": pl.when(has_spouse).then(_yen("spouse_deduction")),
        "spouse_special_deduction": pl.when(~has_spouse.fill_null(value=False)).then(
            _yen("spouse_deduction")
        ),
        "spouse_total_income": _yen("spouse_income"),
        "n_dependent_specified": _total("specified_main", "specified_other"),
        "n_dependent_elderly": _total("elderly_main", "elderly_other")
        - _yen("elderly_cohabiting").fill_null(0),
        "n_dependent_elderly_cohabiting": _yen("elderly_cohabiting"),
        "n_dependent_general": _total("general_main", "general_other"),
        "n_dependent_under16": _yen("under16"),
        "n_disabled_special": _less("disabled_special", "disabled_special_cohabiting"),
        "n_disabled_special_cohabiting": _yen("disabled_special_cohabiting"),
        "n_disabled_ordinary": _yen("disabled_ordinary"),
        "social_insurance": _less("social_insurance", "mutual_aid"),
        "small_enterprise_mutual_aid": _yen("mutual_aid"),
        "life_insurance": _yen("life_insurance"),
        "earthquake_insurance": _yen("earthquake_insurance"),
        "basic_deduction": _yen("basic_deduction"),
        "specified_relative_special": _yen("specified_relative_special"),
        "housing_loan_deductible": _yen("loan_deductible"),
        "housing_loan_credit": pl.when(loan_left >= 0).then(loan_left),
        **{name: _yen(name) for name in LIFE_PREMIUMS},
        "old_long_term_premium": _yen("old_long_term_premium"),
        "self_disability": _disability(),
        "widow": pl.col("widow").is_in(["1", "2"]),
        "single_parent": _flag("single_parent"),
        "working_student": _flag("student"),
        "minor": _flag("minor"),
        "special_collection": ~_flag("ordinary_collection"),
        "previous_salary_revenue": _yen("previous_salary"),
        "previous_social_insurance": _yen("previous_insurance"),
    }


def _pension() -> dict[str, pl.Expr]:
    spouse = {"1": "general", "2": "none", "3": "elderly"}
    return {
        "pension_revenue": _total("paid1", "paid2", "paid3"),
        "withheld_income_tax": _total("withheld1", "withheld2", "withheld3"),
        "spouse_kind": pl.col("spouse").replace_strict(spouse, default=None, return_dtype=pl.String()),
        "n_dependent_specified": _yen("specified"),
        "n_dependent_elderly": _yen("elderly"),
        "n_dependent_general": _yen("general"),
        "n_dependent_under16": _yen("under16"),
        "n_disabled_special": _less("disabled_special", "disabled_special_cohabiting"),
        "n_disabled_special_cohabiting": _yen("disabled_special_cohabiting"),
        "n_disabled_ordinary": _yen("disabled_ordinary"),
        "social_insurance": _yen("social_insurance"),
        "specified_relative_special": _yen("specified_relative_special"),
        "self_disability": _disability(),
        "widow": _flag("widow") | _flag("special_widow"),
        "single_parent": _flag("single_parent"),
    }
