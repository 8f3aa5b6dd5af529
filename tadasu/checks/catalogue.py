"""The catalogue: every check once, by subject. Add or reword a check in the module of its subject."""

from tadasu.checks import (
    adoption,
    collection,
    deductions,
    dependents,
    filing,
    incomes,
    pension,
    relatives,
    residence,
    salary,
    spouse,
    statuses,
    tax_credits,
)
from tadasu.checks.check import Check

CATALOGUE: tuple[Check, ...] = (
    *filing.CHECKS,  # N02 N06 N09 N12: whose paper, filed once
    *residence.CHECKS,  # N03 N04 N05 N07 N08: who is taxed here
    *salary.CHECKS,  # S01 S02 S03 S04 S09: employers' reports
    *pension.CHECKS,  # P01 P02 P03: pension reports
    *incomes.CHECKS,  # I01–I05, S05 S06: changes, stocks, losses, the adjustment of incomes
    *spouse.CHECKS,  # F04 F05 F06 F07 F16 F23: the spouse
    *dependents.CHECKS,  # F01 F03 F08 F09 F10 F15: dependants
    *relatives.CHECKS,  # F17 F18 F21 F22: relatives elsewhere, unknown, gone, or claimed by nobody
    *statuses.CHECKS,  # F11 F12 F13 F14: statuses, relatives of 19 to 22
    *adoption.CHECKS,  # F19 F20: which paper's claims count
    *deductions.CHECKS,  # D01 D02 D03 D04 D07: premiums and expenses
    *tax_credits.CHECKS,  # C01 C02 C03: loans and gifts
    *collection.CHECKS,  # T01 T04: who collects, what was keyed
)
"""All checks in the order of the catalogue."""

BY_CODE: dict[str, Check] = {check.code: check for check in CATALOGUE}
"""A check by its code in the catalogue."""

NOT_EXPRESSIBLE: dict[str, str] = {
    "N01 宛名特定不能・候補複数": "the layout holds no names and addresses, and what could not be matched to "
    "a person is not in the tables",
    "N02 氏名・性別": "names and sex do not stand on documents in the layout; the date of birth does (N02)",
    "N03 他市区からの課税通知": "notices of other municipalities are no table; the register is (N03)",
    "F02 扶養の重複（他市区町村）": "claims made elsewhere come by inquiry, not with the extract",
    "S07 専従者給与と給報": "no column tells 専従者給与 or who is a 専従者; F16 suspects one from the pay",
    "F13 事実婚・未届の妻": "the register's remark of 未届 is no column; who is head and who spouse is (F13)",
    "T02 指定番号": "the payers' register is no table of the layout; a payer is a pseudonym",
    "T03 租税条約免除": "no column marks exempt income",
    "T04 文字・形式": "a cell that is no number or no date is quarantined by the ingestion; "
    "digits are checked (T04)",
}
"""What tax systems check that the tables of the standard layout cannot tell, and why."""
