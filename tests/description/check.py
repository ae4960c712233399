"""Starts a demo portal for each caller, lets schemathesis ask it, and says what was asked and answered."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).parent
CALLERS = ["recruiter", "decider", "reader", "nobody"]
AT_LEAST = 20_000
# What no request here does, and why.
NEVER_DONE = {
    "GET /api/openapi.json": "schemathesis leaves out where it has the description from",
    "PUT /api/me/second-factor": "takes a code of an authenticator app; tests/api/second_factor.rs has one",
    "POST /api/me/second-factor/removal": "takes a code of an authenticator app; tests/api/second_factor.rs has one",
}

running: list[subprocess.Popen] = []


def start(command: list, log, settings: dict) -> subprocess.Popen:
    """A program that ends with this one."""
    running.append(subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **settings}))
    return running[-1]


def end(*_) -> None:
    for program in running:
        program.terminate()
    os._exit(143)


def ask_as(caller: str, target: pathlib.Path, portal: str) -> dict:
    """What came of all requests of one caller, to a portal of their own."""
    folder = target / caller
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [portal, "--listen", "127.0.0.1:0", "--data", folder / "data", "--demo"]
    with open(folder / "portal.log", "w") as log:
        host = start(command, log, {"RUST_LOG": "error,dynoxide=off"})
    try:
        waited = time.monotonic()
        while "Demo" not in (folder / "portal.log").read_text():
            if host.poll() is not None or time.monotonic() - waited > 60:
                raise SystemExit(f"the portal does not start: {(folder / 'portal.log').read_text()}")
            time.sleep(0.1)
        url = re.search(r"^Portal\s+(\S+)$", (folder / "portal.log").read_text(), re.MULTILINE)[1]
        command = [
            pathlib.Path(sys.prefix) / "bin/schemathesis",
            *("--config-file", HERE / "schemathesis.toml", "run", f"{url}/api/openapi.json"),
            *("--seed", os.environ.get("SEED", "1"), "--max-examples", os.environ.get("EXAMPLES", "50")),
            *("--phases", "coverage,fuzzing", "--workers", "1", "--continue-on-failure"),
            *("--suppress-health-check", "all", "--request-timeout", "30", "--no-color"),
        ]
        settings = {
            "SCHEMATHESIS_HOOKS": "hooks",
            "PYTHONPATH": str(HERE),
            "PORTAL": url,
            "CALLER": caller,
            "COUNTED": str(folder / "counted.json"),
        }
        with open(folder / "schemathesis.log", "w") as log:
            code = start(command, log, settings).wait()
    finally:
        host.terminate()
        host.wait(30)
    counted = json.loads((folder / "counted.json").read_text()) if (folder / "counted.json").exists() else {}
    return {"caller": caller, "code": code, "counted": counted}


def main() -> None:
    target, portal = pathlib.Path(sys.argv[1]).absolute(), str(pathlib.Path(sys.argv[2]).absolute())
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    began = time.monotonic()
    with ThreadPoolExecutor(2) as two:
        asked = [two.submit(ask_as, caller, target, portal) for caller in CALLERS]
        results = [one.result() for one in asked]

    wrong = []
    statuses, done, operations = Counter(), Counter(), set()
    document = json.loads((HERE / "../../portal/openapi.json").read_text())
    described = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    for result in results:
        counted, caller = result["counted"], result["caller"]
        if result["code"] != 0:
            log = target / caller / "schemathesis.log"
            wrong.append(f"as {caller}, schemathesis found what stands in {log}:\n{log.read_text()[-6000:]}")
        if missed := described - set(counted) - set(NEVER_DONE):
            wrong.append(f"as {caller}, nobody tried {sorted(missed)}")
        for operation, answers in counted.items():
            operations.add(operation)
            for status, count in answers.items():
                statuses[status] += count
                done[operation] += count if status.startswith("2") else 0
    requests = sum(statuses.values())
    if requests < AT_LEAST and "EXAMPLES" not in os.environ:
        wrong.append(f"only {requests} requests")
    for operation in sorted(described):
        if not done[operation] and operation not in NEVER_DONE:
            wrong.append(f"{operation} was never done")
    wrong += [f"{operation} is done by now" for operation in NEVER_DONE if done[operation]]

    answers = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
    line = (
        f"description: {requests} requests by schemathesis to {len(operations)} operations, each as "
        f"{', '.join(CALLERS)}, in {time.monotonic() - began:.0f} s: {answers}"
    )
    if wrong:
        print(line, *wrong, sep="\n", file=sys.stderr)
        raise SystemExit(1)
    line += "; no 5xx, no answer that is not described, and each operation was done"
    print(line)
    report = HERE / "../../target/report"
    if report.is_dir():
        (report / "7-description").write_text(f"{line}\n")


main()
