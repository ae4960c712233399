"""AWS on this machine: ministack, with the parts of IAM it leaves out, and a record of every check it makes.

What it leaves out: the keys `ses:FromAddress` and `dynamodb:LeadingKeys` in conditions, which identity and
configuration set a mail is sent with, and that a raw one needs `ses:SendRawEmail` as well. And a reference to a secret
is its ARN.
"""

import contextvars
import json
import os
from email.utils import parseaddr

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import sts
from ministack.services.cloudformation import provisioners

PARTITION_KEY = os.environ["PARTITION_KEY"]
record = open(os.environ["CALL_RECORD"], "a", buffering=1)  # noqa: SIM115 - open as long as the process lives
sessions = {}
mail = contextvars.ContextVar("the mail that is being sent", default={})

register_session = sts.register_session
enforce = iam_evaluator.enforce
dynamodb_service_context = iam_actions.dynamodb_service_context
secrets = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
create_secret = secrets["create"]
enforce_ses_v2 = app._enforce_ses_v2


def remember_session(access_key, session):
    sessions[access_key] = session["Arn"].rsplit("/", 1)[-1]
    return register_session(access_key, session)


def checked(access_key, action, service, region, resource_arn="*", service_context=None):
    """The check itself; a mail is checked in each way SES does."""
    checks = [(action, resource_arn, service_context)]
    if action == "ses:SendEmail":
        checks = mail_checks(region, service_context or {})
    for action, resource, context in checks:
        denied = enforce(access_key, action, service, region, resource_arn=resource, service_context=context)
        if session := sessions.get(access_key):
            line = {"session": session, "action": action, "resource": resource, "allowed": denied is None}
            print(json.dumps(line), file=record)
        if denied:
            return denied
    return None


def mail_checks(region, context):
    sent = mail.get()
    sender = parseaddr(sent.get("FromEmailAddress", ""))[1]
    prefix = f"arn:aws:ses:{region}:{get_account_id()}:"
    resources = [f"{prefix}identity/{sender}"]
    if configuration := sent.get("ConfigurationSetName"):
        resources.append(f"{prefix}configuration-set/{configuration}")
    actions = ["ses:SendEmail"] + ["ses:SendRawEmail"] * ("Raw" in sent.get("Content", {}))
    context = {**context, "ses:FromAddress": sender}
    return [(action, resource, context) for action in actions for resource in resources]


def with_leading_keys(body):
    context = dynamodb_service_context(body)
    if keys := leading_keys(json.loads(body or b"{}")):
        context["dynamodb:LeadingKeys"] = sorted(keys)
    return context


def leading_keys(value):
    """The partition keys of the items that a request names, however deep they stand in it."""
    found = set()
    if isinstance(value, list):
        for each in value:
            found |= leading_keys(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name in ("Item", "Key") and isinstance(each.get(PARTITION_KEY), dict):
                found |= set(each[PARTITION_KEY].values())
            elif name in ("Keys", "RequestItems", "TransactItems") or name in ("Put", "Update", "Delete", "ConditionCheck"):
                found |= leading_keys(each)
    return found


def secret_with_arn(logical_id, properties, stack):
    _, attributes = create_secret(logical_id, properties, stack)
    return attributes["Arn"], attributes


def with_mail(method, path, headers, body, query_params, request_id):
    try:
        mail.set(json.loads(body or b"{}"))
    except ValueError:
        mail.set({})
    return enforce_ses_v2(method, path, headers, body, query_params, request_id)


secrets["create"] = secret_with_arn
sts.register_session = remember_session
iam_evaluator.enforce = checked
iam_actions.dynamodb_service_context = with_leading_keys
app._enforce_ses_v2 = with_mail
# Only the port that was given: others may need 443.
app._port_is_bindable = lambda *_: False
app.main()
