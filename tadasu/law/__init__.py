"""The law of individual resident tax (個人住民税) as data, and the computation from it, exact to the yen."""

from tadasu.law.assess import assess
from tadasu.law.check import CheckError, check
from tadasu.law.contradictions import CONTRADICTIONS
from tadasu.law.given import FrameError
from tadasu.law.law import Law
from tadasu.law.lines import LINES, WORKING
from tadasu.law.load import LawError
from tadasu.law.renew import renew

__all__ = [
    "CONTRADICTIONS",
    "LINES",
    "WORKING",
    "CheckError",
    "FrameError",
    "Law",
    "LawError",
    "assess",
    "check",
    "renew",
]
