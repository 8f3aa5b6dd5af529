"""Law: the resident tax of one year as data, and what single rules of it give."""

from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from tadasu.law.load import FOLDER, LawError, build, keys_of, read, whole
from tadasu.law.parameters import Ordinance, YearLaw
from tadasu.law.rules import Rules

DEFAULT_ORDINANCE = "tokyo_ward"


@dataclass(frozen=True, kw_only=True)
class Law(Rules):
    """The law of one tax year with one municipality's ordinance; taxed is the income of the year before.

    Each rule is an attribute: `law.salary_income.of(revenue)`, `law.deductions.life_insurance.of(…)`.
    """

    name: str
    ordinance: Ordinance
    ordinance_name: str
    title: str

    @staticmethod
    def of(year: int, ordinance: str = DEFAULT_ORDINANCE) -> "Law":
        """Return the law of a tax year.

        Raises:
            LawError: there is no law of that year or no such ordinance, or a file of theirs is not right.
        """
        return _law(int(year), ordinance)

    @staticmethod
    def years() -> tuple[int, ...]:
        """Return the tax years whose law is entered, in order."""
        return tuple(sorted(int(path.stem) for path in (FOLDER / "years").glob("*.yaml")))

    @staticmethod
    def ordinances() -> tuple[str, ...]:
        """Return the names of the ordinances that are entered."""
        return tuple(sorted(path.stem for path in (FOLDER / "ordinances").glob("*.yaml")))


@cache
def _law(year: int, ordinance: str) -> Law:
    if year not in Law.years():
        known = ", ".join(map(str, Law.years()))
        raise LawError(f"no law of tax year {year}: entered are {known} (to enter a year: docs/new_year.md)")
    if ordinance not in Law.ordinances():
        raise LawError(f"no ordinance {ordinance!r}: entered are {', '.join(Law.ordinances())}")
    name, rules = read_year(FOLDER / "years" / f"{year}.yaml", year)
    title, set_here = read_ordinance(FOLDER / "ordinances" / f"{ordinance}.yaml", year)
    own = {field.name: getattr(rules, field.name) for field in fields(rules)}
    return Law(year=year, name=name, ordinance=set_here, ordinance_name=ordinance, title=title, **own)


def read_year(path: Path, year: int) -> tuple[str, YearLaw]:
    """Return the name and the law of a year's file.

    Raises:
        LawError: the file is not right, or is another year's.
    """
    content = read(path)
    head = {"year", "name"}
    if missing := sorted(head - content.keys()):
        raise LawError(f"{path.name}: missing key {', '.join(missing)}")
    if whole(content["year"], f"{path.name}: year") != year:
        raise LawError(f"{path.name}: year is {content['year']}, expected {year}")
    body = {key: value for key, value in content.items() if key not in head}
    return content["name"], build(YearLaw, body, path.name)


def read_ordinance(path: Path, year: int) -> tuple[str, Ordinance]:
    """Return the municipality's name and what its ordinance's file sets for a tax year.

    Raises:
        LawError: the file is not right, or nobody has confirmed it for that year.
    """
    content = read(path)
    keys_of(content, path.name, {"name", "confirmed_through", "exemption", "ward", "metropolis"})
    through = whole(content["confirmed_through"], f"{path.name}: confirmed_through")
    if year > through:
        raise LawError(
            f"{path.name}: confirmed through {through}: check it for {year} and raise confirmed_through"
        )
    body = {key: content[key] for key in ("exemption", "ward", "metropolis")}
    return content["name"], build(Ordinance, _as_of(body, year, path.name), path.name)


def _as_of(node: Any, year: int, where: str) -> Any:
    """Replace `since: {year: value}` by the value in force, all through the tree."""
    if not isinstance(node, dict):
        return node
    if "since" not in node:
        return {key: _as_of(value, year, f"{where}: {key}") for key, value in node.items()}
    values = keys_of(node["since"], f"{where}: since", set(), set(node["since"]))
    begun = {whole(since, f"{where}: since"): value for since, value in values.items()}
    if not (applicable := [since for since in begun if since <= year]):
        raise LawError(f"{where}: since has no value for {year}")
    rest = {key: value for key, value in node.items() if key != "since"}
    return rest | {"value": begun[max(applicable)]}
