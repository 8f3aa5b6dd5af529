"""Where runs and models are recorded: the only package that knows MLflow, imported at first use."""

from models.tracking.environment import environment
from models.tracking.page import ui
from models.tracking.registry import fingerprint, register, resolve
from models.tracking.runs import (
    Measure,
    anchors,
    begin,
    end,
    log_figures,
    log_files,
    log_metrics,
    log_warnings,
    resume,
    tag,
)

__all__ = [
    "Measure",
    "anchors",
    "begin",
    "end",
    "environment",
    "fingerprint",
    "log_figures",
    "log_files",
    "log_metrics",
    "log_warnings",
    "register",
    "resolve",
    "resume",
    "tag",
    "ui",
]
