"""What people pay and may deduct: premiums, mutual aid, medicine, losses."""

import numpy as np
from scipy.special import ndtr

from tadasu.simulator import chance
from tadasu.simulator.chance import Reals, Wholes
from tadasu.simulator.lives.year import Flags, Year
from tadasu.tables import LIFE_PREMIUMS


def premiums(year: Year, total: Wholes, stated: Flags) -> dict[str, Wholes]:
    """Return the premiums (yen, 0 without a contract) of who has a paper to state them."""
    section, income = year.rates.section("premiums"), total.astype(np.float64)
    has = (year.uniform("life insurance", ever=True) < year.rates.curve("premiums.life", income)) & stated
    found = {}
    for name, kind in zip(LIFE_PREMIUMS, section["classes"], strict=True):
        holds = has & (year.uniform(kind, ever=True) < section["classes"][kind])
        holds &= (year.age >= 33) if kind.startswith("old") else True
        found[name] = _paid(year.amount(section["means"][kind], section["spread"], kind, ever=1.0), holds)
    quake = (year.uniform("earthquake", ever=True) < year.rates.curve("premiums.earthquake", income)) & stated
    quake &= year.age >= 25
    amount = year.amount(section["earthquake_mean"], section["earthquake_spread"], "earthquake", ever=1.0)
    found["earthquake_premium"] = _paid(amount, quake)
    old = quake & (year.age >= 45) & (year.uniform("old long term", ever=True) < section["old_long_term"])
    found["old_long_term_premium"] = _paid(
        year.amount(section["old_long_term_mean"], 0.5, "old long term", ever=1.0), old
    )
    return found


def mutual_aid(year: Year, total: Wholes, own: Flags, stated: Flags) -> Wholes:
    """Return 小規模企業共済等掛金 (iDeCo and the like): the same every year, more for businesses."""
    section, ids = year.rates.section("mutual_aid"), year.people.number
    share = year.rates.curve("mutual_aid.share", total.astype(np.float64))
    share = np.where(own, np.maximum(share, section["self_employed"]), share)
    has = (year.uniform("mutual aid", ever=True) < share) & stated & (year.age >= 22) & (year.age < 75)
    which = chance.choice(year.knobs.seed, "mutual aid amount", None, ids, section["weights"])
    amounts = np.array(section["amounts"])[np.minimum(which, len(section["amounts"]) - 1)]
    larger = (
        np.rint(year.amount(section["self_employed_mean"], 0.45, "mutual aid", ever=1.0) / 12_000) * 12_000
    )
    most = max(section["amounts"])
    return np.where(has, np.where(own, np.clip(larger, 12_000, most), amounts), 0).astype(np.int64)


def wants_medicine(year: Year, total: Wholes) -> Flags:
    """Return whose medical expenses of the year are worth a return; some have them year after year."""
    share = year.rates.curve("medicine.share", total.astype(np.float64))
    share = share * np.where(year.age >= 65, year.rates.value("medicine.old_times"), 1.0)
    both = 0.8 * year.normal("ill", ever=True) + 0.6 * year.normal("ill")
    return np.asarray((ndtr(both) < share) & (total > 0) & (year.age >= 20) & year.alive & ~year.far)


def medicine(year: Year, total: Wholes, wants: Flags, returns: Flags) -> dict[str, Wholes]:
    """Return medical_expense (the deduction), self_medication and casualty_loss of who files a return."""
    section = year.rates.section("medicine")
    rich = np.maximum(total / section["usual_income"], 0.4) ** section["by_income"]
    amount = year.amount(section["mean"], section["spread"], "medical expense", ever=0.3) * rich
    cap = year.law.deductions.medical_expense.cap.value
    has = wants & returns
    drugs = returns & ~has & (year.uniform("self-medication") < section["self_medication"] * 4)
    lost = returns & (year.uniform("casualty") < section["casualty"] * 3)
    most = year.law.deductions.medical_expense.self_medication_cap.value
    return {
        "medical_expense": np.minimum(_paid(amount, has), cap),
        "self_medication": np.minimum(
            _paid(year.amount(section["self_medication_mean"], 0.7, "drugs"), drugs), most
        ),
        "casualty_loss": _paid(year.amount(section["casualty_mean"], 0.6, "casualty"), lost),
    }


def _paid(amount: Reals, who: Flags) -> Wholes:
    return (np.rint(amount) * who).astype(np.int64)
