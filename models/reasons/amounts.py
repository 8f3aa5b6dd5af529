"""What the law gives for an amount: incomes from revenue, insurance from premiums, the loan, gifts."""

import polars as pl

from features.repairs.sources import Sources, long_values
from features.values import NUMBER
from models.reasons.wording import PAPERS, article, joined, label, limit, percent, round_yen, yen

PREMIUM_WORDS = {
    "new_life_premium": "新一般",
    "old_life_premium": "旧一般",
    "care_premium": "介護医療",
    "new_pension_premium": "新年金",
    "old_pension_premium": "旧年金",
}
QUAKE_WORDS = {"earthquake_premium": "地震", "old_long_term_premium": "旧長期"}


def _asked(lines: pl.DataFrame, field: str) -> pl.DataFrame:
    return lines.filter(pl.col("field") == NUMBER[field]).select("line", "person", "document", "value", "now")


def _paper() -> pl.Expr:
    return pl.col("kind").replace_strict(PAPERS, default="資料", return_dtype=pl.String)


def salary_income(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say what the recorded salary gives as income by law."""
    law = sources.law
    record = sources.record.select("person", "salary_revenue")
    by_law = law.salary_income.of(pl.col("salary_revenue"))
    text = pl.format(
        "収入{}から法定{}（{}）",
        yen(pl.col("salary_revenue")),
        yen(by_law),
        pl.lit(article(law.salary_income.cite)),
    )
    known = _asked(lines, "salary_income").join(record, on="person")
    return known.select("line", ground=text, fine=pl.when(by_law == pl.col("now")).then(text))


def pension_income(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say what the recorded pension gives as income by law, at which age."""
    law = sources.law
    birth = sources.people.select("person", "birth_date")
    record = sources.record.select("person", "pension_revenue", "pension_income", "total_income")
    known = _asked(lines, "pension_income").join(record, on="person").join(birth, on="person")
    other = pl.col("total_income") - pl.col("pension_income")
    by_law = law.pension_income_of(pl.col("pension_revenue"), pl.col("birth_date"), other)
    senior = law.is_senior(pl.col("birth_date"))
    schedules = law.pension_income
    cite = (
        pl.when(senior)
        .then(pl.lit(article(schedules.senior.cite)))
        .otherwise(pl.lit(article(schedules.below_senior.cite)))
    )
    text = pl.format(
        "収入{}・{}歳から法定{}（{}）",
        yen(pl.col("pension_revenue")),
        law.age(pl.col("birth_date")),
        yen(by_law),
        cite,
    )
    return known.select("line", ground=text, fine=pl.when(by_law == pl.col("now")).then(text))


def income_adjustment(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say whether the salary is high enough, whether a family or disability is there, or a pension."""
    rule = sources.law.income_adjustment
    high = rule.high_salary.rows[0].to
    assert high is not None
    family = (
        sources.claims.filter(
            ~sources.law.has_reached(
                pl.coalesce("register_birth", "birth_date"), sources.law.ages.specified_before
            )
        )
        .group_by("person")
        .agg(young=pl.len())
    )
    record = sources.record.select(
        "person",
        "salary_revenue",
        "salary_income",
        "pension_income",
        special=(pl.col("self_disability") > 1)
        | (pl.col("n_disabled_special") + pl.col("n_disabled_special_cohabiting") > 0),
    )
    known = _asked(lines, "income_adjustment").join(record, on="person").join(family, on="person", how="left")
    above = pl.col("salary_revenue") > high
    age = sources.law.ages.specified_before.value
    reason = joined(
        pl.when(pl.col("young") > 0).then(pl.format("{}歳未満の扶養親族{}人", pl.lit(age), "young")),
        pl.when(pl.col("special")).then(pl.lit("特別障害者あり")),
        between="・",
    ).fill_null(f"{age}歳未満の扶養親族・特別障害者の申告なし")
    salary = pl.format(
        "給与収入{}{}{}（{}）",
        yen(pl.col("salary_revenue")),
        pl.when(above).then(pl.lit("＞")).otherwise(pl.lit("≦")),
        pl.lit(round_yen(high)),
        pl.lit(article(rule.high_salary.cite)),
    )
    both = (pl.col("pension_income") > 0) & (pl.col("salary_income") > 0)
    beside = pl.format(
        "給与所得{}と年金所得{}の双方あり（{}）",
        yen(pl.col("salary_income")),
        yen(pl.col("pension_income")),
        pl.lit(article(rule.salary_and_pension_each.cite)),
    )
    text = pl.when(both & ~above).then(beside).when(above).then(joined(salary, reason)).otherwise(salary)
    return known.select("line", ground=text)


def _premium_text(words: dict[str, str]) -> pl.Expr:
    return joined(
        *(
            pl.when(pl.col(name).fill_null(0) > 0).then(pl.lit(word) + yen(pl.col(name)))
            for name, word in words.items()
        ),
        between="・",
    )


def _of_premiums(
    lines: pl.DataFrame, sources: Sources, field: str, words: dict[str, str], by_law: pl.Expr, cite: str
) -> pl.DataFrame:
    """Tell the premiums of the repair's own document where it states any, or else of the first that does."""
    stated = sources.documents.filter(
        "in_force", pl.any_horizontal(pl.col(name).fill_null(0) > 0 for name in words)
    ).select("person", "kind", of=pl.col("document"), law=by_law, told=_premium_text(words))
    found = _asked(lines, field).join(stated, on="person")
    ranked = found.with_columns(own=pl.col("of") == pl.col("document")).sort(
        "line", "own", "of", descending=[False, True, False]
    )
    first = ranked.unique("line", keep="first", maintain_order=True)
    plain = pl.format("{}の支払額（{}）から法定{}（{}）", _paper(), "told", yen(pl.col("law")), pl.lit(cite))
    # Other amounts than the law's come from premiums entered in the wrong column.
    swapped = pl.format(
        "{}の支払額（{}）の新旧・区分の取違えを直すと{}（{}）",
        _paper(),
        "told",
        yen(pl.col("value")),
        pl.lit(cite),
    )
    meant = (
        pl.col("value").is_null() | (pl.col("law") == pl.col("value")) | ~pl.col("own").fill_null(value=False)
    )
    return first.select(
        "line",
        ground=pl.when(meant).then(plain).otherwise(swapped),
        fine=pl.when(pl.col("law") == pl.col("now")).then(plain),
    )


def life_insurance(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say what the premiums on a document give by law."""
    by_law = sources.law.life_insurance(*(pl.col(name) for name in PREMIUM_WORDS))
    cite = article(sources.law.deductions.life_insurance.total_cap.cite)
    return _of_premiums(lines, sources, "life_insurance", PREMIUM_WORDS, by_law, cite)


def earthquake_insurance(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say what the premiums on a document give by law."""
    by_law = sources.law.earthquake_insurance(*(pl.col(name) for name in QUAKE_WORDS))
    cite = article(sources.law.deductions.earthquake_insurance.cap.cite)
    return _of_premiums(lines, sources, "earthquake_insurance", QUAKE_WORDS, by_law, cite)


def housing_loan(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say what a document states as deductible and what the income tax took of it."""
    rule = sources.law.housing_loan_credit
    stated = (
        sources.documents.filter("in_force", pl.col("housing_loan_deductible").is_not_null())
        .sort("document")
        .unique("person", keep="first", maintain_order=True)
    )
    rest = pl.format(
        "{}の控除可能額{}－所得税額{}、上限{}・{}（{}）",
        _paper(),
        yen(pl.col("housing_loan_deductible")),
        yen(pl.col("income_tax_before_credits").fill_null(0)),
        pl.lit(round_yen(rule.five_percent_cap.value)),
        pl.lit(round_yen(rule.seven_percent_cap.value)),
        pl.lit(article(rule.five_percent_cap.cite)),
    )
    known = _asked(lines, "housing_loan_credit").join(stated, on="person", how="left")
    has = pl.col("housing_loan_deductible").is_not_null()
    return known.select(
        "line", ground=pl.when(has).then(rest).otherwise(pl.lit("控除可能額を記載した資料なし"))
    )


def specified_relative(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say whose income decides the special deduction for a student-age relative."""
    law = sources.law
    claims = sources.claims.filter(pl.col("dependent_person_id").is_not_null())
    young = law.relative_class(pl.coalesce("register_birth", "birth_date")) == "specified"
    income = pl.col("relative_income").fill_null(0)
    special = law.specified_relative_special(income)
    sign = pl.when(income > law.relative_income_limit).then(pl.lit("＞")).otherwise(pl.lit("≦"))
    result = pl.when(special > 0).then(
        pl.format("→{}（{}）", yen(special), pl.lit(article(law.deductions.specified_relative.cite)))
    )
    text = pl.format(
        "親族（{}年生）の合計所得{}（課税台帳）{}{}{}",
        pl.coalesce("register_birth", "birth_date").dt.year(),
        yen(income),
        sign,
        pl.lit(limit(law.income_limits.relative)),
        result.fill_null("→特定親族特別控除なし"),
    )
    asked = lines.filter(pl.col("field") == NUMBER["specified_relative_special"])
    found = asked.select("line", "person", "now", "related_person_id").join(
        claims.with_columns(young=young.fill_null(value=False), text=text, special=special), on="person"
    )
    named = (pl.col("dependent_person_id") == pl.col("related_person_id")).fill_null(value=False)
    ranked = found.with_columns(named=named).filter(pl.col("named") | pl.col("young"))
    ordered = ranked.sort(
        "line", "named", "relative_income", "document", descending=[False, True, True, False], nulls_last=True
    )
    return ordered.group_by("line", maintain_order=True).agg(
        ground=pl.col("text").first(),
        fine=pl.col("text").filter(pl.col("special") == pl.col("now")).first(),
    )


def donations(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say what the notices and the lines of the return add up to, and whether a return voids the notices."""
    gifts = sources.donations.filter(pl.col("kind") == "furusato")
    notice, line = pl.col("source") == "one_stop", pl.col("source") == "return"
    sums = gifts.group_by("person").agg(
        notices=notice.sum(),
        places=pl.col("recipient_code").filter(notice).n_unique(),
        by_notice=pl.col("amount").filter(notice).sum(),
        distinct=pl.struct("recipient_code", "amount").filter(notice).unique().struct.field("amount").sum(),
        lines=line.sum(),
        by_return=pl.col("amount").filter(line).sum(),
    )
    returns = (
        sources.documents.filter("in_force", pl.col("kind").is_in(("tax_return", "resident_return")))
        .select("person")
        .unique()
        .with_columns(filed=pl.lit(True))
    )
    known = lines.filter(pl.col("field").is_in([NUMBER["donation_furusato"], NUMBER["one_stop"]]))
    known = known.select("line", "person").join(sums, on="person", how="left")
    known = known.join(returns, on="person", how="left")
    some = pl.col("notices") > 0
    void = pl.format(
        "申告書の提出によりワンストップ特例は無効（{}）",
        pl.lit(article(sources.law.donation_credit.one_stop.cite)),
    )
    text = joined(
        pl.when(some).then(
            pl.format("ワンストップ通知{}件（{}団体）計{}", "notices", "places", yen(pl.col("by_notice")))
        ),
        pl.when(pl.col("distinct") < pl.col("by_notice")).then(
            pl.format("同じ寄附先・同額を除くと{}", yen(pl.col("distinct")))
        ),
        pl.when(pl.col("lines") > 0).then(
            pl.format("申告書の寄附{}件計{}", "lines", yen(pl.col("by_return")))
        ),
        pl.when(some & pl.col("filed")).then(void),
    )
    return known.select("line", ground=text)


def swapped(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say of an income that is moved to another kind where it goes, and what last year's record had there."""
    asked = lines.filter(pl.col("kind") == "swap_income")
    theirs = sources.previous.join(asked.select("person").unique(), on="person", how="semi")
    last = long_values(theirs, ["person"], "last")
    of_field, of_other = (
        last.rename({"last": "last_own"}),
        last.rename({"field": "other", "last": "last_other"}),
    )
    known = asked.select("line", "person", "field", "other", "value").join(
        of_field, on=["person", "field"], how="left"
    )
    known = known.join(of_other, on=["person", "other"], how="left").filter(pl.col("other").is_not_null())
    way = pl.when(pl.col("value") == 0).then(pl.lit("へ移す")).otherwise(pl.lit("から移す"))
    some = pl.col("last_own").is_not_null() | pl.col("last_other").is_not_null()
    before = pl.when(some).then(
        pl.format(
            "（前年は{}{}・{}{}）",
            label(pl.col("field")),
            yen(pl.col("last_own").fill_null(0)),
            label(pl.col("other")),
            yen(pl.col("last_other").fill_null(0)),
        )
    )
    return known.select("line", ground=pl.format("{}{}{}", label(pl.col("other")), way, before.fill_null("")))


def medical(lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Say from which amount paid the deduction follows by law, or that both kinds of it are claimed."""
    rule = sources.law.deductions.medical_expense
    numbers = [NUMBER["medical_expense"], NUMBER["self_medication"]]
    record = sources.record.select("person", "medical_expense", "self_medication", income="total_income")
    asked = lines.filter(pl.col("field").is_in(numbers)).join(record, on="person")
    paid = pl.coalesce(
        *(
            pl.when(
                (rule.of(pl.col(name), pl.lit(0), pl.col("income").clip(0)) == pl.col("value"))
                & (pl.col(name) != pl.col("value"))
            ).then(name)
            for name in ("now", "expected", "stated")
        )
    )
    law = pl.format(
        "支払額{}とみて{}又は所得の{}を引いた額（{}）",
        yen(paid),
        pl.lit(round_yen(rule.floor.value)),
        pl.lit(percent(rule.income_share.fraction)),
        pl.lit(article(rule.floor.cite)),
    )
    both = pl.when((pl.col("medical_expense") > 0) & (pl.col("self_medication") > 0)).then(
        pl.format(
            "医療費控除{}とセルフメディケーション税制{}を併用",
            yen(pl.col("medical_expense")),
            yen(pl.col("self_medication")),
        )
    )
    own = (pl.col("field") == NUMBER["medical_expense"]) & (pl.col("value") > 0)
    return asked.select("line", ground=pl.coalesce(pl.when(own).then(law), both))
