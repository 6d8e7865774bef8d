"""A hit of the Python library's stack of prefix, JSON and encryption, timed for the benchmark `encryption`.

The arguments are the prefix, the key, and the value as JSON. Reads how many calls to time, one number a line, and answers
with the nanoseconds per call.
"""

import json
import sys

from CacheToolsUtils import DictCache, EncryptedCache, PrefixedCache, ToBytesCache

import seed_turns

store = DictCache()
cache = PrefixedCache(ToBytesCache(EncryptedCache(store, b"a secret of 32 bytes, for timings")), sys.argv[1])
key, value = sys.argv[2], json.loads(sys.argv[3])
cache[key] = value
assert cache[key] == value and len(store) == 1 and key.encode() not in b"".join(store)

seed_turns.take("cache[key]", globals())
