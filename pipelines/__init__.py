"""The wiring: one stage a file, each a verb; the command line."""
