"""A hit of the Python library on a Memcached server, through a prefix and JSON, timed for the benchmark `memcached`.

The arguments are the server's port, the namespace, the key, and the value as JSON. Reads how many calls to time, one number
a line, and answers with the nanoseconds per call.
"""

import json
import sys

import pymemcache
from CacheToolsUtils import JsonSerde, PrefixedMemCached

import seed_turns

cache = PrefixedMemCached(pymemcache.Client(("127.0.0.1", int(sys.argv[1])), serde=JsonSerde(), no_delay=True), sys.argv[2])
key, value = sys.argv[3], json.loads(sys.argv[4])
cache[key] = value
assert cache[key] == value

seed_turns.take("cache[key]", globals())
