"""Turning an applicant down by e-mail: status, history, mail order and answer in one transaction, then the mail."""

import hashlib
import json
import re
import secrets
from datetime import datetime, timedelta, timezone

from django.db import IntegrityError, transaction

from . import mail
from .history import entry
from .models import GROUPS, Application, Command, Mail
from .problems import Problem
from .rules import application_view, channels, moment, status_name

KEPT = timedelta(hours=48)


def reject(request, user, application, contacts, activity_id):
    """What is answered, and the application's version afterwards."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not re.fullmatch(r"[!-~]{8,128}", key):
        raise Problem(400, "bad-request", "the header Idempotency-Key must have 8 to 128 visible characters")
    if "If-Match" not in request.headers:
        raise Problem(428, "version-missing")
    parts = f"{request.method} {request.get_full_path()} ".encode() + request.body
    fingerprint = hashlib.sha256(parts).hexdigest()
    subject, clean, text = mail.composed(json.loads(request.body))
    at = datetime.now(timezone.utc)

    if done := Command.objects.filter(user=user, key=key, expires_at__gt=at).first():
        return again(done, fingerprint)
    if request.headers["If-Match"].strip() != f'"{application.version}"':
        raise Problem(412, "application-changed")
    job, workflow = application.job, application.job.workflow
    activity = next((each for each in workflow.document["activities"] if each["id"] == activity_id), None)
    if activity is None or application.status not in activity["fromStatuses"]:
        raise Problem(403, "activity-not-released")
    if "email" not in channels(user, contacts, activity):
        raise Problem(403, "activity-not-released")
    if not application.email:
        raise Problem(409, "applicant-without-email")

    before, sequence = application.version, application.version + 1
    target = workflow.status(activity["targetStatus"])
    words = {"to": application.email, "subject": subject, "bodyHtml": clean, "signatureHtml": user.signature}
    content = {
        "actorName": user.name,
        "activity": {"id": activity_id, "name": activity["name"]},
        "fromStatus": recorded(user, workflow, application.status),
        "toStatus": recorded(user, workflow, target["id"]),
        "email": words,
    }
    made = entry(application, sequence, at, user, "email", activity_id, target["id"], content)
    application.status, application.status_group = target["id"], GROUPS.index(target["group"])
    application.status_since = application.updated_at = at
    application.version, application.history_head = sequence, made.hash
    ordered = Mail(
        id=f"{application.id}_{sequence}_1",
        entry=made,
        recipient=application.email,
        state="sending",
        owner=secrets.token_hex(16),
        ordered_at=at,
        mime=mail.render(user, application, subject, clean, text, at),
    )
    kind = "recruiter" if user.customer_id is None else "contact"
    shown = {name: value for name, value in content.items() if name != "actorName"}
    body = {
        "application": application_view(user, application, job, workflow, contacts),
        "historyEntry": {
            "id": str(sequence),
            "at": moment(at),
            "actor": {"kind": kind, "name": user.name},
            "channel": "email",
            **shown,
            "mayResend": False,
        },
        "delivery": {"state": "accepted"},
    }
    command = Command(
        user=user,
        key=key,
        fingerprint=fingerprint,
        answered=json.dumps(body, ensure_ascii=False),
        version=sequence,
        expires_at=at + KEPT,
    )
    if not written(application, before, made, ordered, command):
        if done := Command.objects.filter(user=user, key=key, expires_at__gt=at).first():
            return again(done, fingerprint)
        raise Problem(412, "application-changed")
    message_id = mail.deliver(ordered.id, ordered.recipient, bytes(ordered.mime))
    Mail.objects.filter(pk=ordered.id, state="sending", owner=ordered.owner).update(
        state="accepted", message_id=message_id
    )
    return body, sequence


def recorded(user, workflow, status_id):
    return {"id": status_id, "name": status_name(user, workflow, status_id)}


def written(application, before, made, ordered, command):
    """All of it, or nothing if another request changed the application or used the key meanwhile."""
    changed = ["status", "status_group", "status_since", "updated_at", "version", "history_head"]
    values = {name: getattr(application, name) for name in changed}
    try:
        with transaction.atomic():
            if not Application.objects.filter(pk=application.id, version=before).update(**values):
                return False
            Command.objects.filter(user=command.user, key=command.key, expires_at__lte=made.at).delete()
            command.save(force_insert=True)
            made.save(force_insert=True)
            ordered.entry_id = made.id
            ordered.save(force_insert=True)
        return True
    except IntegrityError:
        return False


def again(done, fingerprint):
    if done.fingerprint != fingerprint:
        raise Problem(422, "idempotency-key-reused")
    return json.loads(done.answered), done.version
