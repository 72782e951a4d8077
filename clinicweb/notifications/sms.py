"""Text messages: short, without a clinical word, and cheap: in letters that every phone knows."""

import unicodedata
from dataclasses import dataclass

from flask_babel import force_locale

from clinicweb.notifications.rendering import BadMessage, Letter, Letterhead, reader, text_of

# GSM 03.38: 160 letters of it are one message; one other letter and it is 70.
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = "^{}\\[~]|€\f"
_WIDTH = dict.fromkeys(_BASIC, 1) | dict.fromkeys(_EXTENDED, 2)
_ONE, _OF_SEVERAL = 160, 153
_ONE_WIDE, _OF_SEVERAL_WIDE = 70, 67
_SIMPLER = str.maketrans(
    {"«": '"', "»": '"', "“": '"', "”": '"', "’": "'", "–": "-", "—": "-"}
    | {"…": "...", "\N{NO-BREAK SPACE}": " "}
)
MOST_PARTS = 3


@dataclass(frozen=True, slots=True)
class TextMessage:
    """
    What a gateway gets.

    Args:
        to: E.164.
        id: the same for each attempt, so that a gateway can tell a message sent twice as one.
    """

    to: str
    text: str
    id: str


def render(letter: Letter, letterhead: Letterhead) -> TextMessage:
    """
    The finished text; needs an application context.

    Raises: as ``rendering.render``.
    """
    with force_locale(reader(letter)):
        text = in_plain_letters(text_of(f"sms/{letter.template}/text.txt", letter, letterhead))
    text = " ".join(text.split())
    if not letter.recipient.startswith("+") or not letter.recipient[1:].isdecimal():
        raise BadMessage("recipient: no number in E.164")
    if parts(text) > MOST_PARTS:
        raise BadMessage(f"text: more than {MOST_PARTS} messages long")
    return TextMessage(to=letter.recipient, text=text, id=letter.stable_id)


def in_plain_letters(text: str) -> str:
    """
    *text* without the accents that would make it cost twice; as it is where more than that is
    in the way.

    >>> in_plain_letters("Su código en «Clínica Ñuñoa»")
    'Su codigo en "Clinica Ñuñoa"'
    """
    simpler = "".join(map(_plain, unicodedata.normalize("NFC", text).translate(_SIMPLER)))
    return simpler if _is_gsm(simpler) else text


def _plain(letter: str) -> str:
    return letter if letter in _WIDTH else unicodedata.normalize("NFD", letter)[0]


def _is_gsm(text: str) -> bool:
    return all(letter in _WIDTH for letter in text)


def parts(text: str) -> int:
    """As how many messages *text* is sent, and paid for."""
    if _is_gsm(text):
        return _packed([_WIDTH[letter] for letter in text], _ONE, _OF_SEVERAL)
    widths = [len(letter.encode("utf-16-le")) // 2 for letter in text]
    return _packed(widths, _ONE_WIDE, _OF_SEVERAL_WIDE)


def _packed(widths: list[int], one: int, of_several: int) -> int:
    """No letter is split between two of them."""
    if sum(widths) <= one:
        return 1
    count, room = 1, of_several
    for width in widths:
        if width > room:
            count, room = count + 1, of_several
        room -= width
    return count
