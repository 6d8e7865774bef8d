"""Hits of the Python library in memory, timed for the benchmark `seed`.

The argument says what hits: `lru`, a function with a cache of cachetools; `stack`, a store with a lock, counts, a prefix
and JSON. Reads how many calls to time, one number a line, and answers with the nanoseconds per call.
"""

import sys
import threading

import cachetools
from CacheToolsUtils import DictCache, LockedCache, PrefixedCache, StatsCache, ToBytesCache, cached

import seed_turns


@cached(cachetools.LRUCache(1_000))
def function(text, number):
    """What is remembered."""
    return 3 * number


store = ToBytesCache(DictCache())
stack = LockedCache(StatsCache(PrefixedCache(store, "app.")), threading.RLock())
key, value = ("user:00000001", 1), {"id": 3, "name": "user:00000001"}
stack[key] = value
assert stack[key] == value and function(*key) == 3

seed_turns.take({"lru": "function(*key)", "stack": "stack[key]"}[sys.argv[1]], globals())
