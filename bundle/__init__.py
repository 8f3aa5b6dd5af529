"""One archive that installs Tadasu on a machine without a network; not part of what is installed."""
