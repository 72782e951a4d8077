"""
The steps a booking can have, one module each.

``step(rules)`` of a module is the step for a clinic with *rules*; which of them a clinic asks, and
in which order, says its ``booking.steps``.  Steps know each other's answers by the names of the
fields alone: ``agreement``, ``area``, ``modality``, ``by``, ``service``, ``practitioner``,
``city``, ``site``, ``first_day``, ``last_day``, ``part``, ``day``, ``slot``.  A field that ends in
``_text`` is how the answer reads; no query has to find its words again.
"""
