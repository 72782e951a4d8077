"""Each manual's registration, by its own words.  S0-13…17, S1-2…8, S3-5…9, S3-14…16, S4-7…14."""

import re

from clinicweb.accounts.models import AFFILIATION, DOCUMENT, USERNAME, TermsAcceptance
from clinicweb.core import db
from tests.accounts.door import is_in
from tests.accounts.office import (
    NINA,
    PASSWORD,
    RITA,
    WORDS_OF_TERMS,
    account_of,
    body,
    code_in,
    give_rita,
    labels,
    link_in,
    write,
)


def sign_in(visitor, name, password=PASSWORD):
    visitor.get("/ingresar")
    form = visitor.form("/ingresar").fill(identifier=name, password=password)
    return form.submit().status_code


def test_teleconsulta_opens_the_account_of_a_new_person_at_once(office):
    """S0-13 to S0-18."""
    portal = office("teleconsulta")
    nina = portal.visitor()

    portal.register(nina, document="6.265.837-1", full_name="Nina Paz", email=NINA)
    assert "inicie sesión" not in nina.text()
    assert "iniciar sesión normalmente" in nina.text()
    portal.work()

    [mail] = portal.mails
    assert mail["To"] == NINA
    assert "Su cuenta fue creada con éxito" in body(mail)
    assert sign_in(nina, "6.265.837-1") == 303
    assert is_in(nina)


def test_oficina_virtual_validates_sends_a_code_where_asked_and_opens_by_it(office):
    """S1-2 to S1-9."""
    portal = office("oficina-virtual")
    rita = portal.visitor()

    portal.begin(rita)
    assert portal.fill(rita).submit("Registrar").status_code == 303
    rita.follow()
    rita.follow()
    assert list(rita.form("Enviar").options("channel").values()) == [
        "Correo electrónico r•••@correo.example"
    ]
    portal.work()
    assert portal.mails == []
    rita.form("Enviar").submit("Enviar")
    rita.follow()
    portal.work()
    write(rita.form("Continuar"), {"Código de 6 dígitos": code_in(portal.mails[0])}).submit()

    assert "Su cuenta está activa" in rita.text()
    rita.click("Aceptar")
    assert sign_in(rita, "1.020.304.050") == 303
    assert sign_in(portal.visitor(), RITA) == 303


def test_afiliados_gives_a_password_for_one_use_and_asks_for_another(office):
    """S3-5 to S3-9, S3-14 to S3-18."""
    portal = office("afiliados")
    rita = portal.visitor()

    portal.register(rita)
    assert "Ingrese el código" in rita.text()
    portal.work()
    rita.get(link_in(portal.mails[0]))
    rita.form("Activar mi cuenta").submit()
    shown = re.search(r"\b\w{4}-\w{4}-\w{4}\b", rita.text())
    assert shown
    assert "Imprimir" in rita.text()
    portal.work()

    assert shown[0] in body(portal.mails[1])
    assert "AF100" in body(portal.mails[1])
    assert sign_in(rita, "AF-100", shown[0]) == 303
    for address in ("/", "/mis-sesiones", "/reservar/", "/mi-perfil", "/nowhere"):
        assert rita.get(address).headers["Location"] == "/mi-perfil/clave"
    rita.get("/mi-perfil/clave")
    form = rita.form("/mi-perfil/clave")
    assert (
        form.fill(current=shown[0], password=shown[0], again=shown[0]).submit().status_code == 422
    )
    assert rita.get("/").headers["Location"] == "/mi-perfil/clave"
    rita.get("/mi-perfil/clave")
    form = rita.form("/mi-perfil/clave")
    assert (
        form.fill(current=shown[0], password=PASSWORD, again=PASSWORD).submit().status_code == 303
    )
    assert is_in(rita)
    assert sign_in(portal.visitor(), "AF100", shown[0]) == 422
    assert sign_in(portal.visitor(), RITA) == 303


def test_historia_clinica_confirms_by_mail_and_tells_so_in_a_second_one(office):
    """S4-6 to S4-14."""
    portal = office("historia-clinica")
    rita = portal.visitor()
    portal.begin(rita)
    assert labels(rita.form("Aceptar")) == [
        "Email", "Usuario", "Clave", "Repetir clave", "Nombre", WORDS_OF_TERMS
    ]  # fmt: skip

    portal.register(rita)
    portal.work()
    assert sign_in(rita, "rita") == 422
    rita.get(link_in(portal.mails[0]))
    rita.form("Activar mi cuenta").submit()
    portal.work()

    assert portal.mails[1]["Subject"].startswith("Usuario confirmado")
    assert sign_in(rita, "rita") == 303


def test_a_relatives_card_opens_the_titulars_account_and_only_one(office):
    """S3-3, S3-11, S3-12, S3-19, S3-69."""
    portal = office("afiliados")

    portal.register(portal.visitor(), affiliation_number="AF-101", email="beto@correo.example")
    portal.work()
    visitor = portal.visitor()
    visitor.get(link_in(portal.mails[0]))
    visitor.form("Activar mi cuenta").submit()
    portal.register(portal.visitor(), email=NINA)
    portal.work()

    account = account_of(AFFILIATION, "AF100")
    assert account
    assert account.name == "Rita Mora"
    assert account_of(AFFILIATION, "AF101") is None
    assert portal.mails[2]["To"] == NINA
    assert "ya tienen una cuenta" in body(portal.mails[2])


def test_several_people_share_an_address_and_each_has_a_user(office):
    """S4-18: the name tells whose record it is."""
    portal = office("historia-clinica")

    for user, name in (("rita", "Rita Mora"), ("beto", "MORA beto")):
        portal.register(portal.visitor(), username=user, full_name=name)
        portal.work()
        visitor = portal.visitor()
        visitor.get(link_in(portal.mails[-1]))
        visitor.form("Activar mi cuenta").submit()
        portal.work()

    accounts = [account_of(USERNAME, user) for user in ("rita", "beto")]
    assert [account and account.name for account in accounts] == ["Rita Mora", "Beto Mora"]


def test_an_address_that_no_record_has_is_told_so_by_mail(office):
    """S4-8, S4-16."""
    portal = office("historia-clinica")

    portal.register(portal.visitor(), email=NINA)
    portal.work()

    [mail] = portal.mails
    assert mail["To"] == NINA
    assert "no calzan con los de la clínica" in body(mail)


def test_a_record_that_exists_waits_for_its_mailbox_even_where_new_people_need_not(office):
    """Somebody else's RUT and address are easily known."""
    portal = office("teleconsulta")
    give_rita(document_type="rut", document_number="5126663-3")
    thief, owner = portal.visitor(), portal.visitor()

    portal.register(thief)
    portal.work()
    assert sign_in(thief, "5.126.663-3") == 422
    owner.get(link_in(portal.mails[0]))
    owner.form("Activar mi cuenta").submit()

    assert "código" not in body(portal.mails[0])
    assert sign_in(owner, "5.126.663-3") == 303


def test_a_record_is_not_opened_by_its_telephone(office):
    portal = office("oficina-virtual")

    portal.register(portal.visitor(), email=NINA)
    portal.work()

    assert "no calzan" in body(portal.mails[0])
    assert account_of(DOCUMENT, "1020304050") is None


def test_what_was_accepted_is_kept_with_its_account_and_can_be_read(office):
    portal = office("teleconsulta")
    nina = portal.visitor()

    portal.register(nina, document="6.265.837-1", full_name="Nina Paz", email=NINA)
    portal.work()

    with db.reading() as session:
        kept = session.query(TermsAcceptance).one()
    assert (kept.version, len(kept.text_hash), kept.address) == ("2026-11", 64, "127.0.0.1")
    nina.get("/terminos")
    assert "Versión 2026-11" in nina.text()
