"""The guide's words for each step of a booking, with the clinic's own labels."""

from collections.abc import Mapping

from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.i18n import _

Texts = Mapping[str, Mapping[str, str]]


def step_texts(rules: ClinicRules) -> Texts:
    """What to do at each step that a clinic may ask, by the keys that it has in the flow."""
    return {**_beginning(rules), **_looking(rules), **_ending(rules)}


def _beginning(rules: ClinicRules) -> Texts:
    labels = rules.labels
    return {
        "person": {"persona": _("Elija para quién es la hora.")},
        "one_screen": {
            "buscar": _(
                "Elija «%(service)s» y, si quiere, «%(practitioner)s»; luego "
                "pulse un día de los que tienen horas.",
                service=_(labels.service),
                practitioner=_(labels.practitioner),
            )
        },
        "hour": {"hora": _pick_an_hour(rules)},
        "agreement": {
            "convenio": _(
                "Seleccione el convenio y pulse «%(button)s».", button=_(labels.accept_agreement)
            )
        },
        "tutorial": {
            "guia": _(
                "La primera vez verá unas láminas: pase con «%(next)s» y termine con «%(end)s».",
                next=_(labels.next_slide),
                end=_(labels.end_slides),
            )
        },
        "start": {"inicio": _("Pulse «%(button)s».", button=_(labels.start_booking))},
        "kind": {
            "tipo": _(
                "Seleccione el tipo de cita, por ejemplo «%(kind)s».", kind=_(labels.medicine)
            )
        },
        "modality": {
            "modalidad": _(
                "Elija «%(here)s» o «%(virtual)s».",
                here=_(labels.in_person),
                virtual=_(labels.virtual),
            )
        },
        "by": {"por": _ways(rules)},
    }


def _looking(rules: ClinicRules) -> Texts:
    labels = rules.labels
    return {
        "search": {
            "busqueda": _(
                "Escriba el nombre, o su comienzo, y elija en la lista. Los acentos no importan."
            ),
            "varias": _(
                "Si son varias citas, agregue cada servicio y siga: se reservan todas o ninguna."
            ),
        },
        "city": {"ciudad": _("Seleccione la ciudad.")},
        "site": {"sede": _("Seleccione la sede.")},
        "dates": {
            "fechas": _(
                "Indique desde y hasta qué día, y pulse «%(button)s».", button=_(labels.see_agenda)
            )
        },
        "agenda": {
            "agenda": _pick_an_hour(rules),
            "horas": _("Con varias citas, elija una combinación de horas del mismo día."),
        },
    }


def _ending(rules: ClinicRules) -> Texts:
    labels = rules.labels
    return {
        "recommendations": {
            "recomendaciones": _(
                "Lea las recomendaciones para su cita y pulse «%(button)s».",
                button=_(labels.read_recommendations),
            )
        },
        "summary": {
            "confirmar": _(
                "Revise lo elegido, cambie lo que haga falta y pulse «%(button)s».",
                button=_(labels.confirm_booking),
            )
        },
    }


def _pick_an_hour(rules: ClinicRules) -> str:
    return _(
        "Elija el día y la hora, y pulse «%(button)s».", button=_(rules.labels.continue_booking)
    )


def _ways(rules: ClinicRules) -> str:
    labels = rules.labels
    return _(
        "Para consultas elija «%(doctor)s» o «%(specialty)s»; para exámenes, «%(procedure)s»; "
        "para más de una, «%(several)s».",
        doctor=_(labels.by_doctor),
        specialty=_(labels.by_specialty),
        procedure=_(labels.by_procedure),
        several=_(labels.several),
    )
