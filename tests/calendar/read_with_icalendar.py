"""Says of each calendar file what Python's `icalendar` reads in it, as one JSON object a line."""

import datetime
import json
import pathlib
import sys

import icalendar
from icalendar.prop import vDDDTypes


def text(value):
    if isinstance(value, vDDDTypes):
        time = value.dt
        if not isinstance(time, datetime.datetime) or time.utcoffset() != datetime.timedelta(0):
            return f"not a UTC time: {time!r}"
        return time.strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value)


def collect(component, path, found):
    def add(key, value):
        while key in found:
            key += " again"
        found[key] = value

    path = f"{path}/{component.name}" if path else component.name
    while path in found:
        path += " again"
    found[path] = "component"
    for name, values in component.items():
        for value in values if isinstance(values, list) else [values]:
            add(f"{path}/{name.upper()}", text(value))
            for parameter, setting in value.params.items():
                add(f"{path}/{name.upper()};{parameter.upper()}", setting)
    for name, problem in component.errors:
        add(f"{path}/{name} error", str(problem))
    for part in component.subcomponents:
        collect(part, path, found)


for file in sorted(pathlib.Path(sys.argv[1]).glob("*.ics")):
    values = {}
    try:
        for calendar in icalendar.Calendar.from_ical(file.read_bytes(), multiple=True):
            collect(calendar, "", values)
    except ValueError as problem:
        values["error"] = str(problem)
    print(json.dumps({"file": file.name, "values": values}))
