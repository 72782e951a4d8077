"""The manual's steps S0-12 and S0-18 to S0-30, told once for every way of doing them."""

from playwright.sync_api import expect

from tests.cast import PASSWORD
from tests.journeys.visitor import Visitor
from tests.journeys.world import ANAS_NAME

NEW_HOUR = "Reservar una nueva hora haciendo click aquí"
ANAS_GREETING = f"Hola, {ANAS_NAME}"
SEARCH, HOUR, CHECK = "Busque su hora", "Elija la hora", "Revise su reserva"
DONE = "Su hora ha sido reservada de forma correcta"
RELEASE = "¿Quiere liberar esta hora?"


def sign_in(visitor: Visitor, name: str = "ana", greeting: str = ANAS_GREETING) -> None:
    """S0-12, S0-18, S0-19."""
    visitor.open("/ingresar")
    visitor.arrive("Iniciar sesión")
    give_name_and_password(visitor, name)
    visitor.arrive(greeting)


def give_name_and_password(visitor: Visitor, name: str, password: str = PASSWORD) -> None:
    visitor.type("RUT o nombre de usuario", name)
    visitor.type("Contraseña", password)
    visitor.press("Iniciar sesión")


def begin(visitor: Visitor) -> None:
    """S0-20."""
    visitor.press(NEW_HOUR)
    visitor.arrive(SEARCH)


def search(visitor: Visitor, service: str = "Cardiología", doctor: str = "Dra. Inés Soto") -> None:
    """S0-21: specialty, then one of its professionals."""
    visitor.choose("Especialidad", service)
    visitor.choose("Profesional", doctor)


def take_day(visitor: Visitor, number: int = 0) -> None:
    """S0-21: a date that says how many hours it has."""
    day = visitor.days.nth(number)
    expect(day).to_contain_text("horas libres")
    visitor.activate(day)
    visitor.arrive(HOUR)


def take_hour(visitor: Visitor, number: int = 0) -> str:
    """S0-23.  Returns what the hour says, e.g. «12:00»."""
    hour = visitor.hours.nth(number)
    text = visitor.page.locator(f"label[for={hour.get_attribute('id')}] b").inner_text()
    visitor.pick(hour)
    visitor.press("Continuar con la reserva")
    visitor.arrive(CHECK)
    return text.split(", ")[-1]  # after a lost race the day stands before it


def confirm(visitor: Visitor) -> None:
    """S0-25, S0-26."""
    visitor.press("Confirmar Reserva")
    visitor.arrive(DONE)


def go_home(visitor: Visitor, greeting: str = ANAS_GREETING) -> None:
    """S0-27."""
    visitor.press("Volver al inicio")
    visitor.arrive(greeting)


def book(visitor: Visitor, day: int = 0, hour: int = 0) -> str:
    """S0-20 to S0-26, from the home page.  Returns the hour."""
    begin(visitor)
    search(visitor)
    take_day(visitor, day)
    text = take_hour(visitor, hour)
    confirm(visitor)
    return text


def release(visitor: Visitor, hour: str, greeting: str = ANAS_GREETING) -> None:
    """S0-30: the button on the card, then again under what would be given back."""
    card = visitor.cards.filter(has_text=f", {hour}")
    visitor.activate(card.get_by_role("link", name="Liberar"))
    visitor.arrive(RELEASE)
    expect(visitor.page.locator("main")).to_contain_text(hour)
    visitor.press("Liberar")
    visitor.arrive(greeting)
    expect(visitor.page.get_by_role("status")).to_contain_text("Su hora quedó liberada")
