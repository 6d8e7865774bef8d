"""The Python side of interop.rs: writes what it is told to with CacheToolsUtils, or tells what it reads.

Arguments: `write` or `read`, the port of a Redis server, the port of a memcached. From standard input, a JSON list of
values. Reading prints, as a line of JSON for each cache, what it found under each key, or `"MISS"`.
"""

import base64
import json
import sys

import CacheToolsUtils as ctu
import pymemcache
import redis

command, redis_port, memcached_port = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
values = json.load(sys.stdin)

server = redis.Redis(host="127.0.0.1", port=redis_port)
client = pymemcache.Client(("127.0.0.1", memcached_port), serde=ctu.JsonSerde())


def key(index):
    """What `json_key` makes of the arguments of a call, ASCII and not."""
    return ctu.json_key(index, "k€y", None, 1.5)


def show(value):
    """Values as JSON; bytes are told from texts."""
    return {"bytes": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def read(cache, key):
    try:
        return show(cache[key])
    except KeyError:
        return "MISS"


CACHES = {
    "json": ctu.RedisCache(server),
    "bytes": ctu.ToBytesCache(ctu.RedisCache(server, raw=True)),
    "prefixed": ctu.PrefixedRedisCache(server, "app."),
    "memcached": ctu.PrefixedMemCached(client, "app."),
}

for name, cache in CACHES.items():
    # The two without a prefix have the same keys.
    name_key = (lambda index: key(index) + "!") if name == "bytes" else key
    if command == "write":
        for index, value in enumerate(values):
            cache[name_key(index)] = value
    else:
        print(json.dumps([read(cache, name_key(index)) for index in range(len(values))]))

# Bytes as they are.
raw = ctu.RedisCache(server, raw=True)
if command == "write":
    raw[b"raw \x00\xff"] = b"\r\n\x00\xff"
    client.set("app." + base64.b85encode(b"bytes").decode(), b"\r\n\x00\xff")
else:
    print(json.dumps([show(raw[b"raw \x00\xff"]), show(client.get("app." + base64.b85encode(b"bytes").decode()))]))
