"""The one error that is meant for people: what is wrong, where, and what to do."""


class TadasuError(Exception):
    """Stop the job with a message a person can act on; the command line prints it and exits with 2."""
