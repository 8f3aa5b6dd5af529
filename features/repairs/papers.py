"""Proposals that take what the papers say: values of documents, sums of reports, gifts, last year."""

import polars as pl

from features.repairs.lines import lines, together
from features.repairs.sources import PROPOSABLE, Sources, long_values
from features.values import NUMBER
from tadasu.fields import FIELDS

SUMMED = (
    "salary_revenue",
    "pension_revenue",
    "social_insurance",
    "small_enterprise_mutual_aid",
)
"""Amounts of which every report states its own part, so that a person's is their sum."""


def document_values(sources: Sources) -> pl.DataFrame:
    """Take the value that a document in force, or one that no longer counts, states."""
    values = sources.values
    return pl.concat(
        [
            lines(values.filter("in_force"), "take_document"),
            lines(values.filter(~pl.col("in_force")), "take_void"),
        ]
    )


def report_sums(sources: Sources) -> pl.DataFrame:
    """Take the sum over the reports in force: salary, pension, both; and each distinct amount once."""
    reports = sources.values.filter(
        pl.col("in_force")
        & pl.col("kind").is_in(("salary_report", "pension_report"))
        & pl.col("field").is_in([NUMBER[name] for name in SUMMED])
    )
    by = ["person", "field"]
    made = []
    for option, part in enumerate(
        (
            reports.group_by(by).agg(pl.col("value").sum()),
            reports.group_by(by).agg(pl.col("value").unique().sum()),
            reports.filter(pl.col("kind") == "salary_report").group_by(by).agg(pl.col("value").sum()),
            reports.filter(pl.col("kind") == "pension_report").group_by(by).agg(pl.col("value").sum()),
        )
    ):
        made.append(lines(part.sort(by), "sum_reports", option=option))
    return pl.concat(made)


def last_year(sources: Sources) -> pl.DataFrame:
    """Take last year's final value of the field."""
    return lines(long_values(sources.previous, ["person"]), "last_year")


def list_values(sources: Sources) -> pl.DataFrame:
    """Take the figures that the check compared, as values of the field that the row names."""
    rows = sources.rows.filter(pl.col("named") >= 0)
    return pl.concat(
        lines(rows, "list_value", field="named", value=figure, option=option)
        for option, figure in enumerate(("expected", "stated", "told"))
    )


def donations(sources: Sources) -> pl.DataFrame:
    """Take the sum of the gifts by source, of all, of all but one; and what the return states in total."""
    gifts = sources.donations.filter(pl.col("kind") == "furusato")
    others = sources.donations.filter(pl.col("kind").is_in(("ward_ordinance", "community_chest")))
    target = "donation_furusato"
    sums = gifts.group_by("person").agg(
        total=pl.col("amount").sum(),
        notices=pl.col("amount").filter(pl.col("source") == "one_stop").sum(),
        lines=pl.col("amount").filter(pl.col("source") == "return").sum(),
        distinct=pl.struct("recipient_code", "amount").unique().struct.field("amount").sum(),
    )
    made = [
        lines(sums, "sum_donations", field=target, value=name, option=option)
        for option, name in enumerate(("total", "notices", "lines", "distinct"))
    ]
    other = others.group_by("person").agg(pl.col("amount").sum())
    made.append(lines(other, "sum_donations", field="donation_other", value="amount"))
    stated = sources.documents.filter(pl.col("in_force") & pl.col("donation_total").is_not_null())
    made.append(lines(stated, "take_document", field=target, value="donation_total", option=1))
    less = gifts.join(sources.record.select("person", now=target), on="person").with_columns(
        value=pl.col("now") - pl.col("amount"), option=pl.int_range(pl.len()).over("person")
    )
    made.append(lines(less, "drop_donation", field=target, option=pl.col("option")))
    return pl.concat(made)


def swapped_income(sources: Sources) -> pl.DataFrame:
    """Move an income from one kind to another: business to real estate and back, business to other."""
    pairs = (
        ("business_income", "real_estate_income"),
        ("business_income", "other_misc_income"),
        ("real_estate_income", "business_income"),
        ("other_misc_income", "business_income"),
    )
    made = []
    for option, (source, target) in enumerate(pairs):
        moved = sources.record.filter(pl.col(source) != 0)
        changes = {source: pl.lit(0), target: pl.col(target) + pl.col(source)}
        made.append(together(moved, "swap_income", changes, option))
    exchanged = sources.record.filter((pl.col("business_income") != 0) & (pl.col("real_estate_income") != 0))
    crossed = {
        "business_income": pl.col("real_estate_income"),
        "real_estate_income": pl.col("business_income"),
    }
    made.append(together(exchanged, "swap_income", crossed, len(pairs)))
    for option, (source, target) in enumerate((("widow", "single_parent"), ("single_parent", "widow"))):
        holding = sources.record.filter(pl.col(source) == 1)
        made.append(together(holding, "swap_status", {source: pl.lit(0), target: pl.lit(1)}, option))
    return pl.concat(made)


def moved_contributions(sources: Sources) -> pl.DataFrame:
    """Move contributions that a paper tells apart from the deduction of social insurance to their own.

    Law: 社会保険料控除 and 小規模企業共済等掛金控除 (地方税法314条の2第1項3号・4号). Taxpayers write iDeCo
    and 小規模企業共済 into the box above; the employer's report has them apart. The tax stays as it is.
    """
    told = sources.documents.filter("in_force", pl.col("small_enterprise_mutual_aid") > 0)
    paid = told.select("person", "document", paid="small_enterprise_mutual_aid")
    held = sources.record.select(
        "person",
        whole=pl.col("social_insurance").fill_null(0),
        apart=pl.col("small_enterprise_mutual_aid").fill_null(0),
    )
    known = paid.join(held, on="person").with_columns(lacking=pl.col("paid") - pl.col("apart"))
    mixed = known.filter((pl.col("lacking") > 0) & (pl.col("whole") >= pl.col("lacking")))
    changes = {
        "social_insurance": pl.col("whole") - pl.col("lacking"),
        "small_enterprise_mutual_aid": pl.col("paid"),
    }
    return together(mixed, "move_contributions", changes)


def blind_values(sources: Sources) -> pl.DataFrame:
    """Propose nothing, the other state, one more, one less, whatever the papers say."""
    recorded = sources.recorded
    numbers = {
        kind: [NUMBER[name] for name in PROPOSABLE if FIELDS[name].kind == kind]
        for kind in ("yen", "count", "flag", "status")
    }
    of = {kind: recorded.filter(pl.col("field").is_in(found)) for kind, found in numbers.items()}
    made = [
        lines(of["yen"].filter(pl.col("recorded") != 0), "zero", value=pl.lit(0)),
        lines(of["flag"], "flip", value=1 - pl.col("recorded")),
        lines(of["count"], "one_more", value=pl.col("recorded") + 1),
        lines(of["count"], "one_less", value=pl.col("recorded") - 1),
    ]
    made += [lines(of["status"], "flip", value=pl.lit(code), option=code) for code in range(3)]
    return pl.concat(made)
