"""The trace file: JSON Lines with a CRC-32 each, appended with write(2).

A line that write(2) took is in the page cache, so it survives the death of this process. The file is never read here,
so a dead or slow reader costs nothing.
"""

import json
import os
import zlib

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
NEWLINE = b"\n"


class Wire:
    """Appends records to r<rank>-<pid>.jsonl. It opens the file at the first record, and never raises."""

    def __init__(self, directory, cap=256 << 20):
        self.directory, self.cap = directory, cap
        self.fd, self.bytes, self.drops, self.failures = None, 0, 0, 0
        self.torn = False  # the last write was cut short: the next begins with a newline

    def put(self, record):
        if self.failures > 20:
            self.drops += 1
            return
        try:
            if self.fd is None:
                name = "r%s-%d.jsonl" % (int(os.environ.get("RANK") or 0), os.getpid())
                flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
                self.fd = os.open(os.path.join(self.directory, name), flags, 0o600)
            line = frame(record)
            if self.bytes + len(line) > self.cap:
                raise OSError("the trace is full")
            if self.torn:
                line = NEWLINE + line
            n = os.write(self.fd, line)
            self.bytes += n
            self.torn = n < len(line)
            self.failures = 0
            self.drops += self.torn
        except Exception:
            self.torn = self.fd is not None
            self.failures += 1
            self.drops += 1

    def thinning(self):
        """How many times half of what was left of the file has been used: record 2**thinning times less often."""
        n, left = 0, self.cap
        while self.bytes > self.cap - left // 2 and n < 30:
            left //= 2
            n += 1
        return n


def frame(record):
    """Returns the line of a record: CRC, space, JSON, newline."""
    text = _encode(record)
    if "NaN" in text or "Infinity" in text:  # not JSON; a name may hold the word too, which costs only time
        text = _encode(_plain(record))
    body = text.encode()
    return b"%08x %s\n" % (zlib.crc32(body), body)


def _plain(v):
    if isinstance(v, float):
        return v if v - v == 0 else "nan" if v != v else "inf" if v > 0 else "-inf"
    if isinstance(v, dict):
        return {k: _plain(x) for k, x in v.items()}
    if isinstance(v, (list, tuple)):
        return [_plain(x) for x in v]
    return v
