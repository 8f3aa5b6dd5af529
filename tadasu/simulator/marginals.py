"""How the ward compares with public statistics: simulated and official figures, with their source."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml

from tadasu.law import Law, assess
from tadasu.simulator.chance import Reals
from tadasu.simulator.facts import Facts
from tadasu.simulator.settings import Rates

SOURCES = Path(__file__).parent / "marginals.yaml"
HEADLINE = 0.05
"""How far a headline figure may be from its source."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One comparison: `headline` figures are asserted, the others shown."""

    name: str
    simulated: float
    official: float
    source: str
    headline: bool = False

    @property
    def ratio(self) -> float:
        """Return simulated over official."""
        return self.simulated / self.official if self.official else float("nan")


@cache
def sources() -> dict[str, Any]:
    """Return the official figures, as `marginals.yaml` has them."""
    content: dict[str, Any] = yaml.safe_load(SOURCES.read_text(encoding="utf-8"))
    return content


def table(figures: list[Figure]) -> str:
    """Return the comparison as text, a line a figure."""
    head = f"{'figure':<46}{'simulated':>14}{'official':>14}{'ratio':>8}  source"
    lines = [
        f"{f.name:<46}{f.simulated:>14,.4g}{f.official:>14,.4g}{f.ratio:>8.3f}{' *'[f.headline]} {f.source}"
        for f in figures
    ]
    return "\n".join([head, *lines, "* within 5 %"])


def bracket_table(means: pl.DataFrame) -> str:
    """Return `by_bracket` as text: simulated / official of each item within each bracket of the tax base."""
    lower = [f"{start // 10_000:,}" for start in sources()["national"]["from"]]
    head = f"{'万円から':<26}" + "".join(f"{start:>18}" for start in lower)
    lines = []
    for (item,), rows in means.sort("bracket").group_by("item", maintain_order=True):
        pairs = {
            b: f"{s:.3g}/{o:.3g}" for b, s, o in rows.select("bracket", "simulated", "official").iter_rows()
        }
        lines.append(f"{item:<30}" + "".join(f"{pairs.get(at, '-'):>18}" for at in range(len(lower))))
    return "\n".join([head, *lines])


def taxpayers(facts: Facts, law: Law) -> pl.DataFrame:
    """Return the working of the true tax of who owes an income levy, with the bracket of the tax base."""
    register = facts.lives.select("person_id", "sex", "public_assistance", "filing")
    record = assess(facts.truth.join(register, on="person_id", how="left"), law)
    lower = sources()["national"]["from"]
    payers = record.filter(pl.col("is_resident") & (pl.col("income_levy") > 0))
    bracket = np.searchsorted(lower, payers["taxable_comprehensive"].to_numpy(), side="right") - 1
    return payers.with_columns(bracket=pl.Series(np.clip(bracket, 0, None)))


_HEADS = {
    "spouse_deduction_general": pl.col("spouse_kind") == "general",
    "spouse_deduction_elderly": pl.col("spouse_kind") == "elderly",
    "dependent_general": pl.col("n_dependent_general"),
    "dependent_specified": pl.col("n_dependent_specified"),
    "dependent_elderly": pl.col("n_dependent_elderly"),
    "dependent_elderly_cohabiting": pl.col("n_dependent_elderly_cohabiting"),
    "disability_ordinary": pl.col("n_disabled_ordinary") + (pl.col("self_disability") == "ordinary"),
    "disability_special": pl.col("n_disabled_special") + (pl.col("self_disability") == "special"),
    "widow": pl.col("widow"),
    "single_parent": pl.col("single_parent"),
}
"""Persons for whom a deduction is taken."""


def _value(item: str) -> pl.Expr:
    """Return what one taxpayer has of an item: persons, or thousand yen."""
    if item in _HEADS:
        heads = _HEADS[item].cast(pl.Float64)
        if item.startswith(
            "spouse"
        ):  # the amount shrinks with the taxpayer's income, so persons count in full units
            units = sources()["national"]["units_k"][item]
            return pl.when(_HEADS[item]).then(pl.col("spouse_deduction") / 1000 / units).otherwise(0.0)
        return heads
    return pl.col("medical_expense" if item == "medical_expense" else item).cast(pl.Float64) / 1000


def by_bracket(payers: pl.DataFrame) -> pl.DataFrame:
    """Return (item, bracket, taxpayers, simulated, official): means a taxpayer within each bracket."""
    national = sources()["national"]
    counts = payers.group_by("bracket").len("taxpayers").sort("bracket")
    parts = []
    for item, amounts in national["amounts_k"].items():
        unit = national["units_k"].get(item, 1)
        official = np.array(amounts) / np.array(national["taxpayers"]) / unit
        means = payers.group_by("bracket").agg(simulated=_value(item).mean())
        rows = counts.join(means, on="bracket", maintain_order="left").with_columns(
            pl.lit(item).alias("item"), pl.Series("official", official[counts["bracket"].to_numpy()])
        )
        parts.append(rows.select("item", "bracket", "taxpayers", "simulated", "official"))
    return pl.concat(parts)


def deductions(payers: pl.DataFrame) -> list[Figure]:
    """Return each deduction per taxpayer against the nation's within the same brackets (standardised)."""
    national, means = sources()["national"], by_bracket(payers)
    means = means.with_columns(weight=pl.col("taxpayers") / len(payers))
    shown = means.group_by("item", maintain_order=True).agg(
        (pl.col(name) * pl.col("weight")).sum() for name in ("simulated", "official")
    )
    found = {item: (simulated, official) for item, simulated, official in shown.iter_rows()}
    for name, items in national["together"].items():
        found[name] = tuple(sum(found[item][side] for item in items) for side in (0, 1))
    return [
        Figure(f"{item} per taxpayer", *pair, national["source"], item in national["headline"])
        for item, pair in found.items()
    ]


def figures(facts: Facts, law: Law) -> list[Figure]:
    """Return every comparison of the tax of one year, for the whole ward's facts."""
    payers = taxpayers(facts, law)
    parts = (
        ward(payers),
        deductions(payers),
        pensions(facts),
        returns(facts, payers),
        donations(facts, payers),
    )
    return [figure for part in parts for figure in part]


def census(counts: Reals, rates: Rates) -> list[Figure]:
    """Return people by age, people by sex, households by size, as shares of all.

    Args:
        counts: `raking.counted` of the people of the origin.
        rates: of the ward, whose census is compared.
    """
    own = rates.section("census")
    ages, sizes = own["from_age"], np.array(own["households"], dtype=np.float64)
    men, women, homes = np.split(counts, [len(ages), 2 * len(ages)])
    official = np.array([own["men"], own["women"]], dtype=np.float64)
    groups = [
        ([f"people from {age}" for age in ages], men + women, official.sum(axis=0)),
        (["men", "women"], np.array([men.sum(), women.sum()]), official.sum(axis=1)),
        ([f"households of {size}" for size in range(1, len(sizes) + 1)], homes, sizes),
    ]
    few = f"households of {len(sizes)}"
    return [
        Figure(name, ours[at] / ours.sum(), theirs[at] / theirs.sum(), own["source"], name != few)
        for names, ours, theirs in groups
        for at, name in enumerate(names)
    ]


def ward(payers: pl.DataFrame) -> list[Figure]:
    """Return Nerima's own figures: means a taxpayer in thousand yen."""
    own = sources()["nerima"]
    rows = (
        ("tax base", "taxable_income", "tax_base_k", True),
        ("income", "aggregate_income", "taxable_income_k", False),
        ("comprehensive income", "comprehensive_income", "total_income_k", False),
        ("income levy of the ward", "income_levy_ward", "levy_ward_k", False),
    )
    return [
        Figure(
            f"{name} per taxpayer (k yen)", _mean(payers[column]) / 1000, own[key] / own["taxpayers"],
            own["source"], headline,
        )
        for name, column, key, headline in rows
    ]  # fmt: skip


def pensions(facts: Facts) -> list[Figure]:
    """Return the mean public pension a month of former employees and of others, by sex."""
    own = sources()["pension"]
    public = facts.pensions.filter(pl.col("body") != "company")
    mean = public.group_by("person_id").agg(
        pl.col("revenue").sum(), employee=(pl.col("body") != "national").any()
    )
    born = facts.lives.filter("is_resident", pl.col("birth_date").dt.year() <= own["year"] - 68).select(
        "person_id", "sex"
    )
    full = mean.join(born, on="person_id")
    figures = []
    for name, employee in (("employee", True), ("national", False)):
        for word, sex in (("men", "M"), ("women", "F")):
            chosen = full.filter((pl.col("sex") == sex) & (pl.col("employee") == employee))
            month = _mean(chosen["revenue"]) / 12
            figures.append(
                Figure(f"{name} pension a month, {word}", month, own[f"{name}_{word}"], own["source"], True)
            )
    return figures


def returns(facts: Facts, payers: pl.DataFrame) -> list[Figure]:
    """Return tax returns per taxpayer."""
    own = sources()["returns"]
    files = facts.lives.filter(pl.col("is_resident") & (pl.col("filing") == "tax_return"))
    official = own["filers"] / own["taxpayers"]
    return [Figure("tax returns per taxpayer", len(files) / len(payers), official, own["source"], True)]


def donations(facts: Facts, payers: pl.DataFrame) -> list[Figure]:
    """Return givers, credit and notices (the nation's: shown, a richer ward gives more)."""
    own, national = sources()["furusato"], sources()["national"]
    users = payers.filter(pl.col("donation_furusato") > 0)
    gifts = facts.gifts.filter(pl.col("kind") == "furusato")
    by_notice = _mean(gifts["via"] == "one_stop")
    credit = _mean(users["donation_credit"])
    return [
        Figure(
            "givers per taxpayer",
            len(users) / len(payers),
            own["users"] / sum(national["taxpayers"]),
            own["source"],
        ),
        Figure("donation credit per giver (yen)", credit, own["credit"] / own["users"], own["source"]),
        Figure("gifts by one-stop notice", by_notice, own["one_stop_gifts"] / own["gifts"], own["source"]),
    ]


def _mean(values: pl.Series) -> float:
    return float(values.cast(pl.Float64).to_numpy().mean()) if len(values) else 0.0
