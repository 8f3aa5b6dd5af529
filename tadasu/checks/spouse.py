"""人的控除（配偶者）: the spouse's income and age, the taxpayer's income, two who claim each other.

What is known of a spouse's income is the recorded one, else what the paper states.
"""

import polars as pl

from tadasu.checks.check import Check
from tadasu.checks.expressions import differs, has_spouse, is_set, n
from tadasu.checks.records import Records
from tadasu.checks.rows import digit, rows, say, word, yen
from tadasu.law import Law
from tadasu.law.deductions import COUNTS

_SPOUSE = pl.col("role") == "spouse"
_FIELDS = ("spouse_kind", "spouse_special_deduction")
_ROUND = 10_000
"""専従者給与 is set by the trader, in full ten thousands of yen."""
_ABOUT = (*_FIELDS, "spouse_total_income")


def _documents() -> pl.Expr:
    own = pl.concat_list("document_id")
    return pl.concat_list(own, pl.col("rel_papers").fill_null([])).list.unique().list.sort()


def _income(records: Records, law: Law) -> pl.DataFrame:
    """配偶者控除 for a spouse who earned more than the limit."""
    limit = law.relative_income_limit
    found = records.claims.filter(_SPOUSE & has_spouse("own_spouse_kind") & (pl.col("rel_income") > limit))
    message = say(
        "控除対象配偶者の合計所得 {}（記載 {}、限度 {}）",
        yen(pl.col("rel_income")),
        yen(pl.col("stated_income")),
        yen(pl.lit(limit)),
    )
    return rows(
        found,
        message,
        documents=_documents(),
        related="relative_id",
        stated=pl.col("stated_income"),
        expected=pl.col("rel_income"),
    )


def _special(records: Records, law: Law) -> pl.DataFrame:
    """配偶者特別控除 not by both incomes or beside 配偶者控除; a spouse named without a deduction."""
    entered = n("own_spouse_special_deduction")
    lawful = law.spouse_special(pl.col("own_total_income"), pl.col("known_income"))
    both = has_spouse("own_spouse_kind")
    wrong = (entered > 0) & (both | ((entered != lawful) & pl.col("known_income").is_not_null()))
    # A spouse is named whom the incomes allow to be claimed, and no deduction is marked.
    within = (pl.col("known_income") <= law.relative_income_limit) | (lawful > 0)
    allowed = within & (pl.col("own_total_income") <= law.spouse_limit_own)
    forgotten = (entered == 0) & ~both & allowed
    found = records.claims.filter(_SPOUSE & (wrong | forgotten).fill_null(value=False))
    message = say(
        "配偶者特別控除 {}、配偶者の合計所得 {}（記載 {}）",
        yen(entered),
        yen(pl.col("known_income")),
        yen(pl.col("stated_income")),
    )
    return rows(
        found,
        message,
        documents=_documents(),
        related="relative_id",
        field=pl.lit("spouse_special_deduction"),
        stated=pl.col("stated_income"),
        expected=pl.col("known_income"),
    )


def _age(records: Records, law: Law) -> pl.DataFrame:
    """老人控除対象配偶者 by age, against the class recorded."""
    elderly = law.is_elderly_spouse(pl.col("birth"))
    claimed = pl.col("own_spouse_kind")
    lawful = pl.when(elderly).then(pl.lit("elderly")).otherwise(pl.lit("general"))
    found = records.claims.filter(
        _SPOUSE & has_spouse("own_spouse_kind") & differs(claimed, lawful) & pl.col("birth").is_not_null()
    )
    message = say("配偶者の区分 {}、生年月日からは {}", word(claimed), word(lawful))
    return rows(
        found,
        message,
        documents="document_id",
        related="relative_id",
        field=pl.lit("spouse_kind"),
        stated=digit("spouse_kind", claimed),
        expected=digit("spouse_kind", lawful),
    )


def _amount_or_class(records: Records, law: Law) -> pl.DataFrame:
    return pl.concat([_special(records, law), _age(records, law)])


def _own_income(records: Records, law: Law) -> pl.DataFrame:
    """The taxpayer's income as merged reaches a limit that the adopted document's alone did not."""
    people = records.taxpayers
    limit, first = law.spouse_limit_own, law.deductions.spouse_general.rows[0].to or law.spouse_limit_own
    claims = has_spouse() | (n("spouse_special_deduction") > 0)
    income = pl.col("total_income")
    alone = pl.coalesce("paper_total_income", "paper_salary_income", "paper_pension_income").fill_null(0)
    over = claims & (income > limit)
    crossed = has_spouse() & (income > first) & (alone <= first)
    found = people.filter(pl.col("recorded") & (over | crossed))
    spouses = records.claims.filter(_SPOUSE).select("person_id", spouse_id="relative_id")
    found = found.join(
        spouses.unique("person_id", keep="first", maintain_order=True),
        on="person_id",
        how="left",
        maintain_order="left",
    )
    bound = pl.when(income > limit).then(limit).otherwise(first)
    message = say("本人の合計所得 {}（{} を超える）、配偶者の控除あり", yen(income), yen(bound))
    field = pl.when(has_spouse()).then(pl.lit(_FIELDS[0])).otherwise(pl.lit(_FIELDS[1]))
    return rows(found, message, related="spouse_id", field=field, stated=income, expected=bound)


def _each_other(records: Records, _: Law) -> pl.DataFrame:
    """A spouse who claims the claimant too, or whom somebody else claims as a dependant."""
    lines = records.claims.filter(pl.col("relative_id").is_not_null())
    spouses = lines.filter(_SPOUSE)
    mine = spouses.select("person_id", "document_id", "relative_id")
    theirs = lines.select(
        other_claims="relative_id", other_id="person_id", other_document="document_id", other_role="role"
    )
    mutual = mine.join(theirs, left_on="relative_id", right_on="other_id").filter(
        pl.col("other_claims") == pl.col("person_id")
    )
    mutual = mutual.with_columns(other_id="relative_id", how=pl.lit("互いに配偶者として申告している"))
    shared = mine.join(theirs, left_on="relative_id", right_on="other_claims").filter(
        pl.col("other_id") != pl.col("person_id")
    )
    shared = shared.with_columns(how=pl.lit("配偶者を他の者も申告している"))
    kept = ("person_id", "document_id", "other_document", "other_id", "how")
    found = (
        pl.concat([mutual.select(kept), shared.select(kept)])
        .sort("person_id", "other_id", "other_document")
        .unique("person_id", keep="first", maintain_order=True)
    )
    both = pl.concat_list("document_id", "other_document").list.sort()
    return rows(found, pl.col("how"), documents=both, related="other_id")


def _family_worker(records: Records, _: Law) -> pl.DataFrame:
    """A claimed relative with a round salary without insurance, while the claimant has a business.

    事業専従者 can be claimed by nobody. No column says who is one: full ten thousands of yen without social
    insurance, paid in the household of a trader, are what gives it away.
    """
    reports = records.papers.filter(pl.col("kind") == "salary_report", n("social_insurance") == 0)
    round_pay = (pl.col("salary_revenue") > 0) & (pl.col("salary_revenue") % _ROUND == 0)
    paid = reports.filter(round_pay).group_by(relative_id="person_id", maintain_order=True)
    worker = paid.agg(pay_document=pl.col("document_id").min(), pay=pl.col("salary_revenue").max())
    together = (pl.col("rel_household") == pl.col("household_id")).fill_null(value=False)
    trader = (n("own_business_income") != 0) & together
    found = records.claims.filter(trader & (pl.col("role") != "under16")).join(
        worker, on="relative_id", maintain_order="left"
    )
    spouse = has_spouse("own_spouse_kind")
    field = (
        pl.when(_SPOUSE & spouse)
        .then(pl.lit(_FIELDS[0]))
        .otherwise(pl.when(_SPOUSE).then(pl.lit(_FIELDS[1])))
    )
    both = pl.concat_list("document_id", "pay_document").list.sort()
    message = say("事業主の申告する親族に社会保険料のない給与 {} がある（専従者の疑い）", yen(pl.col("pay")))
    return rows(found, message, documents=both, related="relative_id", field=field, expected=pl.col("pay"))


def _not_registered(records: Records, _: Law) -> pl.DataFrame:
    """A spouse is claimed in a household that has none in the register, and not said to live elsewhere."""
    couples = records.residents.filter(pl.col("relationship") == "spouse").select(
        "household_id", couple=pl.lit(value=True)
    )
    elsewhere = is_set("rel_registered") | pl.col("lives_apart") | pl.col("lives_abroad")
    known = records.claims.filter(_SPOUSE & elsewhere).select("person_id", spouse_known=pl.lit(value=True))
    people = records.taxpayers.join(couples.unique(), on="household_id", how="left").join(
        known.unique(), on="person_id", how="left"
    )
    claims = has_spouse() | (n("spouse_special_deduction") > 0)
    found = people.filter(claims & is_set("registered") & ~is_set("couple") & ~is_set("spouse_known"))
    field = pl.when(has_spouse()).then(pl.lit(_FIELDS[0])).otherwise(pl.lit(_FIELDS[1]))
    return rows(found.sort("person_id"), say("配偶者の申告があるが、世帯に配偶者の登録がない"), field=field)


CHECKS: tuple[Check, ...] = (
    Check(
        "F04",
        "控除対象配偶者の所得",
        "配偶者所得超過",
        "family",
        "spouse_kind",
        _ABOUT,
        "地方税法292条1項7号・8号",
        ("change_class", "remove_claim", "leave", "inquire"),
        "控除対象配偶者の合計所得が限度を超える",
        _income,
    ),
    Check(
        "F05",
        "配偶者の控除の額と区分",
        "配偶者控除額区分相違",
        "family",
        None,
        _ABOUT,
        "地方税法314条の2第1項10号・10号の2",
        ("recompute", "change_class", "remove_claim", "leave"),
        "配偶者特別控除が双方の所得からの額と異なる、配偶者控除と併せてある、氏名のある配偶者に控除がない、又は配偶者の区分が年齢と異なる",
        _amount_or_class,
    ),
    Check(
        "F06",
        "配偶者の控除と本人の所得",
        "本人所得制限",
        "family",
        None,
        _FIELDS,
        "地方税法292条1項8号・314条の2第1項10号",
        ("remove_claim", "leave"),
        "合算した本人の合計所得が、配偶者の控除を受けられる限度、又は採用した資料では超えない段階を超える",
        _own_income,
        without_error="年金などを合わせて初めて段階を超える",
    ),
    Check(
        "F07",
        "配偶者の重複",
        "配偶者相互重複",
        "family",
        "spouse_kind",
        (*_FIELDS, *COUNTS),
        "地方税法292条1項7号",
        ("remove_claim", "leave", "inquire"),
        "夫婦が互いを申告している、又は配偶者を他の者が扶養親族等としている",
        _each_other,
    ),
    Check(
        "F16",
        "専従者の疑いと扶養・配偶者",
        "事業専従者重複",
        "family",
        None,
        (*_FIELDS, *COUNTS),
        "地方税法292条1項7号・9号",
        ("remove_claim", "leave", "inquire"),
        "営業等所得のある者が申告する同居の親族に、万円単位で社会保険料のない給与がある",
        _family_worker,
        without_error="親族が自分で選んだ勤め先の給与である",
    ),
    Check(
        "F23",
        "配偶者の登録なし",
        "配偶者該当者なし",
        "family",
        None,
        _FIELDS,
        "地方税法292条1項7号",
        ("leave", "remove_claim", "inquire"),
        "配偶者の申告があるのに、同じ世帯に配偶者の登録がなく、別居とも記載されていない",
        _not_registered,
    ),
)
"""The checks of this subject."""
