"""A hit of the Python library on a Redis server, through a prefix and JSON, timed for the benchmark `redis`.

The arguments are the server's port, the namespace, the key, and the value as JSON, which is there already. Reads how many
calls to time, one number a line, and answers with the nanoseconds per call.
"""

import json
import sys

import redis
from CacheToolsUtils import PrefixedRedisCache

import seed_turns

cache = PrefixedRedisCache(redis.Redis(host="127.0.0.1", port=int(sys.argv[1])), sys.argv[2])
key, value = sys.argv[3], json.loads(sys.argv[4])
assert cache[key] == value

seed_turns.take("cache[key]", globals())
