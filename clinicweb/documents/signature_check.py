"""
What the signature of a PDF is worth, as a program of its own: ``OUTPUT``, the file as its input.

It writes one line of JSON: ``signatures`` (how many), and of a single one ``certificate_hash`` and
whether it is ``intact`` and covers the ``whole`` file.  Who may be trusted is not its business.
"""

import hashlib
import json
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext


def look(content: bytes) -> dict[str, Any]:
    signatures = PdfFileReader(BytesIO(content)).embedded_signatures
    found: dict[str, Any] = {"signatures": len(signatures)}
    if len(signatures) == 1:
        # Trusted by itself: no chain is asked for, and nobody on the network.
        signer = signatures[0].signer_cert
        trusted = ValidationContext(trust_roots=[signer], allow_fetching=False)
        status = validate_pdf_signature(signatures[0], trusted)
        found["certificate_hash"] = hashlib.sha256(signer.dump()).hexdigest()
        found["is_intact"] = bool(status.intact and status.valid and status.docmdp_ok)
        found["is_whole"] = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return found


def main() -> None:
    try:
        found = look(sys.stdin.buffer.read())
    except Exception as error:  # noqa: BLE001  whatever somebody made of a PDF, nobody can read it
        found = {"signatures": 0, "error": type(error).__name__}
    Path(sys.argv[1]).write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main()
