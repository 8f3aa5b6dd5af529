"""Disability claimed for relatives, beside the certificate register and the relatives' own records."""

import polars as pl

from features.repairs.sources import Sources

NONE = "none"


def disabled_relatives(sources: Sources) -> pl.DataFrame:
    """Return by person, over the claims of all papers in force: on how many each source agrees.

    disabled_register, disabled_own: claimed as disabled, and the register, or the relative's own record, says
    the same degree; disabled_nobody: claimed, and neither says so though the relative is known;
    disabled_unclaimed: not claimed, though one of them says so.
    """
    claimed = pl.col("disability").fill_null(NONE).str.replace("_cohabiting", "")
    register = pl.col("register_disability").fill_null(NONE)
    own = pl.col("relative_disability").fill_null(NONE)
    known = pl.col("dependent_person_id").is_not_null()
    is_claimed = claimed != NONE
    said = (register != NONE) | (own != NONE)
    return sources.claims.group_by("person").agg(
        disabled_register=(is_claimed & (register == claimed)).sum(),
        disabled_own=(is_claimed & (own == claimed)).sum(),
        disabled_nobody=(is_claimed & known & ~said).sum(),
        disabled_unclaimed=(~is_claimed & said).sum(),
    )
