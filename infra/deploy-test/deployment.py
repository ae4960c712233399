"""The stand-in for AWS, the template deployed to it, and what it takes to use what was deployed."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import boto3
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from samcli.yamlhelper import yaml_parse

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "target/deploy-test"
STACK = "hiring-portal"
REGION = "eu-central-1"
SENDER = "portal@deployed.example"
PORTAL_URL = "https://portal.deployed.example"


class Deployment:
    """Starts the stand-in at `with`, and ends it with all functions' processes afterwards."""

    def __enter__(self):
        self.run = WORK / "run"
        shutil.rmtree(self.run, ignore_errors=True)
        self.run.mkdir(parents=True)
        self.calls_file = self.run / "calls"
        self.certificate, key = certificate(self.run)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.endpoint = f"https://127.0.0.1:{port}"
        template = yaml_parse((ROOT / "template.yaml").read_text())
        self.parameters = set(template["Parameters"])
        tables = [each for each in template["Resources"].values() if each["Type"] == "AWS::DynamoDB::Table"]
        self.log = open(self.run / "stand-in.log", "w")  # noqa: SIM115 - until the stand-in ends
        self.process = subprocess.Popen(
            [WORK / "ministack/bin/python", ROOT / "infra/deploy-test/stand_in.py"],
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # All of it is the functions' environment, too.
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.run),
                "TMPDIR": str(self.run),
                "BIND_HOST": "127.0.0.1",
                "GATEWAY_PORT": str(port),
                "MINISTACK_REGION": REGION,
                "MINISTACK_ACCOUNT_ID": "123456789012",
                "AUTH": "true",
                "USE_SSL": "1",
                "MINISTACK_SSL_CERT": str(self.certificate),
                "MINISTACK_SSL_KEY": str(key),
                "AWS_CA_BUNDLE": str(self.certificate),
                "AWS_ENDPOINT_URL": self.endpoint,
                "CALL_RECORD": str(self.calls_file),
                "PARTITION_KEY": tables[0]["Properties"]["KeySchema"][0]["AttributeName"],
            },
        )
        try:
            self.wait_until_it_answers()
            self.become_administrator()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        children = processes_below(self.process.pid)
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for child in children:
            try:
                os.kill(child, 9)
            except ProcessLookupError:
                pass
        self.log.close()

    def wait_until_it_answers(self):
        until = time.monotonic() + 120
        while True:
            try:
                requests.get(f"{self.endpoint}/_ministack/health", verify=self.certificate, timeout=5)
                return
            except requests.RequestException:
                if self.process.poll() is not None or time.monotonic() > until:
                    sys.exit(f"the stand-in does not start: {self.run / 'stand-in.log'}")
                time.sleep(0.2)

    def become_administrator(self):
        """From here on every call is signed by a user whose rights are checked, as in an account."""
        self.credentials = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        iam = self.client("iam")
        iam.create_user(UserName="ops")
        administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
        iam.attach_user_policy(UserName="ops", PolicyArn=administrator)
        key = iam.create_access_key(UserName="ops")["AccessKey"]
        self.credentials = {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        }

    def client(self, service, credentials=None):
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.endpoint,
            verify=str(self.certificate),
            **(credentials or self.credentials),
        )

    def sam(self, *arguments, template="template.yaml", surroundings=None):
        """Runs the AWS SAM command line against the stand-in, and against nothing else."""
        settings = self.run / "samconfig.toml"
        settings.write_text("version = 0.1\n")
        environment = {
            **(surroundings or {"PATH": os.environ["PATH"], "HOME": str(self.run)}),
            "AWS_ACCESS_KEY_ID": self.credentials["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": self.credentials["aws_secret_access_key"],
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_CA_BUNDLE": str(self.certificate),
            "SAM_CLI_TELEMETRY": "0",
        }
        command = [WORK / "sam/bin/sam", *arguments, "--template-file", template, "--config-file", settings]
        result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            sys.exit(f"sam {arguments[0]} fails:\n{result.stdout[-6000:]}\n{result.stderr[-6000:]}")

    def build(self):
        # In the surroundings of `infra/build`, or cargo takes nothing of what that has built.
        self.sam("build", "--build-dir", str(WORK / "build"), surroundings=os.environ)

    def deploy(self):
        given = {"SenderAddress": SENDER, "PortalUrl": PORTAL_URL, "CompanyName": "Traunfels Gruppe"}
        overrides = [f"{name}={value!r}" for name, value in given.items() if name in self.parameters]
        self.sam(
            "deploy", "--stack-name", STACK, "--resolve-s3", "--no-confirm-changeset", "--no-progressbar",
            "--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "--parameter-overrides", *overrides,
            template=WORK / "build/template.yaml",
        )  # fmt: skip
        stack = self.client("cloudformation")
        found = stack.get_paginator("list_stack_resources").paginate(StackName=STACK)
        resources = [each for page in found for each in page["StackResourceSummaries"]]
        self.types = Counter(each["ResourceType"] for each in resources)
        self.physical = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in resources}
        processed = stack.get_template(StackName=STACK, TemplateStage="Processed")["TemplateBody"]
        if isinstance(processed, str):
            processed = json.loads(processed)
        self.resources = processed["Resources"]
        # By the name of its binary, as its events and its tests name it.
        source = yaml_parse((ROOT / "template.yaml").read_text())["Resources"]
        self.functions = {
            each["Metadata"]["BuildProperties"]["Binary"]: logical
            for logical, each in source.items()
            if each["Type"] == "AWS::Serverless::Function"
        }
        self.client("ses").verify_email_identity(EmailAddress=SENDER)
        self.connect_routes()

    def connect_routes(self):
        """What API Gateway does with an HTTP API's OpenAPI body; the stand-in keeps only the API itself."""
        gateway = self.client("apigatewayv2")
        self.routes = {}
        for logical, resource in self.resources.items():
            if resource["Type"] != "AWS::ApiGatewayV2::Api":
                continue
            self.api = self.physical[logical]
            for path, methods in resource["Properties"]["Body"]["paths"].items():
                for method, operation in methods.items():
                    uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
                    function = re.search(r"\$\{(\w+)\.Arn\}", uri)[1]
                    self.routes[f"{method.upper()} {path}"] = function
        integrations = {}
        for function in sorted(set(self.routes.values())):
            arn = f"arn:aws:lambda:{REGION}:123456789012:function:{self.physical[function]}"
            made = gateway.create_integration(
                ApiId=self.api, IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0"
            )
            integrations[function] = made["IntegrationId"]
        for route, function in self.routes.items():
            gateway.create_route(ApiId=self.api, RouteKey=route, Target=f"integrations/{integrations[function]}")

    def invoke(self, function, event):
        """The function's answer to the event; it must not report an error."""
        answer = self.client("lambda").invoke(
            FunctionName=self.physical[self.functions[function]], Payload=json.dumps(event)
        )
        payload = json.loads(answer["Payload"].read() or b"null")
        assert "FunctionError" not in answer, (function, payload)
        return payload

    def mails_to(self, address):
        """What was sent to the address, as the stand-in read it, oldest first."""
        sent = requests.get(f"{self.endpoint}/_ministack/ses/messages", verify=self.certificate, timeout=30).json()
        mails = [mail for account in sent["messages"].values() for mail in account]
        return [mail for mail in mails if any(address in to for to in mail["To"])]

    def calls(self):
        """Every check of a permission that a function's call came to: function, action, resource, allowed."""
        names = {self.physical[logical]: name for name, logical in self.functions.items()}
        lines = self.calls_file.read_text().splitlines()
        found = [json.loads(line) for line in lines]
        return [{**each, "function": names[each["session"]]} for each in found if each["session"] in names]


def certificate(folder):
    """A certificate for 127.0.0.1, which only this test's processes are told to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stand-in for AWS")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths


def processes_below(parent):
    """The ids of the processes that this one started, and those they started."""
    children = {}
    for folder in Path("/proc").iterdir():
        try:
            stat = (folder / "stat").read_text() if folder.name.isdigit() else ""
        except OSError:
            continue
        if stat:
            children.setdefault(int(stat.rsplit(")", 1)[1].split()[1]), []).append(int(folder.name))
    found, next_ones = [], [parent]
    while next_ones:
        below = children.get(next_ones.pop(), [])
        found += below
        next_ones += below
    return found
