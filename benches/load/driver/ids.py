"""Ids and tokens as our server knows them: TypeIDs (entity/src/ids.rs) and HS256 tokens (src/access/jwt.rs)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
import uuid

from .places import JWT_AUDIENCE, JWT_ISSUER, JWT_SECRET

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
TYPEID = re.compile(r"^([a-z]+)_([0-7][0-9a-hjkmnp-tv-z]{25})$")
# How the parameter files write an id, for both sides to take what they want of it.
KIND_AND_UUID = re.compile(r"^([a-z]+):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$")


def typeid(kind: str, text: str) -> str:
    bits = uuid.UUID(text).int
    return kind + "_" + "".join(ALPHABET[(bits >> (5 * place)) & 31] for place in reversed(range(26)))


def uuid_of(text: str) -> str:
    """The uuid within a TypeID; any other text as it is."""
    match = TYPEID.match(text)
    if not match:
        return text
    bits = 0
    for letter in match.group(2):
        bits = bits << 5 | ALPHABET.index(letter)
    return str(uuid.UUID(int=bits))


def token(subject: str, hours: int = 12) -> str:
    now = int(time.time())
    claims = {"iss": JWT_ISSUER, "aud": JWT_AUDIENCE, "sub": subject, "iat": now, "nbf": now, "exp": now + hours * 3600}
    signed = b".".join(_part(json.dumps(part, separators=(",", ":")).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return (signed + b"." + _part(hmac.new(JWT_SECRET.encode(), signed, hashlib.sha256).digest())).decode()


def _part(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
