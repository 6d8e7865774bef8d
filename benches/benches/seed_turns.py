"""What the scripts that time the Python library for the benchmarks have in common."""

import sys
import timeit


def take(statement, names):
    """Reads how many times to run the statement, one number a line, and answers with the nanoseconds that each took."""
    timer = timeit.Timer(statement, globals=names)
    for line in sys.stdin:
        calls = int(line)
        print(timer.timeit(calls) * 1e9 / calls, flush=True)
