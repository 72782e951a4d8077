"""The guide says what this clinic does, by its own numbers, and leads where the steps stand."""

import re

import pytest

from clinicweb.accounts.flow import registration_flow
from clinicweb.booking.flow import book_flow
from clinicweb.clinic.rules import load_rules, preset_names
from clinicweb.core import db
from clinicweb.help import guide, queries
from clinicweb.help.account_topics import RECOVERING, REGISTERING, SIGNING_IN
from clinicweb.help.booking_topics import BOOKING
from clinicweb.help.changing_topics import CANCELLING, WAITING
from clinicweb.help.people_topics import CHAT, FAMILY
from clinicweb.help.service_topics import CALLS, CONTACT, LEAVES, PRESCRIPTIONS
from tests.checked_client import CheckedClient
from tests.pages import make_app

ALWAYS = {SIGNING_IN, RECOVERING, BOOKING, CANCELLING, WAITING}
OF_ACCOUNTS = (
    "activate", "code", "help", "help_sent", "new_password", "reactivation", "sign_in", "temporary",
)  # fmt: skip
ELSEWHERE = {
    "booking/release.html", "booking/move.html", "booking/move_check.html",
    "booking/waiting/ask.html",
    "documents/prescriptions.html", "documents/medications.html", "documents/sick_leaves.html",
    "contact/write.html", "video/over.html",
}  # fmt: skip
HAS_HELP = re.compile(r"_way\.html|_need_help\.html")
SECTIONS = ["Formas de acceder", "Procedimiento", "Requisitos", "Consideraciones"]


def rules_of(name, **changes):
    """Those of a preset, but for what *changes* says of its sections."""
    rules = load_rules(name)
    parts = {
        section: getattr(rules, section).model_copy(update=fields)
        for section, fields in changes.items()
    }
    return rules.model_copy(update=parts)


def words_of(rules, key):
    topic = queries.get_topic(rules, key)
    return " ".join(line.text for section in topic.sections for line in section.lines)


@pytest.fixture(params=preset_names())
def clinic(request, clinic_url, tmp_path):
    app = make_app(clinic_url, tmp_path, clinic=request.param)
    yield app, load_rules(request.param)
    db.current().dispose()


def test_each_topic_has_the_sections_of_the_manual_and_each_step_its_paragraph(clinic):
    """S3-86."""
    app, rules = clinic
    flows = [book_flow(rules)]
    flows += [registration_flow(rules)] if rules.registration.is_open else []
    with app.test_request_context():
        topics = {topic.key: topic for topic in queries.list_topics(rules)}
        titles = {tuple(s.title for s in topic.sections) for topic in topics.values()}
        ids = {key: ids_in(topic) for key, topic in topics.items()}

    assert titles == {tuple(SECTIONS)}
    assert topics.keys() >= ALWAYS
    assert "paso-clave" in ids[RECOVERING]
    for flow in flows:
        assert {f"paso-{step.key}" for step in flow.steps} <= ids[flow.guide]


def test_each_step_leads_to_its_paragraph(clinic):
    app, rules = clinic
    flows = [book_flow(rules)]
    flows += [registration_flow(rules)] if rules.registration.is_open else []
    pages = {step.template for flow in flows for step in flow.steps} - {"booking/guide.html"}
    pages |= {f"accounts/{name}.html" for name in OF_ACCOUNTS} | ELSEWHERE
    found = {page: app.jinja_env.loader.get_source(app.jinja_env, page)[0] for page in pages}

    assert len(found) > len(OF_ACCOUNTS)
    assert [page for page, text in found.items() if not HAS_HELP.search(text)] == []


def ids_in(topic):
    return {line.id for section in topic.sections for line in section.lines if line.id}


def test_a_stranger_reads_the_whole_guide_from_the_door(clinic, record_property):
    """S2-24, S3-86: each address of the index leads to a place that is there."""
    app, _rules = clinic
    stranger = CheckedClient(app, use_cookies=True)
    stranger.get("/ingresar")
    stranger.click("Guía de uso")
    index = stranger.get(stranger.url).get_data(as_text=True)
    led_to = set(re.findall(r'href="(/ayuda/[a-z]+)#([\w-]+)"', index))

    assert "Revisión 2 · creada el 22 de noviembre de 2026" in stranger.text()
    assert len(led_to) >= 4 * len(ALWAYS)
    for address in {address for address, _ in led_to}:
        page = stranger.get(address).get_data(as_text=True)
        wanted = {anchor for where, anchor in led_to if where == address}
        assert wanted <= set(re.findall(r' id="([\w-]+)"', page))


@pytest.mark.parametrize(
    ("changes", "key", "expected"),
    [
        ({"booking": {"hold_minutes": 7}}, BOOKING, "se guarda 7 minutos"),
        ({"booking": {"horizon_days": 33}}, BOOKING, "próximos 33 días"),
        ({"booking": {"release_notice_minutes": 17}}, CANCELLING, "hasta 17 minutos antes"),
        ({"waiting": {"offer_minutes": 23}}, WAITING, "tiene 23 minutos"),
        ({"recovery": {"link_minutes": 44}}, RECOVERING, "vale 44 minutos"),
        ({"sign_in": {"idle_minutes": 21}}, SIGNING_IN, "tras 21 minutos"),
        ({"registration": {"link_hours": 29}}, REGISTERING, "vale 29 horas"),
        ({"family": {"majority_age": 21}}, FAMILY, "cumplió 21 años"),
        ({"chat": {"is_on": True, "edit_minutes": 9}}, CHAT, "durante 9 minutos"),
        ({"contact": {"longest_message": 777}}, CONTACT, "a lo más 777 letras"),
        ({"contact": {"messages_per_account_day": 4}}, CONTACT, "4 mensajes al día"),
        ({"video": {"max_minutes": 41}}, CALLS, "a lo más 41 minutos"),
        ({"documents": {"sick_leaves": True, "sick_leave_months": 5}}, LEAVES, "últimos 5 meses"),
    ],
)
def test_the_numbers_are_the_clinics_rules(app, changes, key, expected):
    with app.test_request_context():
        assert expected in words_of(rules_of("afiliados", **changes), key)


def test_the_sanction_is_told_by_its_rule_and_not_where_there_is_none(app):
    """S3-38."""
    rules = load_rules("afiliados")
    mild = rules.booking.sanctions.model_copy(update={"days": 0})
    with app.test_request_context():
        told = words_of(rules, CANCELLING)
        untold = words_of(rules_of("afiliados", booking={"sanctions": mild}), CANCELLING)

    assert "cuando faltan 6 horas o menos, no podrá reservar por web por 30 días" in told
    assert "3 citas en un plazo de 7 días" in told
    assert "30 días" not in untold


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"registration": {"is_open": False}}, REGISTERING),
        ({"family": {"is_on": False}}, FAMILY),
        ({"chat": {"is_on": False}}, CHAT),
        ({"waiting": {"most_per_person": 0}}, WAITING),
        ({"contact": {"types": ()}}, CONTACT),
        ({"documents": {"prescriptions": False}}, PRESCRIPTIONS),
        ({"documents": {"sick_leaves": False}}, LEAVES),
        ({"video": {"in_appointments": False}}, CALLS),
    ],
)
def test_what_a_clinic_does_not_offer_is_not_explained(app, changes, key):
    with app.test_request_context():
        keys = {topic.key for topic in queries.list_topics(rules_of("afiliados", **changes))}

    assert keys
    assert key not in keys


@pytest.mark.parametrize("typed", ["contraseña", "CONTRASENA", "contrasenna", "contrasñea"])
def test_the_search_forgives_accents_and_a_slip(page, typed):
    visitor = page()
    visitor.get("/ayuda", query_string={"q": typed})

    assert "resultado" in visitor.text()
    assert "Si olvidó su contraseña" in visitor.text()


def test_what_is_not_there_is_said_and_the_index_stays(page):
    visitor = page()
    visitor.get("/ayuda?q=zanahoria")

    assert "No encontramos «zanahoria»" in visitor.text()
    assert "Contenido" in visitor.text()
    assert page().get("/ayuda/nada").status_code == 404
    assert page().get("/ayuda", query_string={"q": "a" * 81}).status_code == 200


def test_nothing_asked_finds_nothing(app):
    with app.test_request_context():
        topics = queries.list_topics(load_rules("teleconsulta"))
        assert guide.find(topics, "  ", most=5) == ()
        assert 0 < len(guide.find(topics, "hora", most=5)) <= 5
