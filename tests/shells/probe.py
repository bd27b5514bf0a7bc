"""Writes down what a program started by the shell under test is given: the last status, the environment, words.

    python -IS probe.py FILE [STATUS [WORD ...]]

One line of JSON is added to FILE, bytes as hex; a record separator goes to stdout and stderr, so that what the shell
printed can be told apart step by step. It is run by path and imports next to nothing: it is run hundreds of times.
"""

import json
import os
import sys

SEPARATOR = b"\x1e"

if __name__ == "__main__":
    path, *words = sys.argv[1:]
    found = {
        "status": words[0] if words else "",
        "environ": {name.hex(): value.hex() for name, value in os.environb.items()},
        "words": [os.fsencode(word).hex() for word in words[1:]],
    }
    with open(path, "a", encoding="ascii") as file:
        file.write(json.dumps(found) + "\n")
    for stream in (1, 2):
        os.write(stream, SEPARATOR)
