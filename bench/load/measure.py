"""Requests per second, waiting times and processor time of list, read and reject, ours beside Django's, under wrk."""

import argparse
import contextlib
import functools
import itertools
import json
import os
import secrets
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import requests

HERE = Path(__file__).resolve().parent
DEMO = HERE.parent.parent / "infra/local/src/demo"
PASSWORD = "Demo-Portal-2026!"
STORIES = ["list", "read", "reject"]
CONNECTIONS = [1, 16, 64]
TICKS = os.sysconf("SC_CLK_TCK")
# So many rejections there are applications for before it is known how many a second the system does.
WARM_UP = 300


class Failed(Exception):
    pass


class System:
    """A server that runs, with enough applications in it."""

    def __init__(self, name: str, folder: Path, command, environment=None, prepare=None, announced=""):
        self.name, self.folder, self.announced = name, folder, announced
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        environment = {**os.environ, **(environment or {})}
        if prepare:
            subprocess.run(prepare, env=environment, check=True)
        self.log = (folder / "log").open("wb")
        self.process = subprocess.Popen(command(self.url), env=environment, stdout=self.log, stderr=self.log)
        self.fresh = []
        self.rejections = 30

    def wait(self):
        """Until it says that it is ready, and lets somebody in."""
        for _ in range(600):
            if self.announced in (self.folder / "log").read_text():
                with contextlib.suppress(requests.RequestException):
                    self.sign_in("decider@demo.example")
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise Failed(f"{self.name} does not answer; see {self.folder / 'log'}")

    def sign_in(self, email: str) -> str:
        answer = requests.post(f"{self.url}/api/session", json={"email": email, "password": PASSWORD}, timeout=30)
        answer.raise_for_status()
        return answer.json()["accessToken"]

    def bring(self, count: int):
        """So many applications wait to be turned down."""
        while len(self.fresh) < count:
            headers = {"Authorization": f"Bearer {self.sign_in('recruiter@demo.example')}"}
            rows = [row(secrets.token_hex(8)) for _ in range(min(1000, count - len(self.fresh)))]
            answer = requests.post(f"{self.url}/api/applications", json=rows, headers=headers, timeout=120)
            answer.raise_for_status()
            made = [each.get("applicationId") for each in answer.json()["rows"] if each["result"] == "created"]
            if len(made) != len(rows):
                raise Failed(f"{self.name} imports {len(made)} of {len(rows)} rows")
            self.fresh += made

    def processor_seconds(self) -> float:
        """Of the server and its workers until now; the parent has those of workers that ended."""
        total, waiting = 0, [self.process.pid]
        while waiting:
            pid = waiting.pop()
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                total += sum(map(int, fields[11:15]))
                waiting += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        return total / TICKS

    def settle(self):
        """Until nothing is left to do of what was asked before."""
        used = self.processor_seconds()
        for _ in range(240):
            time.sleep(1.5)
            now = self.processor_seconds()
            if now - used <= 0.03:
                return
            used = now
        raise Failed(f"{self.name} does not come to rest")

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.log.close()


def row(name: str) -> dict:
    return {
        "externalId": f"LOAD-{name}",
        "jobExternalId": "R-2026-101",
        "status": "vorgeschlagen",
        "salutation": "Frau",
        "firstName": "Theresa",
        "lastName": f"Hölzlhammer {name}",
        "titleAfterName": "MBA",
        "email": f"theresa.{name}@post.example",
        "phone": "+43 664 0055 201",
        "language": "de-AT",
    }


def ours(target: Path, program: str, name="hiring-portal") -> System:
    folder = target / name
    command = lambda url: [program, "--listen", url.removeprefix("http://"), "--data", str(folder / "data"), "--demo"]
    return System(name, folder, command, announced="sign in with the password")


def django(target: Path, options) -> System:
    folder = target / "django"
    project = HERE / "django"
    python = Path(sys.executable).parent
    environment = {
        "DATA": str(folder.resolve()),
        "SECRET_KEY": secrets.token_urlsafe(40),
        "PYTHONPATH": str(project),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    workers = ["--workers", str(2 * os.cpu_count() + 1), "--worker-class", options.worker_class]
    if options.worker_class == "gthread":
        workers += ["--threads", str(options.threads)]
    command = lambda url: [
        str(python / "gunicorn"), "wsgi", "--bind", url.removeprefix("http://"), "--chdir", str(project), *workers,
        "--preload", "--no-control-socket", "--log-level", "warning",
    ]  # fmt: skip
    prepare = [sys.executable, str(project / "manage.py"), "prepare", str(DEMO), PASSWORD]
    return System("Django", folder, command, environment, prepare)


def run(system: System, story: str, connections: int, seconds: int, applications: list[str]) -> dict:
    """One run of wrk; any other answer than the right one fails it."""
    listed = system.folder / "ids"
    listed.write_text("".join(f"{each}\n" for each in applications))
    environment = {
        **os.environ,
        "STORIES": str(HERE),
        "IDS": str(listed),
        "TOKEN": system.sign_in("decider@demo.example"),
    }
    story_file = HERE / f"{story}.lua"
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(story_file), system.url]
    before = system.processor_seconds()
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)
    if ended.returncode or not ended.stderr.strip().startswith("{"):
        raise Failed(f"wrk: {ended.stdout}{ended.stderr}")
    result = json.loads(ended.stderr)
    if result["unexpected"] or result["broken"] or result["exhausted"]:
        raise Failed(f"{system.name}, {story} at {connections} connections: {result}")
    if story == "reject":
        system.settle()
    result["processor"] = (system.processor_seconds() - before) / max(1, result["requests"])
    result["rate"] = result["requests"] / (result["microseconds"] / 1e6)
    return result


def measured(system: System, story: str, connections: int, seconds: int) -> dict:
    """Warmed up for a second, then measured."""
    for is_warm, length in [(False, 1), (True, seconds)]:
        if story == "reject":
            count = connections + (int(2 * length * system.rejections) if is_warm else WARM_UP)
            system.bring(count)
            taken, system.fresh = system.fresh[:count], system.fresh[count:]
            system.settle()
        else:
            taken = system.fresh[:1000]
        result = run(system, story, connections, length, taken)
        if story == "reject":
            system.rejections = max(system.rejections, result["rate"])
    if not result["requests"]:
        raise Failed(f"{system.name}, {story} at {connections} connections: no answer in {seconds} s")
    return result


def middle(results: list[dict]) -> dict:
    return {name: statistics.median(result[name] for result in results) for name in results[0]}


def table(results: dict, names: list[str]) -> str:
    """For each figure one column for each system, and how many requests the first answers while the last answers one."""
    figures = {"requests/s": ("rate", 1, 0), "p50 ms": ("p50", 1e-3, 1), "p99 ms": ("p99", 1e-3, 1)}
    figures["processor ms a request"] = ("processor", 1e3, 2)
    titles = [f"{title}, {name}" for title in figures for name in names]
    lines = ["| | connections | " + " | ".join(titles) + " | ratio |", "|---" * (len(titles) + 3) + "|"]
    for story, connections in itertools.product(STORIES, CONNECTIONS):
        each_one = [middle(results[story, connections, name]) for name in names]
        cells = [f"{each[key] * factor:.{digits}f}" for key, factor, digits in figures.values() for each in each_one]
        lines.append(f"| {story} | {connections} | {' | '.join(cells)} | {each_one[0]['rate'] / each_one[-1]['rate']:.2f} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("program")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--applications", type=int, default=5_000, help="how many wait while list and read are measured")
    parser.add_argument("--worker-class", choices=["sync", "gthread"], default="gthread")
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--with", dest="others", action="append", default=[], metavar="NAME=PROGRAM", help="also this binary")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load before: {os.getloadavg()[0]:.1f}", flush=True)
    results = {}
    with contextlib.ExitStack() as running:
        systems = []
        programs = [("hiring-portal", options.program), *(other.split("=", 1) for other in options.others)]
        starts = [functools.partial(ours, options.target, program, name) for name, program in programs]
        for start in [*starts, functools.partial(django, options.target, options)]:
            system = start()
            systems.append(system)
            running.callback(system.end)
            system.wait()
            began = time.monotonic()
            system.bring(options.applications)
            print(f"{system.name}: {options.applications} imported in {time.monotonic() - began:.1f} s", flush=True)
            system.settle()
        turns = itertools.product(range(options.rounds), STORIES, CONNECTIONS)
        for number, (_, story, connections) in enumerate(turns):
            for system in systems if number % 2 else reversed(systems):
                result = measured(system, story, connections, options.seconds)
                results.setdefault((story, connections, system.name), []).append(result)
                print(
                    f"{story:>7} {connections:>3} {system.name:>14}: {result['rate']:8.1f}/s  p50 {result['p50'] / 1e3:7.2f} ms"
                    f"  p99 {result['p99'] / 1e3:8.2f} ms  processor {result['processor'] * 1e3:6.2f} ms",
                    flush=True,
                )
    print(table(results, [system.name for system in systems]))


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        sys.exit(f"failed: {failure}")
