"""The security rules that every synth of the app runs: nothing unacknowledged, each acknowledgement for one finding."""

import json
import re
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def report(assembly: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((assembly / "validation-report.json").read_text())
    return content


def test_both_packs_ran_and_found_nothing(report: dict[str, Any]) -> None:
    conclusions = {pack["pluginName"]: pack["conclusion"] for pack in report["pluginReports"]}

    assert conclusions == {"AwsSolutions": "success", "NIST.800.53.R5": "success"}


def test_each_acknowledgement_has_a_reason_and_stands_at_what_it_concerns(report: dict[str, Any]) -> None:
    suppressed = [finding for pack in report["pluginReports"] for finding in pack.get("suppressedViolations", [])]

    assert suppressed, "the reasons are part of the report"
    for finding in suppressed:
        (construct,) = finding["violatingConstructs"]
        assert len(finding["reason"]) > 40, finding["ruleName"]
        assert construct["constructPath"].startswith(finding["acknowledgedAt"]), finding["ruleName"]
        assert "/" in finding["acknowledgedAt"], f"{finding['ruleName']} is acknowledged for a whole stack"


def test_the_acknowledged_findings_are_these_and_no_others(report: dict[str, Any]) -> None:
    found = sorted(
        {
            re.sub(r"ExportsOutput\w+", "…", f"{construct['constructPath']}: {finding['ruleName']}")
            for pack in report["pluginReports"]
            for finding in pack.get("suppressedViolations", [])
            for construct in finding["violatingConstructs"]
        }
    )

    here = "<AWS::Region>:<AWS::AccountId>"
    store = "AwsSolutions-IAM5[Resource::DeepLearning-Foundation:…"
    assert found == sorted(
        [
            "DeepLearning-Foundation/Network/Resource: NIST.800.53.R5-VPCDefaultSecurityGroupClosed",
            "DeepLearning-Foundation/Store/AccessLogs/Resource: NIST.800.53.R5-S3BucketReplicationEnabled",
            "DeepLearning-Foundation/Store/AccessLogs/Resource: NIST.800.53.R5-S3DefaultEncryptionKMS",
            "DeepLearning-Foundation/Store/Bucket/Resource: NIST.800.53.R5-S3BucketReplicationEnabled",
            f"DeepLearning-RealTime/Endpoint/Capture/main: {store}/capture/*]",
            "DeepLearning-RealTime/Model/Policy: AwsSolutions-IAM5[Resource::*]",
            "DeepLearning-RealTime/Model/Policy: AwsSolutions-IAM5[Resource::"
            f"arn:<AWS::Partition>:ec2:{here}:network-interface/*]",
            "DeepLearning-RealTime/Model/Policy: AwsSolutions-IAM5[Resource::"
            f"arn:<AWS::Partition>:logs:{here}:log-group:/aws/sagemaker/Endpoints*]",
            "DeepLearning-Training/Train/Policy: AwsSolutions-IAM5[Resource::*]",
            *(
                f"DeepLearning-Training/Train/Policy: {store}/data/{channel}/*]"
                for channel in ("train", "train_lst", "validation", "validation_lst")
            ),
            f"DeepLearning-Training/Train/Policy: {store}/models/*]",
            "DeepLearning-Training/Train/Policy: AwsSolutions-IAM5[Resource::"
            f"arn:<AWS::Partition>:ec2:{here}:network-interface/*]",
            "DeepLearning-Training/Train/Policy: AwsSolutions-IAM5[Resource::"
            f"arn:<AWS::Partition>:logs:{here}:log-group:/aws/sagemaker/TrainingJobs*]",
            "DeepLearning-Training/Workflow/Policy: AwsSolutions-IAM5[Resource::*]",
            "DeepLearning-Training/Workflow/Policy: AwsSolutions-IAM5[Resource::"
            f"arn:<AWS::Partition>:sagemaker:{here}:training-job/train-*]",
        ]
    )
