"""Sniffing an unknown export: what its files and columns seem to be, as a mapping to be confirmed."""

from tadasu.extract.sniff.match import Fit, Match
from tadasu.extract.sniff.notes import DOUBT
from tadasu.extract.sniff.render import propose, render
from tadasu.extract.sniff.survey import Found, Kind, survey

__all__ = ["DOUBT", "Fit", "Found", "Kind", "Match", "propose", "render", "survey"]
