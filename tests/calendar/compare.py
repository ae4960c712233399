"""Holds what the three parsers read against what is expected: every value, and nothing else.

Where nothing differs, each parser must still notice two faults put in on purpose.
"""

import json
import pathlib
import shutil
import subprocess
import sys

target = pathlib.Path(sys.argv[1])
here = pathlib.Path(__file__).parent


def files(directory):
    return sorted(str(file) for file in directory.glob("*.ics"))


READERS = {
    "Python icalendar": lambda directory: [sys.executable, here / "read_with_icalendar.py", directory],
    "ical.js": lambda directory: ["node", here / "read_with_ical_js.js", directory, target / "node_modules"],
    "libical": lambda directory: [target / "read_with_libical", *files(directory)],
}


def read(reader, directory):
    answer = subprocess.run(READERS[reader](directory), check=True, stdout=subprocess.PIPE).stdout
    found = (json.loads(line) for line in answer.decode("utf-8", "backslashreplace").split("\n") if line)
    return {entry["file"]: entry["values"] for entry in found}


def differences(reader, directory):
    """The number of files and values, and each difference as a line."""
    found = read(reader, directory)
    lines, values = [], 0
    for file in files(directory):
        name = pathlib.Path(file).name
        expected = json.loads(pathlib.Path(file).with_suffix(".json").read_text("utf-8"))
        seen = found.get(name, {})
        values += len(expected)
        for path in sorted(expected.keys() | seen.keys()):
            if expected.get(path) != seen.get(path):
                lines.append(f"{name} {path}: expected {expected.get(path)!a}, {reader} read {seen.get(path)!a}")
    return len(files(directory)), values, lines


def check_itself(reader, sample):
    """An altered expectation and an injected property must each be reported, and nothing else."""
    directory = target / "self-check"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    calendar = sample.read_bytes()
    expected = json.loads(sample.with_suffix(".json").read_text("utf-8"))

    (directory / "altered.ics").write_bytes(calendar)
    altered = expected | {"VCALENDAR/VEVENT/SUMMARY": expected["VCALENDAR/VEVENT/SUMMARY"] + "."}
    (directory / "altered.json").write_text(json.dumps(altered), "utf-8")

    injected = calendar.replace(b"\r\nSTATUS:", b"\r\nCOMMENT:injected\r\nSTATUS:")
    (directory / "injected.ics").write_bytes(injected)
    (directory / "injected.json").write_text(json.dumps(expected), "utf-8")

    _, _, lines = differences(reader, directory)
    reported = [line.split(":")[0] for line in lines]
    wanted = ["altered.ics VCALENDAR/VEVENT/SUMMARY", "injected.ics VCALENDAR/VEVENT/COMMENT"]
    if reported != wanted:
        sys.exit(f"{reader}: of two faults put in on purpose these were reported: {lines}")


def main():
    directory = target / "files"
    failed = False
    for reader in READERS:
        count, values, lines = differences(reader, directory)
        for line in lines[:20]:
            print(line)
        print(f"{reader}: {count} files, {values} values, {len(lines)} differences")
        if lines or count == 0:
            failed = True
        else:
            check_itself(reader, sorted(directory.glob("*.ics"))[0])
    if failed:
        sys.exit(1)
    print("each parser also reported an altered value and an injected property, put in on purpose")


main()
