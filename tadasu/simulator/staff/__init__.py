"""What staff do about the rows of the list: right lines from the truth, and how people record them."""

from tadasu.simulator.staff.desk import Desk, Work, truth_lines, work
from tadasu.simulator.staff.errors import errors
from tadasu.simulator.staff.final import final
from tadasu.simulator.staff.habits import Habits
from tadasu.simulator.staff.right import asks, right_lines

__all__ = ["Desk", "Habits", "Work", "asks", "errors", "final", "right_lines", "truth_lines", "work"]
