"""
The clinic's digital seal: PAdES signatures by its own certificate, made with pyHanko.

The library is loaded where it signs: most processes never do.
"""

import logging
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12

from clinicweb.clinic.rules import ClinicRules
from clinicweb.config import PREFIX, BadSettings, Settings
from clinicweb.core import clock
from clinicweb.documents.codes import mark_of

log = logging.getLogger(__name__)

FIELD = "Sello"
_YEARS = timedelta(days=3650)
_LONGEST_NAME_BYTES = 64  # of X.509


class BadCertificate(Exception):
    """The file is no PKCS#12 with a key and its certificate, or the password is another one."""


@dataclass(frozen=True, slots=True)
class Sealer:
    """Signs for *clinic_name*; *certificate_hash*, of the DER's SHA-256, says by which one."""

    clinic_name: str
    certificate_hash: str
    _keys: bytes = field(repr=False)  # PKCS#12
    _password: bytes | None = field(repr=False)

    def sign(self, content: bytes, code: str) -> bytes:
        """*content* with a signature that covers all of it and allows no change (PAdES B-B)."""
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import signers
        from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

        about = signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            name=self.clinic_name,
            contact_info=mark_of(code),
        )
        writer = IncrementalPdfFileWriter(BytesIO(content))
        signer = signers.SimpleSigner.load_pkcs12_data(
            self._keys, other_certs=(), passphrase=self._password
        )
        signed: bytes = signers.sign_pdf(writer, about, signer=signer).getvalue()
        return signed


def sealer_of(path: Path, password: str, clinic_name: str) -> Sealer:
    """
    By the key and the certificate in the PKCS#12 file *path*.

    Raises: ``BadCertificate``.
    """
    secret = password.encode() or None
    try:
        content = path.read_bytes()
        key, certificate, _chain = pkcs12.load_key_and_certificates(content, secret)
    except (OSError, ValueError) as error:
        raise BadCertificate(f"{path}: {error}") from error
    if key is None or certificate is None:
        raise BadCertificate(f"{path}: no key with its certificate")
    return Sealer(clinic_name, certificate.fingerprint(hashes.SHA256()).hex(), content, secret)


def keep_own_certificate(path: Path, clinic_name: str) -> None:
    """One that nobody vouches for, made once, for trying: for this user's eyes only."""
    if path.exists():
        return
    # Written aside and linked: of two processes that start at once, both read the one whole file.
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".seal-") as file:
        file.write(_own_certificate(clinic_name))
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, path)


def _own_certificate(clinic_name: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    common_name = x509.NameAttribute(x509.NameOID.COMMON_NAME, _short(clinic_name))
    name, now = x509.Name([common_name]), clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _YEARS)
        .add_extension(_usage(), critical=True)
        .sign(key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(b"seal", key, made, None, NoEncryption())


def _short(name: str) -> str:
    return name.encode()[:_LONGEST_NAME_BYTES].decode(errors="ignore")


def _usage() -> x509.KeyUsage:
    """To sign documents, and nothing else."""
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


_sealer: Sealer | None = None


def configure(settings: Settings, rules: ClinicRules, *, is_demo: bool) -> None:
    """
    The seal of this process: the clinic's; in the demo, where it has none, one of its own making.

    Raises: ``BadSettings``.
    """
    path = Path(settings.seal_file) if settings.seal_file else None
    if path is None and is_demo:
        path = settings.data_dir / "seal.p12"
        keep_own_certificate(path, rules.identity.name)
    try:
        use(sealer_of(path, settings.seal_password, rules.identity.name) if path else None)
    except BadCertificate as error:
        raise BadSettings(f"{PREFIX}SEAL_FILE: {error}") from None
    if path is None and rules.documents.sick_leaves:
        log.warning("%sSEAL_FILE is not set: sick leaves are not sealed, and not shown", PREFIX)


def use(found: Sealer | None) -> None:
    """Documents of this process are sealed by *found*, or not at all."""
    global _sealer  # noqa: PLW0603  one installation, one seal
    _sealer = found


def sealer() -> Sealer | None:
    return _sealer
