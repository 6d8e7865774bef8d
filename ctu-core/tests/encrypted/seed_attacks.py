"""What somebody with the store, or a part of it, does to the Python library's EncryptedCache. Each attack succeeds here;
the tests in attacks.rs are the same ones against ours, where each fails. Prints the name of each that succeeded."""

import functools
import hashlib
import itertools
import operator

from CacheToolsUtils import DictCache, EncryptedCache

SECRET = b"a secret of the seed's own 32 by"


def xor(*parts):
    return bytes(functools.reduce(operator.xor, column) for column in zip(*parts))


def fresh(**options):
    store = DictCache()
    return store, EncryptedCache(store, SECRET, **options)


def only(store):
    (item,) = store.items()
    return item


def two_time_pad():
    """Two values under one key: their xor is told by the store alone, and a known one gives the other."""
    store, cache = fresh()
    cache[b"token"] = known = b"known to me, 1234"
    first = only(store)[1]
    cache[b"token"] = b"unknown, 98765432"
    second = only(store)[1]
    assert xor(first, second, known) == b"unknown, 98765432"


def equal_values_show():
    """Writing the same value again gives the same bytes."""
    store, cache = fresh()
    cache[b"k"] = b"yes"
    first = only(store)[1]
    cache[b"k"] = b"no!"
    assert only(store)[1] != first
    cache[b"k"] = b"yes"
    assert only(store)[1] == first


def bit_flip_to_admin():
    store, cache = fresh()
    cache[b"user:7"] = b'{"role":"guest"}'
    at, sealed = only(store)
    store[at] = xor(sealed, xor(b'{"role":"guest"}', b'{"role":"admin"}'))
    assert cache[b"user:7"] == b'{"role":"admin"}'


def forged_checksum():
    """The checksum is an unkeyed hash: whoever knows the value makes any other."""
    store, cache = fresh(csize=16)
    cache[b"user:7"] = old = b'{"role":"guest"}'
    at, sealed = only(store)
    new = b'{"role":"admin"}'
    store[at] = hashlib.sha3_256(new).digest()[:16] + xor(sealed[16:], xor(old, new))
    assert cache[b"user:7"] == new


def pin_from_the_dump():
    """The checksum of the value stands in clear: a value of few possible ones is found without the secret."""
    store, cache = fresh(csize=16)
    cache[b"pin"] = b"8431"
    checksum = only(store)[1][:16]
    pins = ("".join(digits).encode() for digits in itertools.product("0123456789", repeat=4))
    assert [pin for pin in pins if hashlib.sha3_256(pin).digest()[:16] == checksum] == [b"8431"]


def swap():
    """Entries moved to other keys are served, as garbage."""
    store, cache = fresh()
    cache[b"alice"] = b"1000"
    cache[b"bob"] = b"0001"
    (one, other) = store.items()
    store[one[0]], store[other[0]] = other[1], one[1]
    assert cache[b"alice"] not in (b"1000", b"0001") and cache[b"bob"] not in (b"1000", b"0001")


def ambiguous_concatenation():
    """Key and secret are only concatenated: another pair derives the same."""
    store = DictCache()
    EncryptedCache(store, b"c" + SECRET)[b"ab"] = b"of one tenant"
    assert EncryptedCache(store, b"bc" + SECRET)[b"a"] == b"of one tenant"


def replay_past_expiry():
    """Nothing in the entry says when it ends: what outlives it in the store, as after PERSIST, is served."""
    store, cache = fresh()
    cache[b"session"] = b"valid for a minute"
    at, sealed = only(store)
    del store[at]  # the store's expiry
    assert b"session" not in cache
    store[at] = sealed
    assert cache[b"session"] == b"valid for a minute"


def exception_text():
    """The key in clear is in the exception's text, and so in the logs."""
    store, cache = fresh(csize=16)
    cache[b"card:4111-1111"] = b"v"
    at, sealed = only(store)
    store[at] = sealed[:-1] + b"?"
    try:
        cache[b"card:4111-1111"]
    except KeyError as error:
        assert "4111-1111" in str(error)
    else:
        assert False


def garbage_is_in():
    store, cache = fresh(csize=16)
    cache[b"k"] = b"v"
    store[only(store)[0]] = b"garbage"
    assert b"k" in cache


def length_shows():
    store, cache = fresh()
    cache[b"answer"] = b"yes"
    yes = len(only(store)[1])
    cache[b"answer"] = b"no"
    assert (yes, len(only(store)[1])) == (3, 2)


ATTACKS = [
    two_time_pad, equal_values_show, bit_flip_to_admin, forged_checksum, pin_from_the_dump, swap, ambiguous_concatenation,
    replay_past_expiry, exception_text, garbage_is_in, length_shows,
]

if __name__ == "__main__":
    for attack in ATTACKS:
        attack()
        print(attack.__name__)
