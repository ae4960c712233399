"""Every example event, given to the function's own binary as it was deployed."""

import json
import time
from datetime import date, timedelta

from deployment import ROOT


def replay(deployment, company):
    """None of the functions reports an error or answers with one of its own; how often each status came."""
    tomorrow = date.today() + timedelta(days=1)
    values = {
        "accessToken": company.decider.token,
        "recruiterAccessToken": company.recruiter.token,
        "refreshToken": "nobody's",
        "linkToken": "nobody's",
        "startsAt": f"{tomorrow}T10:00",
        "endsAt": f"{tomorrow}T11:00",
        "applicationId": company.rejected,
        "entryId": company.entry["id"],
        "interviewId": "x-y",
    }
    statuses = {}
    for function in deployment.functions:
        text = (ROOT / f"events/{function}.json").read_text()
        for name, value in values.items():
            text = text.replace("${" + name + "}", value)
        assert "${" not in text, (function, text)
        event = loads(text)
        answer = deployment.invoke(function, event)
        if "requestContext" in event:
            assert answer["statusCode"] < 500, (function, answer)
            statuses[function] = answer["statusCode"]
    return statuses


def loads(text):
    """The event, as if it came now."""
    event = json.loads(text)
    if "requestContext" in event:
        event["requestContext"]["timeEpoch"] = int(time.time() * 1000)
    return event
