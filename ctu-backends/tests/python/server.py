"""What a program in Python does with the entries of an encrypted cache on a real server: it knows the master key and the
specification, and nothing of ours.

    server.py redis|memcached PORT NAMESPACE SECRET NOW

SECRET is in hexadecimal, NOW in milliseconds since the epoch. Reads commands, one a line, keys and texts in hexadecimal,
and answers each with a line:

    read KEY             ->  the JSON inside, written anew by Python, in hexadecimal; or - and the reason
    write KEY TTL TEXT   ->  written: this JSON, for so many milliseconds
    header KEY           ->  when it was issued, and when it expires
    swap KEY KEY         ->  swapped: each entry is where the other was, with no end
    persist KEY, pttl KEY -> what Redis answers
"""

import base64
import json
import pathlib
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[3] / "ctu-core" / "tests" / "encrypted"))

import envelope  # noqa: E402

SCOPE = b"app"


class Server:
    def __init__(self, port, namespace):
        self.namespace = namespace
        self.stream = socket.create_connection(("127.0.0.1", port)).makefile("rwb")

    def send(self, data):
        self.stream.write(data)
        self.stream.flush()
        return self.stream.readline()

    def data(self, length):
        return self.stream.read(length + 2)[:-2]


class Redis(Server):
    def ask(self, command, at, *words):
        words = [command, self.namespace + at, *words]
        line = self.send(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
        assert line[:1] != b"-", line
        if line[:1] != b"$":
            return line[1:-2].decode()
        return None if line == b"$-1\r\n" else self.data(int(line[1:]))

    def get(self, at):
        return self.ask(b"GET", at)

    def set(self, at, data, ttl=None):
        assert self.ask(b"SET", at, data, *([b"PX", b"%d" % ttl] if ttl else [])) == "OK"


class Memcached(Server):
    def get(self, at):
        line = self.send(b"get %s%s\r\n" % (self.namespace, base64.b85encode(at)))
        if line == b"END\r\n":
            return None
        data = self.data(int(line.split()[3]))
        assert self.stream.readline() == b"END\r\n"
        return data

    def set(self, at, data, ttl=0):
        place = self.namespace + base64.b85encode(at)
        line = self.send(b"set %s 0 %d %d\r\n%s\r\n" % (place, -(-ttl // 1000), len(data), data))
        assert line == b"STORED\r\n", line


def read(server, secret, now, key, at):
    stored = server.get(at)
    value = "absent" if stored is None else envelope.unseal(secret, SCOPE, key, stored, now)
    if isinstance(value, str):
        return f"- {value}"
    return json.dumps(json.loads(value), separators=(",", ":")).encode().hex()


def answer(server, secret, now, command, key, *rest):
    key = bytes.fromhex(key)
    at = envelope.keys(secret, SCOPE, key)[1]
    if command == "read":
        return read(server, secret, now, key, at)
    if command == "write":
        ttl, value = int(rest[0]), json.dumps(json.loads(bytes.fromhex(rest[1])), indent=1).encode()
        server.set(at, envelope.seal(secret, SCOPE, key, value, now, now + ttl)[1], ttl)
        return "written"
    if command == "header":
        stored = server.get(at)
        return f"{int.from_bytes(stored[6:14], 'big')} {int.from_bytes(stored[14:22], 'big')}"
    if command == "swap":
        other = envelope.keys(secret, SCOPE, bytes.fromhex(rest[0]))[1]
        one, another = server.get(at), server.get(other)
        server.set(at, another)
        server.set(other, one)
        return "swapped"
    return server.ask(command.encode(), at)


def main(kind, port, namespace, secret, now):
    server = {"redis": Redis, "memcached": Memcached}[kind](int(port), namespace.encode())
    for line in sys.stdin:
        print(answer(server, bytes.fromhex(secret), int(now), *line.split()))


if __name__ == "__main__":
    main(*sys.argv[1:])
