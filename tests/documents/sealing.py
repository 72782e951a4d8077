"""Certificates of one empty page each, sealed by a certificate of the test's own."""

from pathlib import Path

import pikepdf
from sqlalchemy import select

from clinicweb.clinic.rules import load_rules
from clinicweb.core import db
from clinicweb.documents import pdf, signing
from clinicweb.documents.models import DocumentSeal, SickLeave
from tests.documents.leaves import fill_unsealed
from tests.documents.world import Quick

RULES = load_rules("afiliados")
ADDRESS = "https://portal.clinica.example"


class Blank(Quick):
    """Makes a real PDF of one empty page."""

    def make(self, html: str, paper: str, folder: Path) -> bytes:
        super().make(html, paper, folder)
        made = pikepdf.new()
        made.add_blank_page()
        made.save(folder / "made.pdf")
        return (folder / "made.pdf").read_bytes()


def ready_to_seal(folder: Path) -> None:
    """Ana and Beto have one each that waits for its seal."""
    with db.current().writing() as session:
        fill_unsealed(session)
    pdf.use(pdf.Press(folder / "papers", Blank()))
    signing.keep_own_certificate(folder / "seal.p12", "Clínica Ñandú")
    signing.use(signing.sealer_of(folder / "seal.p12", "", "Clínica Ñandú"))


def sealed(mrn: str = "1001") -> DocumentSeal:
    query = select(DocumentSeal).join(SickLeave).where(SickLeave.code == f"{mrn}-sealed")
    with db.reading() as session:
        found = session.scalars(query).one()
        session.expunge(found)
        return found
