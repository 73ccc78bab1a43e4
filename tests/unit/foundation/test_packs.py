"""What the rule packs find in the ground: nothing that is not acknowledged with its reason at the construct."""

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib import (
    ArtifactStore,
    Container,
    ContainerImage,
    DataKey,
    ExecutionRole,
    InstanceType,
    Model,
    Network,
    SageMakerContract,
)

CPU = InstanceType("ml.m5.xlarge")
NETWORK, LOGS, DATA = "Stack/Network/Resource", "Stack/Store/AccessLogs/Resource", "Stack/Store/Bucket/Resource"
EVERYWHERE = {
    ("S3BucketReplicationEnabled", LOGS),
    ("S3BucketReplicationEnabled", DATA),
    ("VPCDefaultSecurityGroupClosed", NETWORK),
}
# A fabric adapter was asked for, and a way out.
NETWORKS = {
    ("EC2RestrictedCommonPorts", "Stack/Network/FromEachOther"),
    ("VPCDefaultSecurityGroupClosed", "Stack/Open/Resource"),
}
WAY_OUT = {("VPCNoUnrestrictedRouteToIGW", "Stack/Open/PublicRoute")}
LOG_KEY = {("S3DefaultEncryptionKMS", LOGS)}
LOCK = {("S3BucketDefaultLockEnabled", LOGS), ("S3BucketDefaultLockEnabled", DATA)}


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize(
    ("checks", "pack", "acknowledged", "for_networks"),
    [
        ("AwsSolutionsChecks", "AwsSolutions", set(), set()),
        ("NIST80053R5Checks", "NIST.800.53.R5", EVERYWHERE | LOG_KEY, NETWORKS | WAY_OUT),
        ("NIST80053R4Checks", "NIST.800.53.R4", EVERYWHERE | LOCK, NETWORKS),
        ("HIPAASecurityChecks", "HIPAA.Security", EVERYWHERE | LOG_KEY, NETWORKS | WAY_OUT),
        ("PCIDSS321Checks", "PCI.DSS.321", EVERYWHERE | LOG_KEY, NETWORKS | WAY_OUT),
    ],
)
def test_finds_only_what_is_acknowledged(
    checks: str,
    pack: str,
    acknowledged: set[tuple[str, str]],
    for_networks: set[tuple[str, str]],
    asked: bool,
    tmp_path: Path,
) -> None:
    """Once of a ground that nothing was asked of, and once of one with all that there is to ask for."""
    import cdk_nag
    from aws_cdk import App, Stack, Validations

    app = App(outdir=str(tmp_path))
    stack = Stack(app, "Stack")
    key = DataKey(stack, "Key")
    key.allow_alarms()
    key.allow_events()
    network = Network(stack, "Network", key=key)
    if asked:
        network.let_nodes_talk(stack)
        Network(stack, "Open", key=key, zones=3, nat_gateways=2).let_nodes_talk(stack, instance_types=[CPU])
    ArtifactStore(stack, "Store", key=key)
    ExecutionRole(stack, "Role")
    Validations.of(app).add_plugins(getattr(cdk_nag, checks)(app))
    app.synth()  # fails on a finding

    report: dict[str, Any] = json.loads((tmp_path / "validation-report.json").read_text())
    # A pack that finds nothing at all is not in the report.
    suppressed = [finding for found in report["pluginReports"] for finding in found["suppressedViolations"]]
    assert {
        (finding["ruleName"].removeprefix(f"{pack}-"), construct["constructPath"])
        for finding in suppressed
        for construct in finding["violatingConstructs"]
    } == acknowledged | (for_networks if asked else set())
    assert all(len(finding["reason"]) > 40 for finding in suppressed)


def test_the_controls_of_sagemaker_find_nothing_in_a_store_beside_its_model(tmp_path: Path) -> None:
    from aws_cdk import App, Stack, Validations

    app = App(outdir=str(tmp_path))
    stack = Stack(app, "Stack")
    store = ArtifactStore(stack, "Store")
    image = ContainerImage.from_uri("123456789012.dkr.ecr.us-east-1.amazonaws.com/serving:1")
    container = Container(image=image, artifact=store.artifact("model.tar.gz"))
    Model(stack, "Model", container=container, network=Network(stack, "Network"))
    Validations.of(app).add_plugins(SageMakerContract(strict=True))
    app.synth()  # fails on a finding
