"""Which of the clinic's documents are for a patient's eyes?  Pure: no I/O, no clock."""

from collections.abc import Collection

# FHIR's states of what was never ordered, or should not have been written.
NEVER_ORDERED = ("draft", "entered-in-error")
IN_FORCE = "active"


def is_in_force(statuses: Collection[str]) -> bool:
    """Whether any medicine of a prescription is still to be taken."""
    return IN_FORCE in statuses
