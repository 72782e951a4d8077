"""Where the invented clinic stands: the cities, numbers and holidays of its country."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clinicweb.clinic.rules import ClinicRules
from clinicweb.demo.tables import has_plan, read_plan

# Whose cities a clinic gets whose country has no file.
ELSEWHERE = "CL"

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """
    What the files of a clinic take from its rules and its country.

    ``mobile`` is a telephone with ``{number}`` in it; ``holidays`` are month-days with a reason.
    """

    document_type: str
    mobile: str
    mail_domain: str
    sites: Sequence[Row]
    agreements: Sequence[Row]
    holidays: Sequence[Row]
    # The only services that patients book by themselves (S3-30); none named: all of the plan's.
    web_services: Sequence[str] = ()


def place_of(rules: ClinicRules) -> Place:
    """The place of a clinic with *rules*: in its country, and all in its time zone."""
    identity = rules.identity
    name = _file_of(identity.country)
    plan = read_plan(name if has_plan(name) else _file_of(ELSEWHERE))
    sites = [site | {"timezone": identity.timezone} for site in plan.pop("sites")]
    return Place(document_type=rules.sign_in.document_types[0], sites=sites, **plan)


def _file_of(country: str) -> str:
    return f"countries/{country.lower()}"
