"""The chain of an application's history: each entry's hash covers the one before."""

import hashlib
import json
import secrets

from .models import HistoryEntry
from .rules import moment

BEGINNING = "0" * 64


def digest(*texts):
    joined = b"".join(b"%d:%b," % (len(text), text) for text in (text.encode() for text in texts))
    return hashlib.sha256(joined).hexdigest()


def entry(application, sequence, at, user, channel, activity_id, to_status, content):
    text, salt = json.dumps(content, ensure_ascii=False), secrets.token_hex(16)
    made = HistoryEntry(
        application=application,
        sequence=sequence,
        at=at,
        actor=user,
        channel=channel,
        activity_id=activity_id,
        from_status=application.status,
        to_status=to_status,
        content=text,
        salt=salt,
        content_hash=digest(salt, text),
        previous_hash=application.history_head,
    )
    made.hash = digest(
        application.id, str(sequence), moment(at), user.id, user.customer_id or "", channel, activity_id,
        made.from_status, to_status, made.content_hash, made.previous_hash,
    )  # fmt: skip
    return made
