"""Checks template.yaml without AWS: cfn-lint, checkov and the project's own rules (infra/guard), and prints what they say.

The work is done on the template as SAM transforms it, since that is what gets deployed.
"""

import copy
import json
import os
import pathlib
import subprocess
import sys

import yaml
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUARD = ROOT / "infra/guard"
WORK = ROOT / "target/check"
# CloudFormation's limits.
MOST_RESOURCES = 500
MOST_BYTES = 1_000_000
KINDS = {"all functions": "AWS::Lambda::Function", "all log groups": "AWS::Logs::LogGroup"}
failures = []


def fail(text):
    failures.append(text)
    print(f"  {text}")


def run(*command):
    return subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=False)


class ManagedPolicies:
    """SAM asks AWS for the managed policies' ARNs; it gets to know the ones it names by itself."""

    def load(self):
        return {"AWSLambdaBasicExecutionRole": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}


def transformed():
    template = yaml_parse((ROOT / "template.yaml").read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            # Where the packages will lie; SAM transforms no local folders.
            resource["Properties"]["CodeUri"] = "s3://packages/package.zip"
    return with_lists(json.loads(json.dumps(transform(template, {}, ManagedPolicies()))))


def with_lists(node):
    """Actions and resources of policies always as lists, so that a rule has one form to look at."""
    if isinstance(node, list):
        return [with_lists(part) for part in node]
    if not isinstance(node, dict):
        return node
    node = {name: with_lists(part) for name, part in node.items()}
    if "Effect" in node:
        for name in ("Action", "Resource"):
            if name in node and not isinstance(node[name], list):
                node[name] = [node[name]]
    return node


def without_exceptions(tool, findings, resources):
    """What is left of the findings (check, resource, text); an exception that nothing needs is a failure."""
    left, used = [], set()
    exceptions = yaml.safe_load((ROOT / "infra/check/exceptions.yaml").read_text())[tool]
    for check, resource, text in findings:
        kind = resources.get(resource, {}).get("Type")
        for number, exception in enumerate(exceptions):
            meant = exception["resources"]
            if exception["check"] == check and (resource in meant or any(KINDS.get(name) == kind for name in meant)):
                used.add(number)
                break
        else:
            left.append(f"{check} {resource}: {text}")
    for number, exception in enumerate(exceptions):
        if number not in used or not exception.get("because"):
            fail(f"{tool}: the exception {exception['check']} is not needed or has no reason")
    return left, len(findings) - len(left)


def lint(resources):
    answer = run("cfn-lint", "template.yaml", "--append-rules", "cfn_lint_serverless.rules", "--format", "json")
    if not answer.stdout.startswith("["):
        sys.exit(answer.stdout + answer.stderr)
    findings = []
    for finding in json.loads(answer.stdout):
        path = finding["Location"]["Path"] or []
        resource = path[1] if len(path) > 1 and path[0] == "Resources" else "template"
        findings.append((finding["Rule"]["Id"], resource, finding["Message"]))
    left, excepted = without_exceptions("cfn-lint", findings, resources)
    for line in left:
        fail(line)
    return f"cfn-lint findings {len(left)} ({excepted} explained in infra/check/exceptions.yaml)"


def checkov(path, resources):
    answer = run("checkov", "-f", path, "--framework", "cloudformation", "-o", "json", "--quiet", "--skip-download")
    try:
        result = json.loads(answer.stdout)
    except json.JSONDecodeError:
        sys.exit(answer.stdout + answer.stderr)
    findings = [
        (check["check_id"], check["resource"].rsplit(".", 1)[-1], check["check_name"])
        for check in result["results"]["failed_checks"]
    ]
    left, excepted = without_exceptions("checkov", findings, resources)
    for line in left:
        fail(line)
    if result["summary"]["parsing_errors"]:
        fail("checkov cannot read the transformed template")
    return f"checkov passed {result['summary']['passed']}, failed {len(left)}, explained {excepted}"


def broken(template, changes):
    """The template with other values at these places; `~1` stands for a slash in a name."""
    template = copy.deepcopy(template)
    for path, value in changes.items():
        *way, last = [part.replace("~1", "/") for part in path.split("/")]
        place = template
        for part in way:
            place = place[int(part) if isinstance(place, list) else part]
        last = int(last) if isinstance(place, list) else last
        if value is None:
            del place[last]
        else:
            place[last] = value
    return template


def guard(template, path):
    """Each rule holds for the template, and fails for the template broken as infra/guard/breaks.yaml says."""
    breaks = yaml.safe_load((GUARD / "breaks.yaml").read_text())
    passed = tested = 0
    for rules in sorted(GUARD.glob("*.guard")):
        names = [line.split()[1] for line in rules.read_text().splitlines() if line.startswith("rule ")]
        cases = breaks.get(rules.stem, {})
        for name in set(names) ^ set(cases):
            fail(f"{rules.name}: {name} is not in both rules and breaks.yaml")

        answer = run("cfn-guard", "validate", "--rules", rules, "--data", path, "--structured", "--output-format", "json",
                     "--show-summary", "none")  # fmt: skip
        result = json.loads(answer.stdout)[0]
        # A rule that finds nothing to look at says nothing.
        passed += len(set(result["compliant"]) & set(names))
        for name in names:
            if name not in result["compliant"]:
                fail(f"{rules.name}: {name} does not hold")

        tests = [{"name": "as it is", "input": template, "expectations": {"rules": dict.fromkeys(names, "PASS")}}]
        for name in names:
            if name in cases:
                case = broken(template, cases[name])
                tests.append({"name": name, "input": case, "expectations": {"rules": {name: "FAIL"}}})
        cases_file = WORK / f"{rules.stem}_tests.json"
        cases_file.write_text(json.dumps(tests))
        answer = run("cfn-guard", "test", "--rules-file", rules, "--test-data", cases_file)
        if answer.returncode != 0:
            wrong = [line.strip() for line in answer.stdout.splitlines() if "Evaluated" in line] or [answer.stderr]
            for line in wrong:
                fail(f"{rules.name}: a case is not judged as expected: {line}")
        else:
            tested += sum(1 for name in names if name in cases)
    return f"cfn-guard rules passed {passed}, tested {tested} (each with a case that passes and one that fails)"


def main():
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    WORK.mkdir(parents=True, exist_ok=True)
    template = transformed()
    resources = template["Resources"]
    path = WORK / "template.json"
    path.write_text(json.dumps(template, indent=1))
    size = len(json.dumps(template, separators=(",", ":")))
    if len(resources) > MOST_RESOURCES or size > MOST_BYTES:
        fail("the template is too big for CloudFormation")
    lines = [
        f"resources {len(resources)} of {MOST_RESOURCES}, transformed template {size} of {MOST_BYTES} bytes",
        lint(resources),
        guard(template, path),
        checkov(path, resources),
    ]
    print("\n".join(lines))
    if failures:
        sys.exit(f"the template has {len(failures)} findings")


main()
