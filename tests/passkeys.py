"""A passkey in software: what a browser answers when it is asked to make one, and to show it."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

from linli.ground.users.operations.factors import Site

SITE = Site("linli.example", "https://linli.example")
_PRESENT, _MADE = 0x01, 0x41


@dataclass
class Passkey:
    """A key of one browser; ``counter`` is how often it was shown, 0 for one that does not count."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    counter: int = 0

    def cose(self) -> dict[int, object]:
        """Its public key."""
        point = self.private.public_key().public_numbers()
        return {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}

    def made(self, challenge: str, *, cose: dict[int, object] | None = None) -> str:
        """The answer to the challenge that asks for a new one; ``cose`` in place of its public key."""
        key = cbor2.dumps(self.cose() if cose is None else cose)
        attested = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + key
        data = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._of_site(_MADE) + attested})
        told = {"attestationObject": data, "clientDataJSON": _client("webauthn.create", challenge)}
        return self._answer(told)

    def shown(self, challenge: str) -> str:
        """The answer to the challenge that asks whether it is there."""
        data, client = self._of_site(_PRESENT), _client("webauthn.get", challenge)
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer({"authenticatorData": data, "clientDataJSON": client, "signature": signature})

    def _of_site(self, flags: int) -> bytes:
        return hashlib.sha256(SITE.host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _answer(self, response: dict[str, Any]) -> str:
        name = bytes_to_base64url(self.credential)
        told = {key: bytes_to_base64url(value) for key, value in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": told})


def _client(kind: str, challenge: str) -> bytes:
    return json.dumps({"type": kind, "challenge": challenge, "origin": SITE.origin}).encode()
