"""
WebAuthn, between our own words and the library's: what a browser is asked, what it answered.

Pure but for the library: no database, no request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_client_data_json
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

LIFETIME_SECONDS = 300
# What the library raises when an answer is not what it seems: bytes of strangers come here.
_MALFORMED = (WebAuthnException, ValueError, LookupError, TypeError, AttributeError, RecursionError)
_ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]


class BadAnswer(ValueError):
    """What came is no answer of an authenticator to what was asked."""


@dataclass(frozen=True, slots=True)
class Party:
    """Whom a passkey is for: the portal's *host* and *origin*, from its own settings."""

    host: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class Known:
    """A passkey that an account has already."""

    credential_id: str
    transports: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that an authenticator made; *credential_id* is base64url."""

    credential_id: str
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]


def party_of(base_url: str, name: str) -> Party | None:
    """The portal at *base_url*; None where browsers allow no passkeys: without name or TLS."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if not host or _is_address(host) or (parts.scheme != "https" and host != "localhost"):
        return None
    # As browsers write an origin: without the port that everybody knows.
    usual = 443 if parts.scheme == "https" else 80
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return Party(host, f"{parts.scheme}://{host}{port}", name)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def options_to_add(
    party: Party, *, challenge: str, handle: str, user: str, known: Sequence[Known]
) -> str:
    """JSON for ``navigator.credentials.create``."""
    options = webauthn.generate_registration_options(
        rp_id=party.host,
        rp_name=party.name,
        user_id=base64url_to_bytes(handle),
        user_name=user,
        user_display_name=user,
        challenge=base64url_to_bytes(challenge),
        timeout=LIFETIME_SECONDS * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_described(known),
        supported_pub_key_algs=_ALGORITHMS,
    )
    return webauthn.options_to_json(options)


def options_to_prove(party: Party, *, challenge: str, known: Sequence[Known] = ()) -> str:
    """JSON for ``navigator.credentials.get``; with no key *known*, the authenticator offers its."""
    options = webauthn.generate_authentication_options(
        rp_id=party.host,
        challenge=base64url_to_bytes(challenge),
        timeout=LIFETIME_SECONDS * 1000,
        allow_credentials=_described(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def _described(known: Sequence[Known]) -> list[PublicKeyCredentialDescriptor]:
    words = {transport.value: transport for transport in AuthenticatorTransport}
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(key.credential_id),
            transports=[words[word] for word in key.transports if word in words] or None,
        )
        for key in known
    ]


def read_new(answer: str) -> RegistrationCredential:
    """Raises: ``BadAnswer``."""
    try:
        return webauthn.helpers.parse_registration_credential_json(answer)
    except _MALFORMED as error:
        raise BadAnswer from error


def read_proof(answer: str) -> AuthenticationCredential:
    """Raises: ``BadAnswer``."""
    try:
        return webauthn.helpers.parse_authentication_credential_json(answer)
    except _MALFORMED as error:
        raise BadAnswer from error


def challenge_of(credential: RegistrationCredential | AuthenticationCredential) -> str:
    """What the answer says that it answers, base64url.  Raises: ``BadAnswer``."""
    try:
        data = parse_client_data_json(credential.response.client_data_json)
        return bytes_to_base64url(data.challenge)
    except _MALFORMED as error:
        raise BadAnswer from error


def check_new(party: Party, credential: RegistrationCredential, challenge: str) -> NewKey:
    """Raises: ``BadAnswer``."""
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.host,
            expected_origin=party.origin,
            require_user_verification=True,
            supported_pub_key_algs=_ALGORITHMS,
        )
    except _MALFORMED as error:
        raise BadAnswer from error
    return _new_key(made, credential)


def _new_key(made: VerifiedRegistration, credential: RegistrationCredential) -> NewKey:
    transports = credential.response.transports or []
    return NewKey(
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        transports=tuple(transport.value for transport in transports),
    )


def check_proof(
    party: Party,
    credential: AuthenticationCredential,
    challenge: str,
    *,
    public_key: bytes,
    sign_count: int,
) -> int:
    """The authenticator's new count.  Raises: ``BadAnswer``, also for a count that fell back."""
    try:
        proven = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise BadAnswer from error
    return proven.new_sign_count


def handle_of(credential: AuthenticationCredential) -> str | None:
    """Whose the authenticator says that the key is, base64url; not all say it."""
    handle = credential.response.user_handle
    return bytes_to_base64url(handle) if handle else None
