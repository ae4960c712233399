"""Deploys the template to a stand-in for AWS, uses the system, and says what came of it."""

import time
from collections import Counter

import replay
import roles
import story
from deployment import Deployment

times = {}


def timed(step, work, *arguments):
    started = time.monotonic()
    print(f"{step} …", flush=True)
    result = work(*arguments)
    times[step] = time.monotonic() - started
    return result


def main():
    with Deployment() as deployment:
        timed("checking the template", deployment.sam, "validate", "--lint")
        timed("building", deployment.build)
        timed("deploying", deployment.deploy)
        company = timed("the story", story.tell, deployment)
        told = deployment.calls()
        refused = [each for each in told if not each["allowed"]]
        assert not refused, refused
        timed("a permission less", roles.without_a_permission_nothing_happens, deployment, company)
        statuses = timed("example events", replay.replay, deployment, company)
        attempts = timed("refused calls", roles.what_roles_are_refused, deployment)

        print("\ndeployed:")
        for kind, count in sorted(deployment.types.items()):
            print(f"  {count:3} {kind}")
        print(f"  with {len(deployment.routes)} routes to {len(set(deployment.routes.values()))} functions")
        print("\ncalled in the story, as often as IAM was asked:")
        for function in sorted({each["function"] for each in told}):
            counts = Counter(each["action"] for each in told if each["function"] == function)
            print(f"  {function}: " + ", ".join(f"{action} {count}" for action, count in sorted(counts.items())))
        print(f"\nexample events: {len(deployment.functions)} functions without an error; statuses of HTTP:")
        print("  " + ", ".join(f"{status}: {count}" for status, count in sorted(Counter(statuses.values()).items())))
        print(f"\ncalls refused to each role (of {len(attempts)} roles, {sum(attempts.values())} calls):")
        print("  " + ", ".join(f"{function} {count}" for function, count in sorted(attempts.items())))
        print("\nseconds: " + ", ".join(f"{step} {seconds:.1f}" for step, seconds in times.items()))


if __name__ == "__main__":
    main()
