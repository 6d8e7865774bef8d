"""What Python itself writes, for python_json.rs to compare with. Standard library only.

values SEED COUNT   a tagged value, a tab, its canonical text; a line each
redump              lines of JSON from stdin, each loaded and dumped canonically
keys                lists of arguments from stdin (JSON lines): their key text, a tab, its full hash
encode              hex lines from stdin: the texts in all seven encodings, separated by tabs
decode              texts from stdin (JSON lines): base85-decoded as hex, or "bad"
"""

import base64
import hashlib
import json
import math
import random
import struct
import sys


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def a_float(rng):
    kind = rng.randrange(7)
    if kind == 0:  # subnormal
        value = struct.unpack("<d", struct.pack("<Q", rng.randrange(1 << 52)))[0]
    elif kind == 1:  # a power of ten, or one next to it
        value = float(f"1e{rng.randrange(-323, 309)}")
        value = rng.choice((value, math.nextafter(value, 0.0), math.nextafter(value, math.inf)))
    elif kind == 2:  # a power of two, or one next to it
        value = math.ldexp(1.0, rng.randrange(-1074, 1024))
        value = rng.choice((value, math.nextafter(value, 0.0), math.nextafter(value, math.inf)))
    elif kind == 3:  # few digits
        value = rng.randrange(10**6) / 10 ** rng.randrange(9)
    elif kind == 4:  # where two texts may be equally short and equally near
        value = rng.getrandbits(53) / 2 ** rng.randrange(12)
    elif kind == 5:  # whole
        value = float(rng.randrange(10 ** rng.randrange(1, 20)))
    else:
        value = struct.unpack("<d", struct.pack("<Q", rng.getrandbits(64)))[0]
    return rng.choice((value, -value)) if math.isfinite(value) else 0.0


def an_int(rng):
    value = rng.getrandbits(rng.randrange(128))
    return rng.choice((value, -value, rng.choice((0, 2**63 - 1, 2**63, 2**64 - 1, 2**64, 2**127, -(2**63), -(2**127)))))


def a_char(rng):
    kind = rng.randrange(8)
    if kind == 0:
        return chr(rng.randrange(0x20))
    if kind == 1:
        return chr(rng.randrange(0x7F, 0x180))
    if kind == 2:
        return chr(rng.choice((rng.randrange(0xD800), rng.randrange(0xE000, 0x10000))))
    if kind == 3:
        return chr(rng.randrange(0x10000, 0x110000))
    if kind == 4:
        return rng.choice('"\\/\x7f\u2028')
    return chr(rng.randrange(0x20, 0x7F))


def a_text(rng):
    return "".join(a_char(rng) for _ in range(rng.choice((0, 1, 2, 3, 5, 40))))


def a_value(rng, depth):
    kind = rng.randrange(9 if depth else 5)
    if kind == 0:
        return rng.choice((None, True, False))
    if kind == 1:
        return an_int(rng)
    if kind in (2, 3):
        return a_float(rng)
    if kind == 4:
        return a_text(rng)
    if kind < 7:
        return [a_value(rng, depth - 1) for _ in range(rng.randrange(6))]
    # None is left out of the keys: json.dumps can't order it among others, and ctu refuses it
    key = rng.choice((a_text, a_text, an_int, a_float, lambda r: r.choice((an_int, a_float, lambda _: True))(r)))
    return {key(rng): a_value(rng, depth - 1) for _ in range(rng.randrange(7))}


def tagged(value):
    if value is None:
        return "Null"
    if isinstance(value, bool):
        return {"Bool": value}
    if isinstance(value, int):
        return {"Int": str(value)}
    if isinstance(value, float):
        return {"Float": struct.unpack("<Q", struct.pack("<d", value))[0]}
    if isinstance(value, str):
        return {"Text": value}
    if isinstance(value, list):
        return {"List": [tagged(v) for v in value]}
    return {"Map": [[tagged(k), tagged(v)] for k, v in value.items()]}


def values(seed, count):
    rng = random.Random(int(seed))
    for i in range(int(count)):
        value = a_value(rng, i % 6)
        yield json.dumps(tagged(value)) + "\t" + canonical(value)


def redump():
    return (canonical(json.loads(line)) for line in sys.stdin)


def keys():
    try:  # the seed itself, where it is installed
        import CacheToolsUtils as seed
    except ImportError:
        seed = None
    for line in sys.stdin:
        args = json.loads(line)
        key = canonical(args)
        full = base64.b85encode(hashlib.sha3_256(key.encode("UTF-8")).digest()[:16]).decode("ASCII")
        if seed:
            assert (key, full) == (seed.json_key(*args), seed.full_hash_key(*args)), "not as the seed has it"
        yield key + "\t" + full


ENCODERS = ("b64encode", "urlsafe_b64encode", "b32encode", "b32hexencode", "b16encode", "a85encode", "b85encode")


def encode():
    for line in sys.stdin:
        data = bytes.fromhex(line)
        yield "\t".join(getattr(base64, name)(data).decode("ASCII") for name in ENCODERS)


def decode():
    for line in sys.stdin:
        try:
            yield base64.b85decode(json.loads(line)).hex()
        except ValueError:
            yield "bad"


for output in globals()[sys.argv[1]](*sys.argv[2:]):
    print(output)
