"""Makes some of the requests right, counts all answers, and checks what schemathesis does not look at."""

import atexit
import json
import os
from collections import Counter, defaultdict

import schemathesis
from schemathesis.core.failures import Failure
from schemathesis.core.parameters import ParameterLocation as Place
from schemathesis.specs.openapi.checks import is_unexpected_http_status_case
from scout import ADDRESSES, Scout

scout = Scout(os.environ["PORTAL"], os.environ["CALLER"], os.environ.get("SEED", "1"))
counted = defaultdict(Counter)

# What HTTP itself and the gateway say.
TRANSPORT = {"apigw-requestid", "cache-control", "content-length", "content-type", "date"}
# What an answer may leave out: of CSV only, and of its last piece not even then.
OPTIONAL = {"content-disposition", "link"}


if scout.caller in ADDRESSES:

    @schemathesis.auth()
    class Caller:
        """The caller's token, which schemathesis asks for anew every five minutes."""

        def get(self, case, context):
            return scout.callers_token()

        def set(self, case, data, context):
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


def is_probe(case) -> bool:
    """A request by a method that is not described: the gateway answers it."""
    return is_unexpected_http_status_case(case) or case.method.upper() != case.operation.method.upper()


@schemathesis.hook
def before_call(context, case, **kwargs):
    """What is valid of a request is right in about two of three; what is meant to be wrong stays wrong."""
    label = case.operation.label
    if is_probe(case):
        return
    if scout.random.random() > 0.65:
        return
    right = scout.right(label)
    meant = lambda place: case.meta is None or not case.meta.is_negative_at(place)
    if "path" in right and meant(Place.PATH):
        case.path_parameters = {**(case.path_parameters or {}), **right["path"]}
    if "headers" in right and meant(Place.HEADER):
        kept = {name: value for name, value in (case.headers or {}).items() if name != "If-Match"}
        case.headers = {**kept, **right["headers"]}
    if "query" in right and meant(Place.QUERY):
        case.query = right["query"]
    if right.get("body") is not None and meant(Place.BODY):
        case.body = right["body"]
        case.media_type = "application/json"
    if label == "GET /api/history" and scout.random.random() < 0.4:
        case.headers = {**(case.headers or {}), "Accept": "text/csv"}


@schemathesis.hook
def after_call(context, case, response):
    counted[case.operation.label][response.status_code] += 1
    if case.operation.label == "POST /api/session/refresh" and "set-cookie" in response.headers:
        scout.refresh = response.headers["set-cookie"][0].split(";")[0]


@schemathesis.check
def the_headers_are_those_described(ctx, response, case):
    described = case.operation.responses.find_by_status_code(response.status_code)
    if described is None or is_probe(case):
        return
    names = {name.lower() for name, _ in described.headers.items()}
    there = {name.lower() for name in response.headers} - TRANSPORT
    problems = [f"{name} is not described" for name in sorted(there - names)]
    problems += [f"{name} is missing" for name in sorted(names - there - OPTIONAL)]
    if response.headers.get("cache-control") != ["no-store"]:
        problems.append("Cache-Control is not no-store")
    if problems:
        raise Failure(operation=case.operation.label, title="Headers", message="; ".join(problems))


@schemathesis.check
def what_has_no_content_is_empty(ctx, response, case):
    described = case.operation.responses.find_by_status_code(response.status_code)
    if described is not None and not is_probe(case) and not described.definition.get("content") and response.content:
        raise Failure(operation=case.operation.label, title="Content", message="has a body that is not described")


@schemathesis.check
def a_problem_has_its_own_status(ctx, response, case):
    if response.headers.get("content-type") == ["application/problem+json"]:
        if response.json()["status"] != response.status_code:
            raise Failure(operation=case.operation.label, title="Status", message="the problem says another status")


@atexit.register
def write():
    with open(os.environ["COUNTED"], "w") as file:
        json.dump(counted, file)
