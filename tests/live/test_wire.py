"""What an open page costs on the wire: bytes as a socket of this machine gets them."""

import json

import pytest

from clinicweb.chat.models import WITH_PATIENT
from clinicweb.core import db
from clinicweb.core.ids import new_public_id
from tests.accounts.helped import clinic_file
from tests.booking.crowd import SETTINGS, gather
from tests.chat.world import open_between
from tests.live.people import listen

ONE_MESSAGE = 700
CLINIC = '[chat]\nis_on = true\nopens = "always"\n'
# Before the text of a frame: kind and length, and the mask of a browser.
MOST_HEADER = 8


@pytest.fixture
def pair(serve, clinic_url, tmp_path):
    """A portal, two who write to each other, and their conversation."""
    database = db.Database(clinic_url)
    db.configure(database)
    people = gather(2)
    conversation = open_between(people, WITH_PATIENT)
    database.dispose()
    settings = SETTINGS | {"DATABASE_URL": clinic_url, "CLINIC": clinic_file(tmp_path, CLINIC)}
    return serve(**settings), people, conversation


def test_one_message_is_small_on_the_wire(pair, record_property):
    portal, (one, other), conversation = pair
    with listen(portal.url, one.cookie) as writer, listen(portal.url, other.cookie) as reader:
        fields = {"live": "chat.send", "conversation": conversation, "key": new_public_id()}
        sent = json.dumps(fields | {"text": "¿Puedo tomarlo con leche?"})
        writer.send(sent)
        shown, echoed = reader.recv(timeout=60), writer.recv(timeout=60)

    sizes = {"read": shown, "written": echoed, "sent": sent}
    for name, text in sizes.items():
        size = len(text.encode()) + MOST_HEADER
        record_property(f"{name}_bytes", size)
        assert size <= ONE_MESSAGE, text
