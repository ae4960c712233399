"""The functions' roles: without a permission a function fails, and what a role does not allow is refused."""

import json
from collections import Counter
from urllib.parse import unquote

from botocore.exceptions import ClientError

from deployment import SENDER

REFUSALS = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}


def role_of(deployment, logical):
    return deployment.physical[f"{logical}Role"]


def inline_policies(iam, role):
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        yield name, json.loads(unquote(document)) if isinstance(document, str) else document


def several(value):
    return value if isinstance(value, list) else [value]


def without_a_permission_nothing_happens(deployment, company):
    """`send-email` loses `dynamodb:PutItem`: nothing is written, nothing is mailed, and given back it works."""
    iam = deployment.client("iam")
    role = role_of(deployment, deployment.functions["send-email"])
    kept = list(inline_policies(iam, role))
    for name, document in kept:
        stripped = json.loads(json.dumps(document))
        for statement in stripped["Statement"]:
            actions = several(statement["Action"])
            statement["Action"] = [action for action in actions if action != "dynamodb:PutItem"]
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(stripped))
    body = {"subject": "Ihre Bewerbung", "bodyHtml": "<p>Leider nein.</p>"}
    before = company.decider.get(f"/api/applications/{company.untouched}")
    refused = company.decider.act(company.untouched, "email", body, "stripped-of-putitem", status=503)
    assert refused["type"] == "/problems/unavailable", refused
    assert company.decider.get(f"/api/applications/{company.untouched}") == before
    assert deployment.mails_to("applicant3@post.example") == []
    denied = [each for each in deployment.calls() if not each["allowed"] and each["function"] == "send-email"]
    assert {each["action"] for each in denied} == {"dynamodb:PutItem"}, denied

    for name, document in kept:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
    acted = company.decider.act(company.untouched, "email", body, "stripped-of-putitem")
    assert acted["delivery"]["state"] == "accepted", acted
    assert len(deployment.mails_to("applicant3@post.example")) == 1


def attempts(deployment, table, bucket, secret, function):
    """Calls by the action that they need; those with a reason are refused to whoever has no reason to do them."""
    key = {"pk": {"S": "TRUST"}, "sk": {"S": "nobody's"}}
    mail = {"Simple": {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}}
    to = {"ToAddresses": ["somebody@post.example"]}
    page = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "nobody's"}}}
    return [
        ("dynamodb:GetItem", "dynamodb", "get_item", {"TableName": table, "Key": key}),
        ("dynamodb:BatchGetItem", "dynamodb", "batch_get_item", {"RequestItems": {table: {"Keys": [key]}}}),
        ("dynamodb:Query", "dynamodb", "query", {"TableName": table, **page}),
        ("dynamodb:PutItem", "dynamodb", "put_item", {"TableName": table, "Item": key}),
        ("dynamodb:UpdateItem", "dynamodb", "update_item", {"TableName": table, "Key": key}),
        ("dynamodb:DeleteItem", "dynamodb", "delete_item", {"TableName": table, "Key": key}),
        ("dynamodb:Scan", "dynamodb", "scan", {"TableName": table}),
        ("dynamodb:DeleteTable", "dynamodb", "delete_table", {"TableName": table}),
        ("dynamodb:UpdateContinuousBackups", "dynamodb", "update_continuous_backups",
         {"TableName": table, "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": False}}),
        ("ses:SendEmail", "sesv2", "send_email",
         {"FromEmailAddress": SENDER, "Destination": to, "Content": mail}),
        ("ses:SendEmail from another address", "sesv2", "send_email",
         {"FromEmailAddress": "ceo@deployed.example", "Destination": to, "Content": mail}),
        ("s3:GetObject", "s3", "get_object", {"Bucket": bucket, "Key": "documents/nobody's"}),
        ("s3:PutObject", "s3", "put_object", {"Bucket": bucket, "Key": "documents/nobody's", "Body": b"x"}),
        ("s3:PutObject beside the documents", "s3", "put_object", {"Bucket": bucket, "Key": "nobody's", "Body": b"x"}),
        ("s3:DeleteObject", "s3", "delete_object", {"Bucket": bucket, "Key": "documents/nobody's"}),
        ("s3:ListBucket", "s3", "list_objects_v2", {"Bucket": bucket}),
        ("s3:PutBucketPolicy", "s3", "put_bucket_policy", {"Bucket": bucket, "Policy": "{}"}),
        ("secretsmanager:GetSecretValue", "secretsmanager", "get_secret_value", {"SecretId": secret}),
        ("lambda:InvokeFunction", "lambda", "invoke", {"FunctionName": function, "Payload": b"{}"}),
        ("iam:ListRoles", "iam", "list_roles", {}),
    ]  # fmt: skip


def what_roles_are_refused(deployment):
    """Tries with each role what it does not allow; how many calls each was refused."""
    iam, sts = deployment.client("iam"), deployment.client("sts")
    ops = deployment.client("sts").get_caller_identity()["Arn"]
    physical = deployment.physical
    (table,) = (physical[name] for name, each in deployment.resources.items() if each["Type"] == "AWS::DynamoDB::Table")
    bucket, secret = physical["Documents"], physical["SigningSeed"]
    refused, wrong = Counter(), []
    for function, logical in deployment.functions.items():
        role = role_of(deployment, logical)
        policies = [document for _, document in inline_policies(iam, role)]
        allowed = {
            action
            for document in policies
            for statement in several(document["Statement"])
            if statement["Effect"] == "Allow"
            for action in several(statement["Action"])
        }
        credentials = assume(iam, sts, role, ops)
        clients = {}
        for action, service, operation, arguments in attempts(
            deployment, table, bucket, secret, physical["InviteRecruiter"]
        ):
            # Nobody but who signs tokens may write a key that all functions trust.
            if action in allowed and not writes_trust(action, allowed):
                continue
            client = clients.setdefault(service, deployment.client(service, credentials))
            try:
                getattr(client, operation)(**arguments)
                wrong.append(f"{function} may {action}")
            except ClientError as error:
                if error.response["Error"]["Code"] in REFUSALS:
                    refused[function] += 1
                else:
                    wrong.append(f"{function} {action}: {error}")
    assert not wrong, wrong
    return refused


def writes_trust(action, allowed):
    writes = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
    return action in writes and "secretsmanager:GetSecretValue" not in allowed


def assume(iam, sts, role, who):
    """Credentials of the role, for which its trust is widened for a moment."""
    trust = iam.get_role(RoleName=role)["Role"]
    original = trust["AssumeRolePolicyDocument"]
    original = json.loads(unquote(original)) if isinstance(original, str) else original
    widened = json.loads(json.dumps(original))
    widened["Statement"] = several(widened["Statement"])
    widened["Statement"].append({"Effect": "Allow", "Principal": {"AWS": who}, "Action": "sts:AssumeRole"})
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(widened))
    given = sts.assume_role(RoleArn=trust["Arn"], RoleSessionName="attempts")["Credentials"]
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(original))
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }
