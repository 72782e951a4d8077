"""
Run a program with bounds that it cannot lift: ``MEGABYTES SECONDS PROGRAM ARGUMENT…``, the first
being those of its address space.

A program of its own, without the portal's imports: it becomes the other one.
"""

import ctypes
import os
import resource
import sys

MIB = 1024 * 1024
_NEW_USER_AND_NETWORK = 0x10000000 | 0x40000000
_WRITTEN_BYTES = 64 * MIB
# What is really used; of addresses an engine may reserve many times as much.
_USED_BYTES = 400 * MIB


def bound(megabytes: int, seconds: int) -> None:
    """From here on little can be taken, and nobody reached, whatever a document makes of us."""
    for what, most in (
        (resource.RLIMIT_AS, megabytes * MIB),
        (resource.RLIMIT_DATA, _USED_BYTES),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, _WRITTEN_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    # A network of its own, without a single line; where the system does not allow it, the
    # engine's own refusal stands alone.
    ctypes.CDLL(None).unshare(_NEW_USER_AND_NETWORK)


if __name__ == "__main__":
    bound(int(sys.argv[1]), int(sys.argv[2]))
    os.execv(sys.argv[3], sys.argv[3:])  # noqa: S606  the very engine that was asked for
