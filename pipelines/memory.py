"""Memory between stages: what one no longer needs is given back before the next takes its own."""

import contextlib
import ctypes
import gc


def give_back() -> None:
    """Return to the system what is no longer needed; the allocator keeps it otherwise."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
        ctypes.CDLL(None).malloc_trim(0)
