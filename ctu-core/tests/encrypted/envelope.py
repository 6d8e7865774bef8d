"""The encrypted layer's envelopes by the specification alone, with other libraries: blake3 and pycryptodome.

Reads commands, one a line, fields in hexadecimal, and answers each with a line:

    seal SECRET SCOPE KEY VALUE ISSUED EXPIRES   ->  SKEY ENVELOPE
    open SECRET SCOPE KEY ENVELOPE NOW           ->  SKEY VALUE, or SKEY - and the reason
"""

import os
import sys

from blake3 import blake3
from Crypto.Cipher import ChaCha20_Poly1305

CONTEXT = "ctu 2026-11-22 envelope v1 "
NEVER = 2**64 - 1


def derive(secret, purpose, length=32):
    return blake3(secret, derive_key_context=CONTEXT + purpose).digest(length)


def prefixed(part):
    return len(part).to_bytes(8, "big") + part


def keys(secret, scope, key):
    info = prefixed(scope) + prefixed(key)
    kid = derive(secret, "key id")[:4]
    skey = blake3(info, key=derive(secret, "storage key")).digest()
    ekey = blake3(info, key=derive(secret, "entry key")).digest()
    return kid, skey, ekey


def padme(n):
    e = n.bit_length() - 1
    s = e.bit_length()
    unit = 2 ** (e - s)
    return (n + unit - 1) // unit * unit


def seal(secret, scope, key, value, issued, expires, nonce=None):
    kid, skey, ekey = keys(secret, scope, key)
    head = b"\xc1\x01" + kid + issued.to_bytes(8, "big") + expires.to_bytes(8, "big")
    nonce = nonce or os.urandom(24)
    body = len(value).to_bytes(4, "big") + value
    body += bytes(padme(max(len(body), 64)) - len(body))
    cipher = ChaCha20_Poly1305.new(key=ekey, nonce=nonce)
    cipher.update(head + skey)
    text, tag = cipher.encrypt_and_digest(body)
    return skey, head + nonce + text + tag


def unseal(secret, scope, key, envelope, now):
    """The value, or the reason why there is none."""
    kid, skey, ekey = keys(secret, scope, key)
    if len(envelope) < 126 or envelope[0] != 0xC1:
        return "magic"
    if envelope[1] != 1:
        return "suite"
    if envelope[2:6] != kid:
        return "kid"
    cipher = ChaCha20_Poly1305.new(key=ekey, nonce=envelope[22:46])
    cipher.update(envelope[:22] + skey)
    try:
        body = cipher.decrypt_and_verify(envelope[46:-16], envelope[-16:])
    except ValueError:
        return "tag"
    issued, expires = int.from_bytes(envelope[6:14], "big"), int.from_bytes(envelope[14:22], "big")
    if now >= expires:
        return "expired"
    if issued > now + 30_000:
        return "future"
    length = int.from_bytes(body[:4], "big")
    if len(body) != padme(max(4 + length, 64)):
        return "length"
    if any(body[4 + length:]):
        return "padding"
    return body[4:4 + length]


def answer(command, *fields):
    secret, scope, key, data = map(bytes.fromhex, fields[:4])
    times = map(int, fields[4:])
    skey = keys(secret, scope, key)[1].hex()
    if command == "seal":
        _, envelope = seal(secret, scope, key, data, *times)
        return f"{skey} {envelope.hex()}"
    value = unseal(secret, scope, key, data, *times)
    return f"{skey} {value.hex()}" if isinstance(value, bytes) else f"{skey} - {value}"


if __name__ == "__main__":
    for line in sys.stdin:
        print(answer(*line.rstrip("\n").split(" ")))
