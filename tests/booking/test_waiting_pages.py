"""The waiting list on the pages: asking where no hour suits, one's own list, an offer's link."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinicweb.booking.models import Slot
from clinicweb.booking.offer_mail import LIFETIME, PATH, PURPOSE
from clinicweb.booking.waiting_models import HourOffer
from clinicweb.clinic.models import Patient
from clinicweb.core import clock, db, tokens
from clinicweb.core.ids import new_public_id
from clinicweb.notifications.models import OutboxMessage
from clinicweb.notifications.rendering import Letterhead
from clinicweb.notifications.sender import _letter
from clinicweb.notifications.sms import render
from tests.booking import world
from tests.booking.waiting import answers, offered, wait_for
from tests.booking.world import free_slots, viewer_of
from tests.cast import ANA, ANAS_APPOINTMENT, CLARA, CLARAS_APPOINTMENT
from tests.checked_client import CheckedClient
from tests.pages import make_app

NEW = "/citas/esperas/nueva"
MINE = "/citas/esperas"
LINK = "Avisarme si se libera antes"


@pytest.fixture
def ana(page) -> CheckedClient:
    return page(ANA)


def link(app, offer_id: str, purpose: str = PURPOSE) -> str:
    keys = app.extensions["clinicweb.settings"].keys()
    return PATH + tokens.issue(keys, purpose, offer_id)


def test_who_has_an_hour_waits_for_an_earlier_one(ana: CheckedClient):
    ana.get("/")
    assert LINK in ana.text()
    ana.get(f"{NEW}?antes={ANAS_APPOINTMENT}")
    assert "Antes de la que ya tiene" in ana.text()
    assert ana.form("Avisarme").options("practitioner") == {
        "one": "Dr. Pablo Díaz", "any": "Con cualquier profesional",
    }  # fmt: skip

    ana.form("Avisarme").fill(practitioner="any", part="morning").submit()
    ana.follow()

    assert "Le avisaremos" in ana.text()
    assert "Medicina general" in ana.text()
    assert "Con cualquier profesional" in ana.text()
    ana.form("Dejar de esperar: Medicina general").submit()
    ana.follow()
    assert "No espera ninguna hora" in ana.text()


def test_who_finds_none_on_the_way_to_one_is_offered_to_wait(ana: CheckedClient):
    for slot_id in free_slots("soto", "car"):
        world.change(Slot, Slot.id == slot_id, status="blocked")
    ana.get("/reservar/")
    ana.follow()
    ana.form("Ver horas").fill(service="Cardiología").submit()

    ana.click(LINK)
    ana.form("Avisarme").submit()
    ana.follow()

    assert "Cardiología" in ana.text()


def test_whoever_sees_the_hours_of_a_day_can_wait_for_others(ana: CheckedClient):
    ana.get("/reservar/")
    ana.follow()
    ana.form("Ver horas").fill(service="Medicina general").submit()
    ana.form("#days").submit()
    ana.follow()

    ana.click(LINK)

    assert "Medicina general" in ana.text()


def test_bad_dates_come_back_with_what_was_typed(ana: CheckedClient):
    ana.get(f"{NEW}?servicio=mg")
    today = clock.now().date()
    form = ana.form("Avisarme").fill(
        first_day=today + timedelta(days=9), last_day=today + timedelta(days=3)
    )
    form.submit_anyway()

    assert ana.last is not None
    assert ana.last.status_code == 422
    assert "no puede ser antes" in ana.text()
    assert (today + timedelta(days=9)).isoformat() in ana.last.get_data(as_text=True)


@pytest.mark.parametrize(
    "asked",
    ["servicio=nada", "servicio=mg&profesional=nadie", "servicio=mg&sede=x",
     "servicio=mg&modalidad=x", f"antes={CLARAS_APPOINTMENT}", f"antes={'N' * 22}",
     "servicio=mg&para=somebody-elses-record1"],
)  # fmt: skip
def test_what_the_clinic_has_not_or_is_anothers_is_not_there(ana: CheckedClient, asked):
    assert ana.get(f"{NEW}?{asked}").status_code == 404


def test_one_more_than_may_be_waited_for_is_refused_with_the_number(ana: CheckedClient):
    for slot_id in free_slots()[:3]:
        wait_for(viewer_of("Ana"), slot_id)

    ana.get(f"{NEW}?antes={ANAS_APPOINTMENT}")
    ana.form("Avisarme").submit()

    assert ana.last is not None
    assert ana.last.status_code == 409
    assert "Ya espera 3 horas" in ana.text()


def test_others_waits_are_not_counted_against_anybody(ana: CheckedClient):
    for slot_id in free_slots()[:3]:
        wait_for(viewer_of("Clara"), slot_id)

    ana.get(f"{NEW}?antes={ANAS_APPOINTMENT}")

    assert ana.form("Avisarme").submit().status_code == 303


def test_asking_twice_for_the_same_is_asking_once(ana: CheckedClient):
    ana.get(f"{NEW}?antes={ANAS_APPOINTMENT}")
    form = ana.form("Avisarme")
    assert [form.submit().status_code for _ in range(5)] == [303] * 5

    ana.get(MINE)

    assert ana.text().count("Dejar de esperar") == 1


def test_an_offer_stands_in_ones_list_and_nobody_elses(app, ana: CheckedClient, page):
    offered(viewer_of("Ana"), free_slots()[0])
    clara = page(CLARA)

    ana.get(MINE)
    clara.get(MINE)

    assert "No espera ninguna hora" in clara.text()
    ana.click("Ver la hora que le ofrecemos")
    assert "Se liberó una hora" in ana.text()


def test_looking_at_an_offer_five_times_changes_nothing_and_never_says_what_for(app, page):
    path = link(app, offered(viewer_of("Clara"), free_slots()[0]))
    visitor, before = page(), world.totals()

    for _ in range(5):
        assert visitor.get(path).status_code == 200

    assert world.totals() == before
    assert "Díaz" in visitor.text()
    assert "Medicina" not in visitor.text()


def test_one_press_takes_it_and_the_second_changes_nothing(app, page):
    slot_id = free_slots()[0]
    visitor = page()
    visitor.get(link(app, offered(viewer_of("Clara"), slot_id)))
    form = visitor.form("Tomar esta hora")

    codes = [form.submit().status_code for _ in range(2)]
    visitor.follow()

    assert codes == [303, 303]
    assert "La hora es suya" in visitor.text()
    assert "No la quiero" not in visitor.text()
    assert len(world.live_appointments(slot_id)) == 1


def test_who_has_a_later_one_changes_it_or_keeps_both(app, page):
    slot_id = free_slots()[0]
    visitor = page()
    visitor.get(link(app, offered(viewer_of("Ana"), slot_id)))
    assert "Tomar esta y conservar las dos" in visitor.text()

    visitor.form("Cambiar mi hora por esta").submit("Cambiar mi hora por esta")
    visitor.follow()

    assert "La hora es suya" in visitor.text()
    assert world.appointment(ANAS_APPOINTMENT).slot_id == slot_id


def test_who_does_not_want_it_says_so(app, page):
    slot_id, clara = free_slots()[0], viewer_of("Clara")
    visitor = page()
    visitor.get(link(app, offered(clara, slot_id)))

    visitor.form("No la quiero").submit("No la quiero")
    visitor.follow()

    assert "se la ofrecemos a quien sigue" in visitor.text()
    assert "Tomar esta hora" not in visitor.text()
    assert answers(slot_id) == [(clara.account_id, "declined")]


def test_when_it_is_over_the_buttons_say_so(app, page):
    slot_id = free_slots()[0]
    path, visitor = link(app, offered(viewer_of("Clara"), slot_id)), page()
    visitor.get(path)
    forms = [visitor.form("Tomar esta hora"), visitor.form("No la quiero")]
    world.change(HourOffer, HourOffer.slot_id == slot_id, ends_at=clock.now())

    assert [form.submit().status_code for form in forms] == [409, 409]
    assert "ya terminó" in visitor.text()
    visitor.get(path)
    assert "ya terminó" in visitor.text()


def test_other_links_lead_nowhere(app, page):
    offer_id, visitor = offered(viewer_of("Clara"), free_slots()[0]), page()
    old = link(app, offer_id)
    with clock.frozen(clock.now() + LIFETIME + timedelta(seconds=10)):
        too_old = visitor.get(old).status_code
    others = [link(app, new_public_id()), link(app, offer_id, "reminder"), f"{PATH}x"]

    assert too_old == 404
    assert [visitor.get(other).status_code for other in others] == [404] * 3


def test_others_read_that_it_is_being_offered(app, ana: CheckedClient):
    slot_id = free_slots()[0]
    ana.get("/reservar/")
    ana.follow()
    ana.form("Ver horas").fill(service="Medicina general").submit()
    ana.form("#days").submit()
    ana.follow()
    form = ana.form("#slot").fill(slot=str(slot_id))
    offered(viewer_of("Clara"), slot_id)

    form.submit()

    assert "se está ofreciendo a quien la esperaba" in ana.text()


def test_the_portals_own_worker_tells_by_mail_and_text_message(clinic_url, tmp_path):
    app = make_app(clinic_url, tmp_path, sms_gateway_url="http://127.0.0.1:9/sms")
    world.change(Patient, Patient.given_name == "Clara", phone="+56961234567")
    slot_id = free_slots()[0]

    with app.app_context():
        offer_id = offered(viewer_of("Clara"), slot_id)
        texts = [_short(row) for row in _messages() if row.channel == "sms"]

    assert world.mails(offer_id) == ["hour_offer email", "hour_offer sms"]
    assert len(texts) == 1
    assert "se liber" in texts[0]
    assert f"https://clinica.example{PATH}" in texts[0]
    assert "Medicina" not in texts[0]
    db.current().dispose()


def _messages() -> list[OutboxMessage]:
    with db.reading() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def _short(row: OutboxMessage) -> str:
    """What the phone shows; at most three messages' worth, else it would be refused."""
    head = Letterhead("Clínica", "no-responder@clinica.example", "https://clinica.example", ("k",))
    return render(_letter(row), head).text
