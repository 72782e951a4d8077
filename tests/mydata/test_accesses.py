"""«Quién vio mis datos»: whose lines, in which words, and the same as a file."""

import ast
import csv
import io
import re
from pathlib import Path

import pytest
from sqlalchemy import select

import clinicweb
from clinicweb.accounts.models import Account
from clinicweb.audit.models import AuditEvent
from clinicweb.core import clock, db
from clinicweb.core.ids import new_public_id
from clinicweb.mydata import policy
from clinicweb.mydata.texts import ACTIONS
from clinicweb.mydata.views import A_PAGE
from tests.cast import ANA, CLARA, DIAZ
from tests.family.world import patient

PAGE, FILE = "/quien-vio-mis-datos", "/quien-vio-mis-datos/archivo"
# What names no patient.
NOBODYS = {"agenda.close", "hours.publish", "import.run", "device.check"}
_ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
_WRITERS = {"record", "log_read", "note", "note_opened", "_note", "_record"}


def look(whose, action="conversation.read", *, by=None, name=None, detail=None, at=None):
    """A line about *whose* data, by the account of somebody of the cast, or by the portal."""
    with db.current().writing() as session:
        account = by and session.scalars(select(Account).where(Account.name == by)).one()
        session.add(
            AuditEvent(
                at=at or clock.now(),
                account_id=account.id if account else None,
                actor_name=name or by or "system",
                action=action,
                record_type="conversation",
                record_id="x",
                patient_id=patient(whose).id,
                detail=detail,
            )
        )


def rows(browser):
    assert browser.page is not None
    return len(list(browser.page.elements("tr"))) - 1


@pytest.fixture
def ana(page):
    browser = page(ANA)
    with db.reading() as session:
        browser.doctor = session.scalars(
            select(Account.name).where(Account.practitioner_id.is_not(None)).limit(1)
        ).one()
        browser.own = session.scalars(
            select(Account.name).where(Account.patient_id == patient("Ana").id)
        ).one()
    return browser


def test_who_looked_is_told_in_plain_words(ana):
    look("Ana", by=ana.doctor)
    look("Ana", "appointment.remind")
    look("Beto", "prescription.read", by=ana.own, detail={"on_behalf": True})
    ana.get("/mi-perfil")
    ana.click("Quién vio mis datos")

    text = ana.text()

    assert ana.doctor in text
    assert "Profesional" in text
    assert "Leyó una conversación" in text
    assert "Envió un recordatorio de una cita" in text
    assert "El portal, por sí mismo" in text
    assert "Vio los medicamentos de una receta" in text
    assert "en nombre de Beto Núñez" in text
    assert "Usted" in text


def test_others_are_seen_by_nobody_who_may_not_act_for_them(ana, page):
    for name in ("Gloria", "Hugo", "Clara"):
        look(name, "attention.read", by=ana.doctor)
    ana.get(PAGE)
    clara = page(CLARA)
    clara.get(PAGE)

    assert "Vio lo anotado" not in ana.text()
    assert "Vio lo anotado" in clara.text()
    for name in ("Gloria", "Hugo", "Clara"):
        assert ana.get(f"{PAGE}?persona={patient(name).public_id}").status_code == 422
    assert page(DIAZ).get(PAGE).status_code == 404


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("lecturas", {"conversation.read"}),
        ("cambios", {"appointment.book"}),
        ("cuenta", {"password.change", "session.start"}),
    ],
)
def test_kinds_part_the_list(ana, kind, wanted):
    for action in ("conversation.read", "appointment.book", "password.change"):
        look("Ana", action, by=ana.doctor)
    ana.get(f"{PAGE}?que={kind}&persona={patient('Ana').public_id}")

    for action in ("conversation.read", "appointment.book", "password.change"):
        assert (str(ACTIONS[action]) in ana.text()) is (action in wanted)


def test_days_and_pages_leave_nothing_out(ana):
    day = clock.now()
    for number in range(A_PAGE + 5):
        look("Beto", by=ana.doctor, at=day.replace(year=2025, microsecond=number))
    asked = f"{PAGE}?desde=2025-01-01&hasta=2025-12-31"
    ana.get(asked)
    first = rows(ana)
    ana.click("Ver más antiguas →")

    assert (first, rows(ana)) == (A_PAGE, 5)
    ana.click("← Volver a las más recientes")
    assert rows(ana) == A_PAGE
    wrong = ana.get(f"{PAGE}?desde=2027-03-03&hasta=2027-03-01")
    assert wrong.status_code == 422
    assert 'value="2027-03-03"' in wrong.text
    assert ana.get(f"{PAGE}?pagina=0").status_code == 422
    assert ana.get(f"{PAGE}?persona={new_public_id()}").status_code == 422


def test_the_file_holds_the_same_and_no_formulas(ana):
    look("Ana", by=ana.doctor, name="=HYPERLINK(1)")
    look("Beto", "appointment.book", by=ana.doctor)
    answer = ana.get(f"{FILE}?que=lecturas")

    lines = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))

    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert lines[0][0] == "Fecha y hora"
    assert [line[1:] for line in lines[1:]] == [
        ["Ana Núñez", "'=HYPERLINK(1)", "Profesional", "Leyó una conversación", ""]
    ]
    assert ana.get(f"{FILE}?desde=ayer").status_code == 422


def test_each_action_that_is_written_has_its_words():
    written = set()
    for path in Path(clinicweb.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and _name(call.func) in _WRITERS:
                written |= {text for text in map(_text, call.args) if _ACTION.fullmatch(text)}

    assert len(written) > 40
    assert {
        action
        for action in written - NOBODYS - ACTIONS.keys()
        if policy.kind_of(action) != policy.ACCOUNT
    } == set()


def _name(called: ast.expr) -> str:
    return getattr(called, "attr", getattr(called, "id", ""))


def _text(argument: ast.expr) -> str:
    value = getattr(argument, "value", "")
    return value if isinstance(value, str) else ""
