"""Numbers of people, payers and households behind pseudonyms; renumbered people carried over.

`Plan` is what a mapping's section `identifiers` says, `Key` the secret, `Hider` and `Carrier` are the passes
that every batch goes through, `back` keeps and reads the table from a pseudonym to the ward's number.
"""

from tadasu.extract.identifiers.carry import Carrier
from tadasu.extract.identifiers.hide import Hider
from tadasu.extract.identifiers.key import Key
from tadasu.extract.identifiers.plan import Plan

__all__ = ["Carrier", "Hider", "Key", "Plan"]
