"""Signing in, the list, one application, the import."""

import json
import secrets
from datetime import datetime, timezone

from django.contrib.auth.hashers import check_password
from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.http import JsonResponse

from . import session
from .history import BEGINNING, entry
from .models import GROUPS, Application, HistoryEntry, Job, TemplateRelease, User
from .problems import Problem, answered
from .rejection import reject
from .rules import activity_view, application_view, available

PAGE = 25
SALUTATIONS = {"Frau": "ms", "Herr": "mr"}


def reply(body, version=None):
    answer = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-store"
    answer["Content-Length"] = len(answer.content)
    if version is not None:
        answer["ETag"] = f'"{version}"'
    return answer


@answered
def sign_in(request):
    body = json.loads(request.body)
    user = User.objects.filter(email=body["email"], active=True).first()
    if user is None or not check_password(body["password"], user.password):
        raise Problem(401, "sign-in-failed")
    return reply({"accessToken": session.token(user)})


@answered
def applications(request):
    return create(request) if request.method == "POST" else listed(request)


def listed(request):
    """A page, what waits longest first in each status group; the next one begins after its last."""
    user = session.caller(request)
    rows = Application.objects.order_by("status_group", "status_since", "id")
    if user.customer_id is not None:
        rows = rows.filter(customer_id=user.customer_id)
    if "cursor" in request.GET:
        try:
            group, since, last = signing.loads(request.GET["cursor"], salt=f"applications {user.id}")
        except signing.BadSignature as error:
            raise Problem(400, "bad-request", "the cursor is none") from error
        later = Q(status_since__gt=since) | Q(status_since=since, id__gt=last)
        rows = rows.filter(Q(status_group__gt=group) | Q(status_group=group) & later)
    rows = list(rows[: PAGE + 1])
    page = rows[:PAGE]
    jobs = Job.objects.select_related("workflow").prefetch_related("contacts")
    jobs = jobs.in_bulk({row.job_id for row in page})
    contacts = {job.id: {contact.id for contact in job.contacts.all()} for job in jobs.values()}
    items = [
        application_view(user, row, jobs[row.job_id], jobs[row.job_id].workflow, contacts[row.job_id]) for row in page
    ]
    body = {"items": items}
    if len(rows) > PAGE:
        last = page[-1]
        position = [last.status_group, last.status_since.isoformat(), last.id]
        body["nextCursor"] = signing.dumps(position, salt=f"applications {user.id}")
    return reply(body)


def visible(user, application_id):
    """The application with its job and workflow; what is another customer's is not there."""
    rows = Application.objects.select_related("job__workflow").filter(pk=application_id)
    if user.customer_id is not None:
        rows = rows.filter(customer_id=user.customer_id)
    found = rows.first()
    if found is None:
        raise Problem(404, "not-found")
    return found


def contacts_of(job):
    return set(job.contacts.values_list("id", flat=True))


@answered
def application(request, application_id):
    """One application and what the caller may do about it now."""
    user = session.caller(request)
    found = visible(user, application_id)
    job, workflow, contacts = found.job, found.job.workflow, contacts_of(found.job)
    releases = TemplateRelease.objects.filter(workflow=workflow).select_related("template")
    templates = {}
    for release in releases:
        template = release.template
        shown = {"id": template.id, "name": template.name, "language": template.language}
        templates.setdefault(release.activity_id, []).append(shown)
    activities = [
        activity_view(user, workflow, activity, offered, templates.get(activity["id"], []))
        for activity, offered in available(user, contacts, workflow, found.status)
    ]
    interviews = any("interview" in activity["channels"] for activity in activities)
    body = {**application_view(user, found, job, workflow, contacts), "activities": activities}
    return reply({**body, "mayArrangeInterviews": interviews}, found.version)


@answered
def email(request, application_id, activity_id):
    """Turns an applicant down by a mail."""
    user = session.caller(request)
    found = visible(user, application_id)
    body, version = reject(request, user, found, contacts_of(found.job), activity_id)
    return reply(body, version)


def create(request):
    """Applications from the applicant tracking system, up to 1,000, each with the first entry of its history."""
    user = session.caller(request)
    if user.customer_id is not None:
        raise Problem(403, "recruiters-only")
    rows = json.loads(request.body)
    if len(rows) > 1000:
        raise Problem(422, "validation", "at most 1,000 rows")
    jobs = Job.objects.select_related("workflow").in_bulk(field_name="external_id")
    now = datetime.now(timezone.utc)
    made, entries = [], []
    for row in rows:
        job = jobs[row["jobExternalId"]]
        status = job.workflow.status(row["status"])
        application = Application(
            id=f"{job.id}-{secrets.token_hex(5)}",
            external_id=row["externalId"],
            customer_id=job.customer_id,
            job=job,
            salutation=SALUTATIONS[row["salutation"]],
            title=row.get("title", ""),
            first_name=row["firstName"],
            last_name=row["lastName"],
            title_after_name=row.get("titleAfterName", ""),
            email=row["email"],
            phone=row["phone"],
            language=row["language"],
            status=status["id"],
            status_group=GROUPS.index(status["group"]),
            status_since=now,
            updated_at=now,
            history_head=BEGINNING,
        )
        first = entry(application, 1, now, user, "import", "", status["id"], {"actorName": user.name})
        application.history_head = first.hash
        made.append(application)
        entries.append(first)
    with transaction.atomic():
        Application.objects.bulk_create(made)
        HistoryEntry.objects.bulk_create(entries)
    return reply({"created": len(made), "rows": [{"result": "created", "applicationId": each.id} for each in made]})
