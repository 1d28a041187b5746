"""A signature's content: a Sigstore bundle around one signed statement, as OpenSSF model-signing writes it.

What is signed (DSSE, in-toto) is a list of files with their SHA-256. Here that is one file without a name, so that a
surrogate may be renamed. model-signing takes more than this; what a surrogate does not need is refused before it sees
it. Format: https://github.com/sigstore/model-transparency, https://github.com/secure-systems-lab/dsse.
"""

import base64
from dataclasses import dataclass
from typing import Any

from gansurrogate.errors import SignatureError
from gansurrogate.plain import is_sha256, read_json

SUFFIX = ".sig"
MOST_BYTES = 2**16  # a signature has 1.5 kB
MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
PREDICATE_TYPE = "https://model_signing/signature/v1.0"
_PROOFS = ("publicKey", "certificate", "x509CertificateChain")


@dataclass(frozen=True)
class Bundle:
    """What a signature says, before anything of it is proved.

    Attributes
    ----------
    content : bytes
        The whole signature file.
    fingerprint : str
        Of the key that it names.
    digest : str
        SHA-256 of the file that it is about.
    """

    content: bytes
    fingerprint: str
    digest: str

    @classmethod
    def parse(cls, content: bytes) -> "Bundle":
        """Read a signature.

        Raises
        ------
        SignatureError
            If it is no signature of one file by a key.
        """
        if len(content) > MOST_BYTES:
            msg = f"the signature is malformed: it has more than {MOST_BYTES} bytes"
            raise SignatureError(msg)
        try:
            bundle = read_json(content)
            envelope, material = bundle["dsseEnvelope"], bundle["verificationMaterial"]
            _expect(bundle["mediaType"], MEDIA_TYPE, "media type")
            _expect(envelope["payloadType"], PAYLOAD_TYPE, "payload type")
            _expect(len(envelope["signatures"]), 1, "number of signatures")
            _expect([name for name in material if name in _PROOFS], ["publicKey"], "proof of who signed")
            statement = read_json(base64.b64decode(envelope["payload"], validate=True))
            _expect(statement["predicateType"], PREDICATE_TYPE, "predicate type")
            resources = statement["predicate"]["resources"]
            _expect(len(resources), 1, "number of signed files")
            (resource,) = resources
            _expect((resource["name"], resource["algorithm"]), (".", "sha256"), "signed file and its hash")
            return cls(content, _sha256(material["publicKey"]["hint"]), _sha256(resource["digest"]))
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            cause = f"it lacks {error}" if isinstance(error, LookupError) else error
            msg = f"the signature is malformed: {cause}; sign with `gansurrogate sign` or `model_signing sign key`"
            raise SignatureError(msg) from error


def _expect(found: Any, expected: Any, what: str) -> None:
    if found != expected:
        msg = f"its {what} is {found!r}, expected {expected!r}"
        raise ValueError(msg)


def _sha256(text: Any) -> str:
    if not is_sha256(text):
        msg = f"{text!r} is not a SHA-256 in 64 hexadecimal digits"
        raise ValueError(msg)
    return text
