"""The law beside OpenFisca-Japan: `python benchmarks/bench_law_openfisca.py [--households 100000]`.

Both compute the basic, spouse, spouse special and dependants' deductions and the adjustment credit of the
same invented households for the income of 2023 (tax year 2024). Printed: the time of each, their ratio, and
every class of disagreement. OpenFisca-Japan pins an old numpy, so it runs in `.cache/openfisca`, made here on
the first run (Python 3.11 or older; pip must reach an index).
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from tadasu.law import Law, assess
from tadasu.law.deductions import following
from tadasu.law.given import Given

HERE = Path(__file__).parent
PLACE = HERE.parent / ".cache" / "openfisca"
RELEASE = "openfisca-japan==2.2.0"
YEAR, SEED, REPEATS, OLDEST = 2024, 20240101, 5, 150
MEMBERS = ("own", "spouse", "child", "elder")
NAMES = {
    "basic_deduction": "住民税基礎控除",
    "spouse_deduction": "住民税配偶者控除",
    "spouse_special_deduction": "住民税配偶者特別控除",
    "dependent_deduction": "住民税扶養控除",
    "adjustment_credit": "調整控除",
}
column = pl.col


def households(count: int) -> pl.DataFrame:
    """Invent taxpayers with spouses, children and parents; every fiftieth birthday is 1 January."""
    chance, around = random.Random(SEED), (3_000_000, 9_000_000, 9_500_000, 10_000_000, 24_500_000)
    rows = []
    for _ in range(count):
        own = chance.choice(around) + chance.randint(-600_000, 600_000)
        row = {"own_income": own, "own_birth": _birth(chance, 40, 64)}
        row |= _member(chance, "spouse", 0.6, 1_400_000, 35, 80)
        row |= _member(chance, "child", 0.5, 600_000, 10, 30)
        row |= _member(chance, "elder", 0.3, 600_000, 62, 95)
        rows.append(row)
    return pl.DataFrame(rows, infer_schema_length=None)


def _birth(chance: random.Random, youngest: int, oldest: int) -> date:
    year = YEAR - 1 - chance.randint(youngest, oldest)
    return date(year, 1, 1) + timedelta(0 if chance.random() < 0.02 else chance.randint(1, 364))


def _member(chance: random.Random, name: str, share: float, most: int, *ages: int) -> dict[str, object]:
    if chance.random() > share:
        return {f"{name}_income": None, f"{name}_birth": None}
    income = 0 if chance.random() < 0.3 else chance.randint(0, most)
    return {f"{name}_income": income, f"{name}_birth": _birth(chance, *ages)}


def fields(rows: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Class the relatives by age and income: the tax fields that a ward's record has."""
    limit, ages = law.income_limits.relative.value, law.ages
    spouse, special = column("spouse_income"), law.deductions.spouse_special
    rows = rows.with_columns(law.age(column(f"{name}_birth")).alias(f"{name}_age") for name in MEMBERS[1:])
    elderly = pl.when(column("spouse_age") >= ages.elderly_from.value).then(pl.lit("elderly"))
    grown = {name: column(f"{name}_income") <= limit for name in ("child", "elder")}

    def count(first: int, last: int) -> pl.Expr:
        counted = [ok & column(f"{name}_age").is_between(first, last) for name, ok in grown.items()]
        return pl.sum_horizontal(one.fill_null(False).cast(pl.Int64) for one in counted)

    child, student, adult, old = (
        amount.value
        for amount in (ages.dependent_from, ages.specified_from, ages.specified_before, ages.elderly_from)
    )
    return rows.select(
        other_misc_income="own_income",
        spouse_total_income=spouse,
        spouse_kind=pl.when(spouse <= limit)
        .then(elderly.otherwise(pl.lit("general")))
        .otherwise(pl.lit("none")),
        spouse_special_deduction=special.of(spouse, column("own_income")).fill_null(0),
        n_dependent_under16=count(0, child - 1),
        n_dependent_general=count(child, student - 1) + count(adult, old - 1),
        n_dependent_specified=count(student, adult - 1),
        n_dependent_elderly_cohabiting=count(old, OLDEST),
    )


def deductions(given: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Compute the four deductions alone from tax fields."""
    own, spouse = column("other_misc_income"), column("spouse_total_income")
    lines = following(Given.of(given.schema), law, own)
    return given.select(
        *lines, law.deductions.spouse_special.of(spouse, own).alias("spouse_special_deduction")
    )


def environment() -> Path:
    """Return the Python of the environment with OpenFisca-Japan, made where it is missing.

    Raises:
        SystemExit: no Python is there that its numpy supports, or pip cannot install it and says why.
    """
    python = PLACE / "bin" / "python"
    if (PLACE / ".ready").exists():
        return python
    found = next((p for v in ("3.11", "3.10", "3.9") if (p := shutil.which(f"python{v}"))), None)
    base = sys.executable if sys.version_info[:2] <= (3, 11) else found
    if base is None:
        raise SystemExit(f"{RELEASE} needs a Python up to 3.11 beside this one")
    subprocess.run([base, "-m", "venv", "--clear", PLACE], check=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", RELEASE]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{RELEASE} cannot be installed:\n{done.stderr}")
    (PLACE / ".ready").touch()
    return python


def by_openfisca(rows: pl.DataFrame, folder: Path) -> tuple[pl.DataFrame, dict[str, float]]:
    """Return OpenFisca's figures, and the seconds of each part (best of the repeats)."""
    source, target, python = folder / "households.csv", folder / "openfisca.csv", environment()
    rows.write_csv(source)
    command = [python, HERE / "openfisca_worker.py", source, target]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(REPEATS)]
    times = [json.loads(run.stdout.splitlines()[-1]) for run in runs]
    return pl.read_csv(target), {part: min(run[part] for run in times) for part in times[0]}


def best(work: Callable[[], object]) -> float:
    """Return the seconds of the fastest of the repeats, after one that does not count."""
    work()
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def disagreements(rows: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Count the households per item and class of disagreement; `rows` has both figures side by side."""
    first = [(column(f"{m}_birth").dt.ordinal_day() == 1).fill_null(False) for m in MEMBERS[1:]]
    deductions = [ours for ours in NAMES if ours != "adjustment_credit"]
    differs = {ours: column(ours) != column(theirs) for ours, theirs in NAMES.items()}
    reason = (
        pl.when(column("item") != "adjustment_credit").then(pl.lit("other"))
        .when(column("deduction_differs")).then(pl.lit("a deduction differs"))
        .when(column("own_income") > law.adjustment_credit.income_limit.value)
        .then(pl.lit("above 25 million"))
        .when(column("spouse_special_deduction") > 0).then(pl.lit("spouse special deduction"))
        .when(column("taxable_income") > law.adjustment_credit.taxable_threshold.value)
        .then(pl.lit("less than the least credit"))
        .when(column("spouse_birth").is_null() & column("child_birth").is_not_null())
        .then(pl.lit("taken for a single parent"))
        .otherwise(pl.lit("other members' deductions"))
    )  # fmt: skip
    born = pl.when(column("first_of_january") & (column("item") != "adjustment_credit"))
    parts = [
        rows.with_columns(
            item=pl.lit(ours),
            first_of_january=pl.any_horizontal(first),
            deduction_differs=pl.any_horizontal(differs[name] for name in deductions),
        ).filter(differs[ours]).select("item", why=born.then(pl.lit("born on 1 January")).otherwise(reason))
        for ours in NAMES
    ]  # fmt: skip
    return pl.concat(parts).group_by("item", "why").len("households").sort("item", "why")


def show_speed(rows: pl.DataFrame, law: Law, theirs: dict[str, float]) -> None:
    """Print the seconds of each part and their ratios."""
    given = fields(rows, law)
    whole = sum(theirs.values())
    parts = {
        "four deductions, people already classed": (theirs["deductions"], lambda: deductions(given, law)),
        "four deductions from the households": (
            theirs["build"] + theirs["deductions"],
            lambda: deductions(fields(rows, law), law),
        ),
        "levy (here: the whole notice) from the households": (
            whole,
            lambda: assess(fields(rows, law), law),
        ),
    }
    print(f"{rows.height:,} households, best of {REPEATS}")
    for part, (slow, work) in parts.items():
        fast = best(work)
        print(f"{part:52} OpenFisca-Japan {slow:.3f} s  Tadasu {fast:.3f} s  ratio {slow / fast:.0f}")


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=100_000)
    rows, folder, law = households(parser.parse_args().households), PLACE.parent, Law.of(YEAR)
    folder.mkdir(exist_ok=True)
    theirs, seconds = by_openfisca(rows, folder)
    show_speed(rows, law, seconds)
    ours = assess(fields(rows, law), law)
    side = pl.concat([rows, ours.select(*NAMES, "taxable_income"), theirs], how="horizontal")
    for name, label in NAMES.items():
        equal = side.select((column(name) == column(label)).mean()).item()
        print(f"{name:26} {label}: equal on {equal:.3%}")
    with pl.Config(tbl_rows=40, tbl_hide_dataframe_shape=True):
        print(disagreements(side, law))


if __name__ == "__main__":
    main()
