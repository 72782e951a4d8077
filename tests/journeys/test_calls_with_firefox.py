"""Dr. Díaz at Chromium calls Ana at Firefox: each decodes what the other one sends."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import PASSWORD
from tests.journeys import calling
from tests.journeys.calling import DEVICES, KEEP, MEASURE
from tests.journeys.conftest import Enter
from tests.journeys.world import Clinics, Portal
from tests.services.firefox import Firefox

SIGN_IN = f"""(() => {{
  const [form] = [...document.forms].filter((one) => one.querySelector("[type=password]"));
  form.querySelector("[type=text]").value = "ana";
  form.querySelector("[type=password]").value = "{PASSWORD}";
  form.querySelector("[type=submit], button:not([type=button])").click();
}})()"""
ACCEPT = """[...document.querySelectorAll("button")]
  .find((one) => one.textContent.trim() === "Aceptar videollamada").click()"""


@pytest.fixture
def firefox(tmp_path: Path, owner_lock: Path) -> Iterator[Firefox]:
    firefox = Firefox(tmp_path, owner_lock=owner_lock)
    yield firefox
    firefox.close()


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> str:
    return calling.clinic_file(tmp_path_factory.mktemp("calling"))


@pytest.fixture
def portal(clinics: Clinics, clinic: str) -> Portal:
    return clinics(clinic, more=calling.fill)


def test_chromium_and_firefox_see_and_hear_each_other(
    enter: Enter, portal: Portal, firefox: Firefox, record_property
):
    diaz = enter(**DEVICES)
    calling.come_in(diaz, portal, "diaz")
    firefox.always(KEEP)
    firefox.open(f"{portal.url}/ingresar")
    firefox.run(SIGN_IN)
    firefox.wait_for("document.body.innerText.includes('Cerrar sesión')")

    consultation = calling.ring(diaz)
    firefox.open(consultation.url)
    firefox.run(ACCEPT)
    firefox.wait_for("document.querySelector('#call.on') !== null")

    calling.wait_for_media(consultation)
    first = firefox.run(f"({MEASURE})()")
    firefox.wait_for(f"""({MEASURE})().then((now) =>
      now.frames > {first["frames"]} + 3 && now.energy > {first["energy"]})""")
    record_property("figures", f"{calling.figures(consultation)}; {firefox.run(f'({MEASURE})()')}")
