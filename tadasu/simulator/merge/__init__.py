"""What a tax system makes of the papers: one merged record a person, and the tax computed from it."""

from tadasu.simulator.merge.record import merge

__all__ = ["merge"]
