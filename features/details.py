"""What an officer reads off the papers: dates, near duplicates, amounts beside what the law gives."""

import polars as pl

from features.repairs.family import claimed_relatives
from features.repairs.sources import Sources
from tadasu.tables import EARTHQUAKE_PREMIUMS, LIFE_PREMIUMS

REPORT = pl.col("kind") == "salary_report"
RETURN = pl.col("kind").is_in(("tax_return", "resident_return"))


def dates(sources: Sources) -> pl.DataFrame:
    """Return by person: days from the end of the income year to leaving a job, and when papers came in."""
    end = pl.date(sources.law.year - 1, 12, 31)
    standing = sources.documents.filter("in_force")
    born = sources.people.select("person", own_birth="birth_date")
    frame = standing.join(born, on="person", how="left", maintain_order="left")
    apart = (pl.col("birth_date") - pl.col("own_birth")).dt.total_days().abs()
    return frame.group_by("person").agg(
        left_day=(pl.col("left_job_on").filter(REPORT).max() - end).dt.total_days(),
        left_first=(pl.col("left_job_on").filter(REPORT).min() - end).dt.total_days(),
        stays=(REPORT & pl.col("left_job_on").is_null()).sum(),
        received_report=(pl.col("received_on").filter(REPORT).max() - end).dt.total_days(),
        received_return=(pl.col("received_on").filter(RETURN).max() - end).dt.total_days(),
        birth_apart=apart.max(),
        withheld=pl.col("withheld_income_tax").max(),
        loan_stated=pl.col("housing_loan_deductible").max(),
        income_tax=pl.col("income_tax_before_credits").max(),
        collects=pl.col("special_collection").fill_null(0).sum(),
    )


def near_duplicates(sources: Sources) -> pl.DataFrame:
    """Return by person how near two salary reports are to one another, and to a previous employer's part.

    `twin_…`: of reports of one payer; `previous_…`: between the part that the remarks state and another
    report. Ratios of the amounts, 1 for the same; the nearest pair counts.
    """
    reports = sources.documents.filter(REPORT, pl.col("salary_revenue") > 0).select(
        "person",
        "document",
        "in_force",
        "payer_id",
        "received_on",
        revenue="salary_revenue",
        insurance="social_insurance",
        before="previous_salary_revenue",
        before_insurance="previous_social_insurance",
    )
    pairs = reports.join(reports, on="person", suffix="_2").filter(
        pl.col("document") != pl.col("document_2"), pl.col("in_force"), pl.col("in_force_2")
    )
    same = pl.col("payer_id") == pl.col("payer_id_2")
    days = (pl.col("received_on") - pl.col("received_on_2")).dt.total_days()
    ratio = pl.min_horizontal("revenue", "revenue_2") / pl.max_horizontal("revenue", "revenue_2")
    before = pl.min_horizontal("before", "revenue_2") / pl.max_horizontal("before", "revenue_2")
    return pairs.group_by("person").agg(
        twin_ratio=ratio.filter(same).max(),
        twin_insurance=(pl.col("insurance") == pl.col("insurance_2")).filter(same).any(),
        twin_days=days.filter(same).max(),
        other_ratio=ratio.filter(~same).max(),
        other_insurance=(pl.col("insurance") == pl.col("insurance_2")).filter(~same).any(),
        previous_ratio=before.filter(pl.col("before") > 0).max(),
        previous_insurance=(pl.col("before_insurance") == pl.col("insurance_2"))
        .filter(pl.col("before") > 0)
        .any(),
    )


def by_law(sources: Sources) -> pl.DataFrame:
    """Return by person the gaps, in yen, between the record and what the law gives for the papers."""
    law = sources.law
    frame = _with_papers(sources)
    own = pl.col("total_income")
    high = law.income_adjustment_children(pl.col("salary_revenue"), pl.lit(value=True))
    beside = law.income_adjustment_pension(pl.col("salary_income"), pl.col("pension_income"))
    given = pl.any_horizontal(pl.col(LIFE_PREMIUMS).is_not_null())
    said = pl.coalesce("spouse_said", "spouse_stated_income")
    return frame.select(
        "person",
        law_salary=pl.col("salary_income") - law.salary_income.of(pl.col("salary_revenue")),
        law_life=pl.when(given).then(
            pl.col("life_insurance") - law.life_insurance(*map(pl.col, LIFE_PREMIUMS))
        ),
        law_life_stated=pl.col("life_insurance") - pl.col("life_stated"),
        law_quake=pl.col("earthquake_insurance")
        - law.earthquake_insurance(*map(pl.col, EARTHQUAKE_PREMIUMS)),
        law_quake_stated=pl.col("earthquake_insurance") - pl.col("quake_stated"),
        law_adjustment=pl.col("income_adjustment") - high,
        law_adjustment_pension=pl.col("income_adjustment") - beside,
        law_special=pl.col("spouse_special_deduction") - law.spouse_special(own, pl.col("spouse_actual")),
        law_special_said=pl.col("spouse_special_deduction") - law.spouse_special(own, said),
        law_spouse_over=pl.col("spouse_actual") - law.relative_income_limit,
        law_spouse_said_over=said - law.relative_income_limit,
        law_own_over=own - law.spouse_limit_own,
        other_than_salary=own - pl.col("salary_income") + pl.col("income_adjustment"),
        levy_rate=pl.col("dividend_levy_credit") / (pl.col("stock_income") + pl.col("dividend_income")),
        both_medical=(pl.col("medical_expense") > 0) & (pl.col("self_medication") > 0),
        now_self_disability="self_disability",
        now_widow="widow",
        now_single="single_parent",
        now_student="working_student",
        now_collects="special_collection",
        law_single_over=own - law.income_limits.single_parent.value,
        law_student_over=own - law.income_limits.working_student.value,
    )


def _with_papers(sources: Sources) -> pl.DataFrame:
    """Return the record with the premiums that the papers state, and the spouse's incomes."""
    premiums = (
        sources.documents.filter("in_force")
        .group_by("person")
        .agg(
            *(pl.col(name).max() for name in (*LIFE_PREMIUMS, *EARTHQUAKE_PREMIUMS)),
            life_stated=pl.col("life_insurance").max(),
            quake_stated=pl.col("earthquake_insurance").max(),
            spouse_stated_income=pl.col("spouse_total_income").max(),
        )
    )
    spouse = (
        sources.claims.filter(pl.col("role") == "spouse")
        .group_by("person")
        .agg(spouse_actual=pl.col("relative_income").max(), spouse_said=pl.col("stated_income").max())
    )
    return sources.record.join(premiums, on="person", how="left", maintain_order="left").join(
        spouse, on="person", how="left", maintain_order="left"
    )


def last_statuses(sources: Sources) -> pl.DataFrame:
    """Return by person last year's statuses and the amounts that say what usually is."""
    return sources.previous.select(
        "person",
        last_widow="widow",
        last_single="single_parent",
        last_student="working_student",
        last_self_disability="self_disability",
        last_collects="special_collection",
        last_disabled=pl.sum_horizontal(pl.col("^n_disabled_.*$")),
        last_ordinary="n_disabled_ordinary",
        last_near="n_disabled_special_cohabiting",
        last_cohabiting="n_dependent_elderly_cohabiting",
        last_elderly="n_dependent_elderly",
        last_medical="medical_expense",
        last_life="life_insurance",
        last_insurance="social_insurance",
        last_furusato="donation_furusato",
        last_loan="housing_loan_credit",
        last_business="business_income",
        last_salary="salary_revenue",
        last_pension="pension_revenue",
    )


def counted(sources: Sources) -> pl.DataFrame:
    """Return by person how the recorded counts differ from the relatives that the papers name."""
    claims = claimed_relatives(sources)
    now = sources.record.select(
        "person",
        now_relatives=pl.sum_horizontal(pl.col("^n_dependent_.*$")),
        now_disabled=pl.sum_horizontal(pl.col("^n_disabled_.*$")),
    )
    register = pl.col("register_disability").fill_null("none")
    claimed = pl.col("disability").fill_null("none").str.replace("_cohabiting", "")
    papers = claims.group_by("person", "document").agg(
        lines=pl.len().cast(pl.Int64),
        classes=(pl.col("from_field") != pl.col("to_field")).sum(),
        disabled=pl.col("disability_field").is_not_null().sum().cast(pl.Int64),
        register_differs=(register != claimed).sum(),
    )
    by_person = papers.group_by("person").agg(
        pl.col("lines", "classes", "disabled", "register_differs").max()
    )
    return now.join(by_person, on="person", how="left", maintain_order="left").select(
        "person",
        lines_gap=pl.col("now_relatives") - pl.col("lines").fill_null(0),
        disabled_gap=pl.col("now_disabled") - pl.col("disabled").fill_null(0),
        classes_differ="classes",
        register_differs="register_differs",
    )
