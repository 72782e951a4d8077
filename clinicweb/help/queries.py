"""The guide of this clinic, in the reader's language."""

from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.errors import NotFound
from clinicweb.help import (
    account_topics,
    booking_topics,
    changing_topics,
    people_topics,
    service_topics,
)
from clinicweb.help.guide import Topic

_TOPICS = (
    account_topics.registering,
    account_topics.signing_in,
    account_topics.recovering,
    booking_topics.booking,
    changing_topics.cancelling,
    changing_topics.waiting,
    people_topics.family,
    people_topics.chat,
    service_topics.prescriptions,
    service_topics.sick_leaves,
    service_topics.calls,
    service_topics.contact,
)


def list_topics(rules: ClinicRules) -> tuple[Topic, ...]:
    """What a clinic with *rules* offers, in the order in which people meet it."""
    return tuple(topic for make in _TOPICS if (topic := make(rules)))


def get_topic(rules: ClinicRules, key: str) -> Topic:
    """Raises ``NotFound``, too for what this clinic does not offer."""
    for topic in list_topics(rules):
        if topic.key == key:
            return topic
    raise NotFound
