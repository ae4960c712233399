"""The mail to an applicant: what may be written, its bytes, and the local inbox it goes to."""

import html
import json
import re
import time
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage

import nh3
from django.conf import settings

from .problems import Problem

TAGS = set("a b blockquote br code div em h1 h2 h3 i li ol p pre s span strong sub u ul".split())
PLACEHOLDER = re.compile(r"\$[A-Za-z]+\.[A-Za-z]+\$")


def composed(body):
    """Subject, sanitised HTML and text of a body that has nothing else."""
    if not isinstance(body, dict) or set(body) != {"subject", "bodyHtml"}:
        raise Problem(422, "validation", "subject and bodyHtml")
    subject = body["subject"].strip()
    clean = nh3.clean(
        body["bodyHtml"], tags=TAGS, attributes={"a": {"href"}}, url_schemes={"https", "http", "mailto", "tel"}
    )
    text = as_text(clean)
    if not subject or any(ord(character) < 32 for character in subject) or PLACEHOLDER.search(subject):
        raise Problem(422, "validation", "the subject is one line without placeholders")
    if not text or len(clean) > 100_000 or PLACEHOLDER.search(text):
        raise Problem(422, "validation", "the body is a text without placeholders")
    return subject, clean, text


def as_text(markup):
    text = re.sub(r"<br ?/?>|</(p|div|li|h[1-3]|blockquote)>", "\n", markup)
    return html.unescape(re.sub(r"<[^>]+>", "", text)).strip()


def render(user, application, subject, clean, text, at):
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = Address(user.name, addr_spec=settings.SENDER_ADDRESS)
    message["Reply-To"] = Address(user.name, addr_spec=user.email)
    message["To"] = Address(application.full_name(), addr_spec=application.email)
    message["Subject"] = subject
    message["Date"] = at
    message.set_content(f"{text}\n\n-- \n{as_text(user.signature)}\n")
    message.add_alternative(
        '<!DOCTYPE html>\n<html>\n<head><meta charset="utf-8"></head>\n<body>\n'
        f'{clean}\n<div class="signature">\n{user.signature}\n</div>\n</body>\n</html>\n',
        subtype="html",
    )
    return message.as_bytes()


def deliver(mail_id, recipient, mime):
    """Into the inbox, the envelope last: a mail without one was never acknowledged. The id it got."""
    message_id = f"{time.time_ns()}-{mail_id}"
    envelope = {"messageId": message_id, "envelope": {"from": settings.SENDER_ADDRESS, "to": [recipient]}}
    write(f"{message_id}.eml", mime)
    write(f"{message_id}.json", json.dumps(envelope, indent=2).encode())
    return message_id


def write(name, content):
    unfinished = settings.INBOX / f"{name}.partial"
    unfinished.write_bytes(content)
    unfinished.rename(settings.INBOX / name)
