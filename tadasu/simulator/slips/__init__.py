"""Slips: each way that papers, or what is keyed from them, go wrong, as one declared object.

`CATALOGUE` falsifies records, `INNOCENT` only makes papers disagree. Their rates stand in `rates.yaml`.
"""

from tadasu.simulator.slips.catalogue import CATALOGUE, INNOCENT, by_name
from tadasu.simulator.slips.filed import Filed
from tadasu.simulator.slips.happen import Hit, blame, draw, happen
from tadasu.simulator.slips.scene import Scene
from tadasu.simulator.slips.slip import Slip

__all__ = ["CATALOGUE", "INNOCENT", "Filed", "Hit", "Scene", "Slip", "blame", "by_name", "draw", "happen"]
