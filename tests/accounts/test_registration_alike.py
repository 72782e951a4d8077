"""Known, unknown and taken look the same: nobody learns who is a patient."""

import re

import pytest

from tests.accounts.office import GATEWAY, NINA, code_in, link_in

# What each of them typed themselves.
THEIRS = ("uno", "dos", "tres", "rota", "rita", "nina")
CHANNELS = ("sms", "email", "sms")


def without_secrets(text):
    text = re.sub(r'(nonce=|data-captcha=|name="csrf_token" value=)"[^"]*"', r'\1""', text)
    text = re.sub(r"[\w.=-]{40,}", "", text)  # what a captcha's picture is called
    return re.sub(r"[\w-]{22}(?=[/\"<])", "", text)


def noting(visitor, seen):
    """``visitor.open`` that writes each answer down in *seen*."""
    real = visitor.open

    def open_and_note(*args, **kwargs):
        answer = real(*args, **kwargs)
        body = without_secrets(answer.get_data(as_text=True))
        place = without_secrets(answer.headers.get("Location", "") + '"')
        seen.append(
            (answer.status, sorted(answer.headers.keys()), place, body, visitor.last_queries)
        )
        return answer

    return open_and_note


def told(portal, visitor, **changes):
    """All that a browser sees on the way: status, headers, body and queries of each answer."""
    seen = []
    visitor.open = noting(visitor, seen)
    portal.register(visitor, **changes)
    portal.work()
    visitor.get(visitor.url)
    for _ in range(6):
        visitor.form("Continuar").fill(code="000000").submit()
    visitor.form("Enviar de nuevo").submit()
    portal.work()
    visitor.follow()
    visitor.form("Continuar").fill(code="000000").submit()
    return seen


def plain(step):
    status, headers, place, body, queries = step
    for word in THEIRS:
        body = body.replace(word, "")
    body = body.replace("n•••", "r•••").replace("s78", "s77")
    body = re.sub(r"300 \d{3} \d{4}|(?<=•••) \d\d \d\d", "", body)
    return status, headers, place, body, len(queries)


@pytest.mark.parametrize(
    ("preset", "stranger"),
    [
        ("historia-clinica", {"email": NINA}),
        ("afiliados", {"card_serial": "s78"}),
        ("oficina-virtual", {"email": "rota@correo.example"}),
    ],
)
def test_nobody_can_tell_who_is_known(office, preset, stranger):
    portal = office(preset)
    names = iter(["uno", "dos", "tres"])

    def changes(more):
        return more | ({"username": next(names)} if preset == "historia-clinica" else {})

    known = told(portal, portal.visitor(), **changes({}))
    unknown = told(portal, portal.visitor(), **changes(stranger))
    activating = portal.visitor()
    activating.get(link_in([mail for mail in portal.mails if "Confirme" in mail["Subject"]][-1]))
    assert activating.form("Activar mi cuenta").submit().status_code == 200
    taken = told(portal, portal.visitor(), **changes({}))

    assert len(known) > 12
    for one, other in ((known, unknown), (known, taken)):
        for here, there in zip(one, other, strict=True):
            assert plain(here) == plain(there)


def told_by_telephone(portal, visitor, **changes):
    """The same, asked for by text message, by e-mail, and by text message again."""
    seen = []
    visitor.open = noting(visitor, seen)
    portal.register(visitor, **changes)
    for channel in CHANNELS:
        portal.work()
        visitor.form("Continuar").fill(code="000000").submit()
        visitor.form("Enviar de nuevo").fill(channel=channel).submit()
        if visitor.last.status_code == 303:
            visitor.follow()
    visitor.get(visitor.url)
    return seen


def test_nobody_can_tell_who_is_known_by_telephone(office):
    """S1-6: the masked number is of what was typed; known, unknown and taken look the same."""
    portal = office("oficina-virtual", sms_gateway_url=GATEWAY)
    portal.channel = "sms"

    known = told_by_telephone(portal, portal.visitor())
    unknown = told_by_telephone(portal, portal.visitor(), phone="300 765 4321")
    portal.channel, activating = "email", portal.visitor()
    portal.register(activating)
    portal.work()
    activating.form("Continuar").fill(code=code_in(portal.mails[-1])).submit()
    assert activating.last.status_code == 200
    portal.channel = "sms"
    taken = told_by_telephone(portal, portal.visitor())

    assert len(known) > 12
    for one, other in ((known, unknown), (known, taken)):
        for here, there in zip(one, other, strict=True):
            assert plain(here) == plain(there)
