"""Checks an exported audit log by its documentation alone (server/README.md), with nothing of the product. Exit code 0: whole."""
import hashlib
import json
import sys


def once(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError("a name stands twice")
    return dict(pairs)


def read(raw, number):
    line = json.loads(raw.decode("utf-8"), object_pairs_hook=once)
    stated = line.pop("hash")
    canonical = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    if raw != canonical[:-1] + b',"hash":"' + stated.encode() + b'"}':
        raise ValueError(f"line {number} is not canonical")
    if hashlib.sha256(canonical).hexdigest() != stated:
        raise ValueError(f"line {number} was changed")
    return line, stated


def check(path):
    with open(path, "rb") as file:
        lines = file.read().split(b"\n")
    if lines.pop() != b"":
        raise ValueError("the last line has no end")
    opening, opening_hash = read(lines[0], 1)
    if opening["event"] != "opened" or opening["format"] != "aml-data-tools-audit/1":
        raise ValueError("no opening line")
    previous, sequence, seen = opening["previous"], opening["sequence"], 0
    for number, raw in enumerate(lines[1:-1], 2):
        line, stated = read(raw, number)
        if line["previous"] != previous or line["sequence"] != sequence + 1 or line["event"] in ("opened", "closed", "damaged"):
            raise ValueError(f"line {number} does not follow")
        previous, sequence, seen = stated, line["sequence"], seen + 1
    closing, _ = read(lines[-1], len(lines))
    if (closing["event"], closing["count"], closing["last"], closing["previous"], closing["opening"]) != ("closed", seen, sequence, previous, opening_hash):
        raise ValueError("the closing line does not fit")
    return seen


try:
    print(check(sys.argv[1]))
except (ValueError, KeyError, IndexError) as wrong:
    print(wrong)
    sys.exit(1)
