"""Computes deductions with OpenFisca-Japan; run by `bench_law_openfisca.py` in an environment of its own.

`python openfisca_worker.py HOUSEHOLDS.csv RESULT.csv`: one line a household, as that script writes them.
The last line printed is JSON: the seconds of building the simulation, the four deductions, the levy.
"""

# ruff: noqa: B905, PTH123 (it may run on a Python older than Tadasu's)

import csv
import json
import sys
import time

import numpy as np
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_japan import CountryTaxBenefitSystem

DAY = "2023-12-31"
MEMBERS = (("own", "親"), ("spouse", "親"), ("child", "子"), ("elder", "祖父母"))
DEDUCTIONS = ("住民税基礎控除", "住民税配偶者控除", "住民税配偶者特別控除", "住民税扶養控除")


def people(path):
    """Return (household, role, income, birth date) of everyone; the taxpayers first in their households."""
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(csv.DictReader(file)):
            for member, role in MEMBERS:
                if line[f"{member}_birth"]:
                    yield number, role, float(line[f"{member}_income"]), line[f"{member}_birth"], member


def simulation(everyone):
    """Build all households at once."""
    system = CountryTaxBenefitSystem()
    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("人物", np.arange(len(everyone)))
    households = np.array([person[0] for person in everyone])
    entity = builder.declare_entity("世帯", np.arange(households.max() + 1))
    builder.join_with_persons(entity, households, np.array([person[1] for person in everyone]))
    made = builder.build(system)
    incomes = np.array([person[2] for person in everyone])
    made.set_input("所得", DAY, incomes)
    made.set_input("合計所得金額", DAY, incomes)
    made.set_input("社会保険料控除", DAY, np.zeros(len(everyone)))  # otherwise estimated from the income
    made.set_input("誕生年月日", DAY, np.array([person[3] for person in everyone], dtype="datetime64[D]"))
    return made


def main(source, target):
    """Compute everything once and write it."""
    everyone = list(people(source))
    times = [time.perf_counter()]
    made = simulation(everyone)
    times.append(time.perf_counter())
    own = np.array([person[4] == "own" for person in everyone])
    columns = {name: made.calculate(name, DAY)[own] for name in DEDUCTIONS}
    times.append(time.perf_counter())
    columns["調整控除"] = made.calculate("調整控除", DAY)
    columns["住民税所得割"] = made.calculate("住民税所得割", DAY)[own]
    times.append(time.perf_counter())
    with open(target, "w", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(np.rint(np.stack(list(columns.values()))).astype(int).T.tolist())
    print(json.dumps(dict(zip(("build", "deductions", "levy"), np.diff(times).tolist()))))


if __name__ == "__main__":
    main(*sys.argv[1:])
