"""Which fields a check is about: an error in one of them is put right in the check's row."""

COUNTS = (
    "n_dependent_general",
    "n_dependent_specified",
    "n_dependent_elderly",
    "n_dependent_elderly_cohabiting",
    "n_dependent_under16",
)
DISABLED = ("self_disability", "n_disabled_ordinary", "n_disabled_special", "n_disabled_special_cohabiting")
SPOUSE = ("spouse_kind", "spouse_special_deduction")
SALARY = ("salary_revenue", "salary_income", "social_insurance")
PENSION = ("pension_revenue", "pension_income", "social_insurance")
PERSONAL = (*SPOUSE, *COUNTS, *DISABLED, "widow", "single_parent", "working_student")
GIFTS = ("donation_furusato", "donation_other", "one_stop")
STOCKS = ("dividend_levy_credit", "stock_income", "dividend_income")
INCOMES = ("salary_revenue", "salary_income", "pension_revenue", "pension_income", "business_income")
INSURANCE = ("life_insurance", "earthquake_insurance")

ABOUT: dict[str, tuple[str, ...]] = {
    "N01": (*SALARY, *PENSION),
    "N02": (*SALARY, *PENSION),
    "N03": ("is_resident",),
    "N04": ("is_resident",),
    "N05": ("is_resident",),
    "N06": (*SALARY, *PENSION),
    "N07": (*SALARY, *PENSION),
    "S01": SALARY,
    "S02": SALARY,
    "S03": SALARY,
    "S04": ("salary_income", "salary_revenue"),
    "S05": ("income_adjustment",),
    "S06": ("income_adjustment",),
    "S07": ("salary_revenue", "business_income"),
    "P01": PENSION,
    "P02": ("pension_income",),
    "I01": INCOMES,
    "I02": STOCKS,
    "F01": (*COUNTS, *SPOUSE),
    "F02": COUNTS,
    "F03": (*COUNTS, "specified_relative_special"),
    "F04": SPOUSE,
    "F05": SPOUSE,
    "F06": SPOUSE,
    "F07": SPOUSE,
    "F08": COUNTS,
    "F09": ("n_dependent_elderly", "n_dependent_elderly_cohabiting"),
    "F10": COUNTS,
    "F11": ("specified_relative_special", "n_dependent_specified"),
    "F12": DISABLED,
    "F13": ("widow", "single_parent"),
    "F14": ("working_student", "minor"),
    "F15": COUNTS,
    "F16": (*COUNTS, *SPOUSE),
    "F17": COUNTS,
    "F18": COUNTS,
    "F19": PERSONAL,
    "F20": (),
    "D01": ("social_insurance", "small_enterprise_mutual_aid"),
    "D02": INSURANCE,
    "D03": ("medical_expense", "self_medication"),
    "D04": ("social_insurance", "small_enterprise_mutual_aid", *INSURANCE, "medical_expense"),
    "C01": ("housing_loan_credit",),
    "C02": GIFTS,
    "C03": GIFTS,
    "T01": ("special_collection",),
    "T02": (),
    "T03": ("salary_revenue",),
    "T04": INCOMES,
}
"""By catalogue code (the code of the check before a tax system numbers it its own way)."""
