"""The binaries in target/lambda: none is larger, alone or zipped, than tests/budget.json allows, and none links another
client of the AWS SDK. With UPDATE_BUDGET=1 what is counted is written there."""

import json
import math
import os
import re
import sys
import zlib
from pathlib import Path

BUDGET = Path("tests/budget.json")
# The compiler leaves the path of each source in which something can fail.
CLIENT = re.compile(rb"aws-sdk-([a-z0-9]+)-[0-9]+\.[0-9]+\.[0-9]+/")


def counted(bootstrap):
    binary = bootstrap.read_bytes()
    return {
        "binary": len(binary),
        # As `sam deploy` packs it.
        "zip": len(zlib.compress(binary, 6)),
        "clients": sorted({client.decode() for client in CLIENT.findall(binary)}),
    }


def main():
    functions = {path.parent.name: counted(path) for path in sorted(Path("target/lambda").glob("*/bootstrap"))}
    budget = json.loads(BUDGET.read_text())
    if os.environ.get("UPDATE_BUDGET"):
        # In steps, and never just below one, so that not each change of a line is one of the budget.
        step, room = 100_000, 50_000
        budget["functions"] = {
            name: counts | {part: math.ceil((counts[part] + room) / step) * step for part in ("binary", "zip")}
            for name, counts in functions.items()
        }
        BUDGET.write_text(json.dumps(budget, indent=2, ensure_ascii=False) + "\n")
    exceeded = []
    for name, counts in functions.items():
        allowed = budget["functions"].get(name, {"binary": 0, "zip": 0, "clients": []})
        exceeded += [
            f"{name}: {part} {counts[part]:,} bytes, allowed {allowed[part]:,}"
            for part in ("binary", "zip")
            if counts[part] > allowed[part]
        ]
        if more := sorted(set(counts["clients"]) - set(allowed["clients"])):
            exceeded.append(f"{name}: links the SDK's clients {more}")
        if not counts["clients"] and allowed["clients"]:
            exceeded.append(f"{name}: none of the SDK's clients is found in it")
    if exceeded:
        sys.exit("tests/budget.json is exceeded:\n" + "\n".join(exceeded))
    sizes = [counts["binary"] / 1e6 for counts in functions.values()]
    zips = [counts["zip"] / 1e6 for counts in functions.values()]
    print(
        f"sizes: {len(functions)} binaries of {min(sizes):.1f} to {max(sizes):.1f} MB, zipped {min(zips):.1f} to {max(zips):.1f} MB,"
        " each within tests/budget.json and with no other client of the SDK"
    )


if __name__ == "__main__":
    main()
