#!/usr/bin/env python3
"""Runs go test and shows its own lines as they come: failures, packages, and at the end what was skipped and why.

Arguments are go test's; the exit status is its too.
"""

import collections
import json
import subprocess
import sys


def main() -> int:
    output = collections.defaultdict(list)  # lines of each test
    skipped = []
    passed = failed = 0
    go = subprocess.Popen(["go", "test", "-json", *sys.argv[1:]], stdout=subprocess.PIPE, text=True)
    for line in go.stdout:
        try:
            event = json.loads(line)
        except ValueError:  # go's own words, not a test's
            print(line, end="", flush=True)
            continue
        action, test = event["Action"], (event.get("Package"), event.get("Test"))
        if action in ("output", "build-output"):
            if test[1]:
                output[test].append(event["Output"])
            elif event["Output"] not in ("PASS\n", "FAIL\n"):
                print(event["Output"], end="", flush=True)
        elif action in ("pass", "fail", "skip") and test[1]:
            lines = output.pop(test, [])
            if action == "fail":
                failed += 1
                print("".join(text for text in lines if not text.startswith("=== ")), end="", flush=True)
            elif action == "skip":
                skipped.append((*test, lines))
            else:
                passed += 1
    code = go.wait()

    for package, test, lines in skipped:
        reason = [text.strip() for text in lines if not text.startswith(("===", "---")) and "--- SKIP" not in text]
        print(f"skipped: {package}: {test}: {' '.join(reason) or 'no reason given'}")
    print(f"{passed} passed, {failed} failed, {len(skipped)} skipped")
    return code


if __name__ == "__main__":
    sys.exit(main())
