"""`POST …/activities/{activityId}/email` as a team would write it in Python: the same checks, calls and items."""

import hashlib
import html
import json
import os
import re
import secrets
import time
import uuid
from datetime import datetime, timezone
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage

import boto3
import jwt
import nh3
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer
from botocore.config import Config
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TABLE = os.environ["TABLE_NAME"]
TAGS = set("a b blockquote br code div em h1 h2 h3 i li ol p pre s span strong sub u ul".split())
PLACEHOLDER = re.compile(r"\$[A-Za-z]+\.[A-Za-z]+\$")
to_attribute = TypeSerializer().serialize
from_attribute = TypeDeserializer().deserialize

dynamodb = boto3.client("dynamodb")
# A mail is sent once: a retry could send it twice.
ses = boto3.client("sesv2", config=Config(retries={"total_max_attempts": 1}, read_timeout=8))


def signing_keys():
    """The published keys; the query also opens the connection while Lambda starts the function."""
    answer = dynamodb.query(
        TableName=TABLE,
        KeyConditionExpression="pk = :trust",
        ExpressionAttributeValues={":trust": {"S": "TRUST"}},
    )
    return {
        item["sk"]["S"].removeprefix("SIGNING_KEY#"): Ed25519PublicKey.from_public_bytes(item["key"]["B"])
        for item in answer["Items"]
        if item["sk"]["S"].startswith("SIGNING_KEY#")
    }


KEYS = signing_keys()


class Problem(Exception):
    def __init__(self, status, slug, detail="", **more):
        self.status = status
        self.body = {"type": f"/problems/{slug}", "title": slug, "status": status, "detail": detail, **more}


def answer(status, body, kind="application/json", **headers):
    return {
        "statusCode": status,
        "headers": {"content-type": kind, **headers},
        "body": json.dumps(body, ensure_ascii=False, default=int),
        "isBase64Encoded": False,
    }


def handler(event, context):
    try:
        return send_email(event, context.aws_request_id)
    except Problem as problem:
        return answer(problem.status, problem.body, "application/problem+json")


def authenticate(headers):
    scheme, _, token = headers.get("authorization", "").partition(" ")
    try:
        if scheme.lower() != "bearer":
            raise jwt.InvalidTokenError
        header = jwt.get_unverified_header(token)
        if header.get("typ") != "at+jwt":
            raise jwt.InvalidTokenError
        return jwt.decode(
            token,
            KEYS[header["kid"]],
            algorithms=["EdDSA"],
            audience="hiring-portal-api",
            issuer="hiring-portal",
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except (jwt.InvalidTokenError, KeyError) as error:
        raise Problem(401, "unauthenticated") from error


def parse(event):
    headers, path = event["headers"], event["pathParameters"]
    key = headers.get("idempotency-key", "").strip()
    if not re.fullmatch(r"[!-~]{8,128}", key):
        raise Problem(400, "bad-request", "the header Idempotency-Key must have 8 to 128 visible characters")
    if "if-match" not in headers:
        raise Problem(428, "version-missing")
    body = json.loads(event["body"])
    if set(body) != {"subject", "bodyHtml"}:
        raise Problem(422, "validation", errors=[{"pointer": "", "detail": "subject and bodyHtml"}])
    subject = body["subject"].strip()
    clean = nh3.clean(
        body["bodyHtml"],
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"https", "http", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    text = as_text(clean)
    errors = []
    if not subject or any(ord(character) < 32 for character in subject) or PLACEHOLDER.search(subject):
        errors.append({"pointer": "/subject", "detail": "one line without placeholders"})
    if not text or len(clean) > 100_000 or PLACEHOLDER.search(text):
        errors.append({"pointer": "/bodyHtml", "detail": "a text without placeholders"})
    if errors:
        raise Problem(422, "validation", errors=errors)
    fingerprint = hashlib.sha256()
    for part in (event["requestContext"]["http"]["method"], event["rawPath"], event["rawQueryString"], event["body"]):
        part = part.encode()
        fingerprint.update(b"%d:%b" % (len(part), part))
    return key, headers["if-match"].strip(), path["applicationId"], path["activityId"], subject, clean, text, fingerprint.hexdigest()


def as_text(markup):
    text = re.sub(r"<br ?/?>|</(p|div|li|h[1-3]|blockquote)>", "\n", markup)
    return html.unescape(re.sub(r"<[^>]+>", "", text)).strip()


def load(keys):
    answer = dynamodb.batch_get_item(
        RequestItems={TABLE: {"ConsistentRead": True, "Keys": [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys]}}
    )
    found = {}
    for item in answer["Responses"][TABLE]:
        plain = {name: from_attribute(value) for name, value in item.items()}
        found[plain.pop("pk"), plain.pop("sk")] = plain
    return [found.get(key) for key in keys]


def released(user, application, job, workflow, activity_id):
    activity = next((each for each in workflow["activities"] if each["id"] == activity_id), None)
    if activity is None or application["status"] not in activity["fromStatuses"]:
        raise Problem(403, "activity-not-released")
    role = user["role"]
    if role["kind"] == "contact":
        channels = activity.get("release", {}).get(role["contactRole"], [])
        if user["id"] not in job["contactIds"] or "email" not in channels:
            raise Problem(403, "activity-not-released")
    return activity


def digest(*texts):
    joined = b"".join(b"%d:%b," % (len(text), text) for text in (text.encode() for text in texts))
    return hashlib.sha256(joined).hexdigest()


def put(pk, sk, item, condition="attribute_not_exists(pk)", names=None, values=None):
    item = {name: to_attribute(value) for name, value in {**item, "pk": pk, "sk": sk}.items()}
    write = {
        "TableName": TABLE,
        "Item": item,
        "ConditionExpression": condition,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    if names:
        write["ExpressionAttributeNames"] = names
    if values:
        write["ExpressionAttributeValues"] = {name: to_attribute(value) for name, value in values.items()}
    return write


def render(mail_id, user, applicant, subject, clean, text, now):
    message = EmailMessage(policy=policy.SMTP)
    message["Message-ID"] = f"<{mail_id}@{os.environ['SENDER_ADDRESS'].partition('@')[2]}>"
    message["Date"] = now
    message["From"] = Address(user["name"], addr_spec=os.environ["SENDER_ADDRESS"])
    message["Reply-To"] = Address(user["name"], addr_spec=user["email"])
    message["To"] = Address(full_name(applicant), addr_spec=applicant["email"])
    message["Subject"] = subject
    signature = user.get("signature", "")
    message.set_content(f"{text}\n\n-- \n{as_text(signature)}\n")
    message.add_alternative(
        '<!DOCTYPE html>\n<html>\n<head><meta charset="utf-8"></head>\n<body>\n'
        f'{clean}\n<div class="signature">\n{signature}\n</div>\n</body>\n</html>\n',
        subtype="html",
    )
    return message.as_bytes()


def full_name(applicant):
    before = f"{applicant['title']} " if applicant.get("title") else ""
    after = f", {applicant['titleAfterName']}" if applicant.get("titleAfterName") else ""
    return f"{before}{applicant['firstName']} {applicant['lastName']}{after}"


def send_email(event, request_id):
    claims = authenticate(event["headers"])
    key, if_match, application_id, activity_id, subject, clean, text, fingerprint = parse(event)
    workflow_id, job_id, user_id = activity_id.partition(".")[0], application_id.partition("-")[0], claims["sub"]
    user, application, job, workflow, command = load(
        [
            (f"USER#{user_id}", "USER"),
            (f"APPLICATION#{application_id}", "APPLICATION"),
            (f"JOB#{job_id}", "JOB"),
            ("WORKFLOWS", f"WORKFLOW#{workflow_id}"),
            (f"COMMAND#{user_id}#{key}", "COMMAND"),
        ]
    )
    seconds = int(time.time())
    if user is None or not user["active"]:
        raise Problem(401, "unauthenticated")
    if command and command["expiresAt"] > seconds:
        if command["fingerprint"] != fingerprint:
            raise Problem(422, "idempotency-key-reused")
        return answer(200, json.loads(command["answered"]))
    role = user["role"]
    if application is None or job is None or role.get("customerId", application["customerId"]) != application["customerId"]:
        raise Problem(404, "not-found")
    if if_match != f'"{application["version"]}"':
        raise Problem(412, "application-changed")
    if workflow is None or workflow["id"] != job["workflowId"]:
        raise Problem(403, "activity-not-released")
    activity = released(user, application, job, workflow, activity_id)
    applicant = application["applicant"]
    if not applicant.get("email"):
        raise Problem(409, "applicant-without-email")

    statuses = {status["id"]: status for status in workflow["statuses"]}
    now = datetime.now(timezone.utc)
    at = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    sequence = int(application["version"]) + 1
    mail_id = f"{application_id}_{sequence}_1"
    recorded = lambda status: {name: statuses[status][name] for name in ("id", "name", "nameForContacts")}
    content = {
        "actorName": user["name"],
        "activity": {"id": activity_id, "name": activity["name"]},
        "fromStatus": recorded(application["status"]),
        "toStatus": recorded(activity["targetStatus"]),
        "email": {
            "to": applicant["email"],
            "subject": subject,
            "bodyHtml": clean,
            "signatureHtml": user.get("signature", ""),
        },
    }
    content_text, salt = json.dumps(content, ensure_ascii=False), secrets.token_hex(16)
    actor = {"kind": role["kind"], "userId": user_id}
    if "customerId" in role:
        actor["customerId"] = role["customerId"]
    entry = {
        "applicationId": application_id,
        "sequence": sequence,
        "at": at,
        "actor": actor,
        "channel": "email",
        "activityId": activity_id,
        "fromStatus": application["status"],
        "toStatus": activity["targetStatus"],
        "contentHash": digest(salt, content_text),
        "previousHash": application["historyHead"],
        "salt": salt,
        "content": content_text,
    }
    entry["hash"] = digest(
        application_id, str(sequence), at, actor["kind"], user_id, actor.get("customerId", ""), "email", activity_id,
        application["status"], activity["targetStatus"], entry["contentHash"], entry["previousHash"],
    )  # fmt: skip
    target = statuses[activity["targetStatus"]]
    before = application["version"]
    application |= {
        "status": target["id"],
        "statusGroup": target["group"],
        "statusSince": at,
        "updatedAt": at,
        "version": sequence,
        "historyHead": entry["hash"],
        "lastChange": {
            "at": at,
            "actorKind": actor["kind"],
            "actorCustomerId": actor.get("customerId"),
            "actorName": user["name"],
            "channel": "email",
            "activityName": activity["name"],
        },
        "listOrder": f"4-{target['group']}#{at}#{application_id}",
    }
    feed_order = f"{at}#{application_id}#{sequence:010}"
    feed = {
        "at": at,
        "actor": actor,
        "actorName": user["name"],
        "channel": "email",
        "customerId": application["customerId"],
        "about": {
            "kind": "application",
            "applicationId": application_id,
            "jobId": job_id,
            "sequence": sequence,
            "applicantName": full_name(applicant),
            "activityName": activity["name"],
            "fromStatus": content["fromStatus"],
            "toStatus": content["toStatus"],
            "emailSubject": subject,
            "mails": 1,
        },
    }
    lists = {
        "feed": feed,
        "feedOrder": feed_order,
        "feedList": "feedAll",
        "feedChannel": "email",
        "feedContact": user_id,
        "feedCustomer": application["customerId"],
        "feedJob": job_id,
    }
    mail = {
        "id": mail_id,
        "recipient": applicant["email"],
        "recipientKind": "applicant",
        "state": "sending",
        "attempt": 1,
        "owner": request_id,
        "orderedAt": at,
        "updatedAt": at,
        "leaseUntil": at,
    }
    mime = render(mail_id, user, applicant, subject, clean, text, now)
    shown = {name: application[name] for name in ("id", "applicant", "status", "statusGroup", "statusSince", "updatedAt")}
    shown |= {"version": str(sequence), "job": {"id": job_id, "title": job["title"], "customerId": job["customerId"]}}
    body = {"application": shown, "historyEntry": {"id": str(sequence), "at": at, **content}, "delivery": {"state": "accepted"}}
    done = {
        "fingerprint": fingerprint,
        "applicationId": application_id,
        "sequence": sequence,
        "answered": json.dumps(body, ensure_ascii=False, default=int),
        "expiresAt": seconds + 48 * 3600,
    }
    history, open_mail = f"HISTORY#{sequence:010}", {"openMails": "OPEN_MAILS#0", "dueOrder": f"{at}#{mail_id}"}
    pk = f"APPLICATION#{application_id}"
    writes = [
        put(f"COMMAND#{user_id}#{key}", "COMMAND", done, "attribute_not_exists(pk) OR expiresAt <= :now", values={":now": seconds}),
        put(pk, "APPLICATION", application, "#version = :before", {"#version": "version"}, {":before": before}),
        put(pk, history, {**entry, **lists}),
        put(pk, f"{history}#MAIL#001", {**mail, **open_mail}),
        put(pk, f"MIME#{sequence:010}#001", {"mime": Binary(mime), "expiresAt": seconds + 7 * 86400}),
    ]
    try:
        dynamodb.transact_write_items(
            TransactItems=[{"Put": write} for write in writes], ClientRequestToken=str(uuid.uuid4())
        )
    except dynamodb.exceptions.TransactionCanceledException as error:
        raise Problem(412, "application-changed") from error

    try:
        sent = ses.send_email(
            FromEmailAddress=os.environ["SENDER_ADDRESS"],
            ConfigurationSetName=os.environ["CONFIGURATION_SET"],
            Destination={"ToAddresses": [applicant["email"]]},
            Content={"Raw": {"Data": mime}},
            EmailTags=[{"Name": "mail", "Value": mail_id}, {"Name": "attempt", "Value": "1"}],
        )
    except ClientError:
        body["delivery"]["state"] = "sending"
        return answer(202, body, etag=f'"{sequence}"')
    accepted = {**mail, "state": "accepted", "messageId": sent["MessageId"], "answered": "accepted"}
    mark = put(
        pk,
        f"{history}#MAIL#001",
        accepted,
        "attempt = :attempt AND #owner = :owner AND #state = :state",
        {"#owner": "owner", "#state": "state"},
        {":attempt": 1, ":owner": request_id, ":state": "sending"},
    )
    dynamodb.put_item(**mark)
    return answer(200, body, etag=f'"{sequence}"')
