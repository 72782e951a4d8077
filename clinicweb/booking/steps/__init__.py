"""
The steps a booking can have, one module each.

``step(rules)`` of a module is the step for a clinic with *rules*; which of them a clinic asks, and
in which order, says its ``booking.steps``.  Steps know each other's answers by the names of the
fields alone: ``service``, ``practitioner``, ``day``, ``slot``, ``agreement``.
"""
