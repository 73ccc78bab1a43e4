"""What workloads in a VPC reach: through its endpoints, as far as their policies let them, or by a route out."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from constructs_lib.rehearsal._access import access_steps
from constructs_lib.rehearsal._jobs import job_steps
from constructs_lib.rehearsal._stage import Stage
from constructs_lib.rehearsal._steps import StepFailed
from tests.rehearsal.test_emulator_file_systems import VPC_RIGHTS
from tests.rehearsal.test_emulator_support import (
    ACCOUNT,
    ARTIFACT,
    BUCKET,
    PULL,
    STORE,
    Stack,
    World,
    made,
    refusal,
    variant,
    wait_for,
    world,
)
from tests.rehearsal.test_rehearse_access import FLOW, JOB, deployed, row, workflow

EVERYTHING = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
OTHER = "210987654321"


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def endpoint(service: str, **changes: Any) -> dict[str, Any]:
    properties = {
        "VpcId": ref("Vpc"),
        "VpcEndpointType": "Interface",
        "ServiceName": f"com.amazonaws.us-east-1.{service}",
        "SubnetIds": [ref("A"), ref("B")],
        "SecurityGroupIds": [ref("Links")],
        "PrivateDnsEnabled": True,
    }
    return made("EC2::VPCEndpoint", **properties | changes)


def gateway(**changes: Any) -> dict[str, Any]:
    properties = {
        "VpcId": ref("Vpc"),
        "VpcEndpointType": "Gateway",
        "ServiceName": "com.amazonaws.us-east-1.s3",
        "RouteTableIds": [ref("Routes")],
    }
    return made("EC2::VPCEndpoint", **properties | changes)


def group(name: str, **rules: Any) -> dict[str, Any]:
    return made("EC2::SecurityGroup", GroupDescription=name, VpcId=ref("Vpc"), **rules)


def https(**peer: Any) -> list[dict[str, Any]]:
    return [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **peer}]


def network(**changes: Any) -> dict[str, Any]:
    """A VPC without a way out, with the endpoints that jobs and models use; a part of *changes* that is None goes."""
    linked = {name: made("EC2::SubnetRouteTableAssociation", SubnetId=ref(name)) for name in ("A", "B")}
    for link in linked.values():
        link["Properties"]["RouteTableId"] = ref("Routes")
    parts = {
        "Vpc": made("EC2::VPC", CidrBlock="10.3.0.0/16", EnableDnsHostnames=True, EnableDnsSupport=True),
        "A": made("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.3.0.0/24", AvailabilityZone="us-east-1a"),
        "B": made("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.3.1.0/24", AvailabilityZone="us-east-1b"),
        "Routes": made("EC2::RouteTable", VpcId=ref("Vpc")),
        "LinkA": linked["A"],
        "LinkB": linked["B"],
        "Work": group("workloads"),
        "Links": group("endpoints", SecurityGroupIngress=https(SourceSecurityGroupId=ref("Work"))),
        "S3": gateway(),
        "Logs": endpoint("logs"),
        "Metrics": endpoint("monitoring"),
        **changes,
    }
    return {name: part for name, part in parts.items() if part is not None}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        account.role = account.make_role("in-a-vpc", [*PULL, *STORE, *VPC_RIGHTS])
        yield account


def placed(here: World, name: str, **changes: Any) -> dict[str, Any]:
    """The `VpcConfig` of a network of its own, and the ids of what it is made of."""
    stack = Stack(here, name)
    assert stack.create(network(**changes)) == "CREATE_COMPLETE", stack.reasons()
    ids = stack.physical_ids()
    return {"Subnets": [ids["A"], ids["B"]], "SecurityGroupIds": [ids["Work"]]}, ids


def job(here: World, name: str, vpc: dict[str, Any]) -> None:
    here.sagemaker.create_training_job(**here.job(name, VpcConfig=vpc))


def refused(here: World, name: str, vpc: dict[str, Any]) -> str:
    return refusal(job, here, name, vpc)


class TestRoutes:
    def test_trap_18_a_network_without_a_way_out_reaches_s3_through_its_endpoint(self, here: World) -> None:
        vpc, _ = placed(here, "whole")

        job(here, "whole", vpc)

    def test_trap_18_fails_without_an_endpoint(self, here: World) -> None:
        vpc, ids = placed(here, "no-s3", S3=None)
        words = refused(here, "no-s3", vpc)

        assert f"could not access s3://{BUCKET}/data/train: times out: no route to s3 from {ids['A']}" in words
        assert f"{ids['Vpc']} has no endpoint of s3, and no route of the subnet leads out of it" in words

    def test_fails_where_one_subnet_is_left_out(self, here: World) -> None:
        vpc, ids = placed(here, "half", LinkB=None)
        words = refused(here, "half", vpc)

        assert f"times out: no route to s3 from {ids['B']}: VPC endpoint {ids['S3']} (S3 of stack half, " in words
        assert f", the route table of {ids['B']}, and no route" in words

    def test_takes_a_route_through_a_nat_gateway(self, here: World) -> None:
        out = {
            "S3": None,
            "Address": made("EC2::EIP", Domain="vpc"),
            "Nat": made("EC2::NatGateway", SubnetId=ref("A"), AllocationId={"Fn::GetAtt": ["Address", "AllocationId"]}),
            "Out": made(
                "EC2::Route", RouteTableId=ref("Routes"), DestinationCidrBlock="0.0.0.0/0", NatGatewayId=ref("Nat")
            ),
        }
        vpc, ids = placed(here, "nat", **out)
        job(here, "nat", vpc)

        shut = group("workloads", SecurityGroupEgress=https(DestinationSecurityGroupId=ids["Links"]))
        vpc, ids = placed(here, "nat-shut", **out, Work=shut)
        assert f"no way to s3 from {ids['A']}: security groups {ids['Work']} let no TCP 443 out" in refused(
            here, "nat-shut", vpc
        )

    def test_fails_for_a_route_that_takes_a_public_address(self, here: World) -> None:
        # https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html: the machines have none.
        out = {
            "S3": None,
            "Door": made("EC2::InternetGateway"),
            "Attached": made("EC2::VPCGatewayAttachment", VpcId=ref("Vpc"), InternetGatewayId=ref("Door")),
            "Out": made(
                "EC2::Route", RouteTableId=ref("Routes"), DestinationCidrBlock="0.0.0.0/0", GatewayId=ref("Door")
            ),
        }
        vpc, _ = placed(here, "public", **out)

        assert "times out: no route to s3 from subnet-" in refused(here, "public", vpc)

    def test_fails_for_a_route_that_leads_elsewhere(self, here: World) -> None:
        peer = {"DestinationCidrBlock": "10.1.0.0/16", "VpcPeeringConnectionId": "pcx-1"}
        vpc, _ = placed(here, "peer", S3=None, Out=made("EC2::Route", RouteTableId=ref("Routes"), **peer))

        assert "times out: no route to s3 from subnet-" in refused(here, "peer", vpc)

    @pytest.mark.parametrize(
        ("name", "changes", "words"),
        [
            (
                "nameless",
                {"S3": endpoint("s3", PrivateDnsEnabled=False)},
                "does not answer under the name of the service, because private DNS is off",
            ),
            (
                "no-dns",
                {"S3": endpoint("s3"), "Vpc": made("EC2::VPC", CidrBlock="10.3.0.0/16")},
                "does not answer under the name of the service, because private DNS is off",
            ),
            ("closed", {"S3": endpoint("s3"), "Links": group("endpoints")}, "does not let security groups sg-"),
            (
                "shut-in",
                {
                    "S3": endpoint("s3"),
                    "Work": group("workloads", SecurityGroupEgress=https(CidrIp="192.168.0.0/16")),
                },
                "is not let out to by security groups sg-",
            ),
            (
                "shut-in-too",
                {"Work": group("workloads", SecurityGroupEgress=https(CidrIp="10.3.0.0/16"))},
                "is not let out to by security groups sg-",
            ),
        ],
    )
    def test_fails_for_an_endpoint_that_does_not_answer(
        self, here: World, name: str, changes: dict[str, Any], words: str
    ) -> None:
        vpc, ids = placed(here, name, **changes)
        said = refused(here, name, vpc)

        assert f"VPC endpoint {ids['S3']} (S3 of stack {name}, com.amazonaws.us-east-1.s3) {words}" in said
        assert "and no route of the subnet leads out of it" in said

    @pytest.mark.parametrize(
        ("name", "changes"),
        [
            ("by-interface", {"S3": endpoint("s3")}),
            (
                "by-prefix-list",
                {"Work": group("workloads", SecurityGroupEgress=https(DestinationPrefixListId="pl-63a5400a"))},
            ),
        ],
    )
    def test_takes_other_ways_that_are_right(self, here: World, name: str, changes: dict[str, Any]) -> None:
        vpc, _ = placed(here, name, **changes)

        job(here, name, vpc)

    def test_takes_the_group_that_a_vpc_comes_with(self, here: World) -> None:
        vpc, ids = placed(here, "by-default-group", S3=endpoint("s3", SecurityGroupIds=[]))
        assert " does not let security groups " in refused(here, "not-of-the-group", vpc)

        of_it = [{"Name": "vpc-id", "Values": [ids["Vpc"]]}, {"Name": "group-name", "Values": ["default"]}]
        (default,) = here.aws.client("ec2").describe_security_groups(Filters=of_it)["SecurityGroups"]
        job(here, "of-the-group", {**vpc, "SecurityGroupIds": [default["GroupId"]]})


@pytest.fixture(scope="module")
def bounded(here: World) -> tuple[dict[str, Any], dict[str, str]]:
    return placed(here, "bounded")


class TestPolicies:
    def limit(self, here: World, ids: dict[str, str], *statements: dict[str, Any]) -> None:
        policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        here.aws.client("ec2").modify_vpc_endpoint(VpcEndpointId=ids["S3"], PolicyDocument=policy)

    @pytest.mark.parametrize(
        ("name", "condition"),
        [
            ("principal", {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}),
            ("resource", {"StringEqualsIfExists": {"aws:ResourceAccount": ACCOUNT}}),
            ("service", {"Bool": {"aws:PrincipalIsAWSService": "false"}}),
            ("vpc", {"Null": {"aws:SourceVpc": "false", "aws:SourceVpce": "false"}}),
        ],
    )
    def test_let_the_own_through(
        self, here: World, bounded: tuple[dict[str, Any], dict[str, str]], name: str, condition: dict[str, Any]
    ) -> None:
        vpc, ids = bounded
        self.limit(here, ids, {**EVERYTHING, "Condition": condition})

        job(here, f"own-{name}", vpc)

    @pytest.mark.parametrize(
        ("name", "changes"),
        [
            ("principal", {"Condition": {"StringEquals": {"aws:PrincipalAccount": OTHER}}}),
            ("resource", {"Condition": {"StringEqualsIfExists": {"aws:ResourceAccount": OTHER}}}),
            ("service", {"Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}}),
            ("vpce", {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-0"}}}),
            ("action", {"Action": "s3:GetObject"}),
            ("bucket", {"Resource": ["arn:aws:s3:::another", "arn:aws:s3:::another/*"]}),
            # The policy of a gateway names nobody: https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
            ("role", {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/in-a-vpc"}}),
        ],
    )
    def test_fails_for_what_they_do_not_let_through(
        self, here: World, bounded: tuple[dict[str, Any], dict[str, str]], name: str, changes: dict[str, Any]
    ) -> None:
        vpc, ids = bounded
        self.limit(here, ids, {**EVERYTHING, **changes})
        named = f"VPC endpoint {ids['S3']} (S3 of stack bounded, com.amazonaws.us-east-1.s3)"

        assert f"no statement of the policy of {named} lets it through" in refused(here, f"other-{name}", vpc)

    def test_fails_for_what_they_deny(self, here: World, bounded: tuple[dict[str, Any], dict[str, str]]) -> None:
        vpc, ids = bounded
        deny = {"Sid": "NoModels", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*"}
        self.limit(here, ids, EVERYTHING, deny)
        words = refused(here, "denied", vpc)

        assert f"could not access s3://{BUCKET}/out/denied/output/model.tar.gz: the policy of VPC endpoint" in words
        assert "denies it (NoModels)" in words

    def test_of_a_bucket_may_ask_for_the_way(self, here: World, bounded: tuple[dict[str, Any], dict[str, str]]) -> None:
        vpc, ids = bounded
        self.limit(here, ids, EVERYTHING)
        s3 = here.aws.client("s3")

        def only(vpce: str) -> None:
            elsewhere = {"StringNotEquals": {"aws:SourceVpce": vpce}}
            objects = f"arn:aws:s3:::{BUCKET}/*"
            deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": objects, "Condition": elsewhere}
            s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))

        try:
            only(ids["S3"])
            job(here, "own-way", vpc)
            only("vpce-0")
            assert 'is not allowed "s3:GetObject"' in refused(here, "other-way", vpc)
        finally:
            s3.delete_bucket_policy(Bucket=BUCKET)


class TestHosting:
    def test_an_endpoint_fails_whose_machines_cannot_download(self, here: World) -> None:
        vpc, _ = placed(here, "hosted-nowhere", S3=None)
        # SageMaker itself looks whether the artifact is there, and so the model is made.
        here.model("nowhere", VpcConfig=vpc)
        here.config("nowhere", variant("main", "nowhere"))
        here.sagemaker.create_endpoint(EndpointName="nowhere", EndpointConfigName="nowhere")
        failed = self.ended(here, "nowhere")

        assert failed["EndpointStatus"] == "Failed"
        assert failed["FailureReason"].endswith("and no route of the subnet leads out of it")
        assert f"could not access {ARTIFACT}: times out: no route to s3 from " in failed["FailureReason"]

    def test_a_stack_with_one_goes_as_a_whole(self, here: World) -> None:
        vpc, _ = placed(here, "rolled-back-nowhere", S3=None)
        here.model("of-the-stack", VpcConfig=vpc)
        stack = Stack(here, "rolled-back")
        config = {"ProductionVariants": [variant("main", "of-the-stack")]}
        status = stack.create(
            {
                "Config": made("SageMaker::EndpointConfig", **config),
                "Endpoint": made(
                    "SageMaker::Endpoint", EndpointConfigName={"Fn::GetAtt": ["Config", "EndpointConfigName"]}
                ),
            }
        )

        assert status == "ROLLBACK_COMPLETE"
        assert ") failed: could not access s3://" in stack.reasons()
        assert here.sagemaker.list_endpoints(NameContains="rolled-back")["Endpoints"] == []

    def test_an_update_to_one_goes_back(self, here: World) -> None:
        vpc, _ = placed(here, "hosted-later", S3=None)
        here.model("before")
        here.model("after", VpcConfig=vpc)
        here.endpoint("updated", variant("main", "before"))
        here.config("after", variant("main", "after"))
        here.sagemaker.update_endpoint(EndpointName="updated", EndpointConfigName="after")
        then = self.ended(here, "updated")

        assert (then["EndpointStatus"], then["EndpointConfigName"]) == ("InService", "updated")
        assert then["FailureReason"].startswith("the deployment was rolled back, because could not access s3://")

    def ended(self, here: World, name: str) -> Any:
        return wait_for(
            lambda: here.sagemaker.describe_endpoint(EndpointName=name),
            lambda found: found["EndpointStatus"] not in ("Creating", "Updating", "RollingBack"),
        )


INTERFACES = {
    "Effect": "Allow",
    "Action": VPC_RIGHTS[0]["Action"],
    "Resource": "*",
}


def within(name: str, **changes: Any) -> dict[str, Any]:
    """The workflow of the access rows, with its job in a network."""
    template = workflow(name, {**JOB, "interfaces": INTERFACES}, FLOW)
    definition = template["Machine"]["Properties"]["DefinitionString"]
    inside = {"Subnets": ["${A}", "${B}"], "SecurityGroupIds": ["${Work}"]}
    text = definition["Fn::Sub"].replace('"ResourceConfig":', f'"VpcConfig": {json.dumps(inside)}, "ResourceConfig":')
    definition["Fn::Sub"] = text
    return template | network(**changes)


def last_row(stage: Stage) -> StepFailed:
    """What the row of the job says of a run that failed, or of one that did not."""
    for step in job_steps(stage):
        try:
            step.run()
        except StepFailed:
            break
    after = row(stage, "Job").after_failure
    failure = after() if after else None
    assert failure is not None
    return failure


class TestRows:
    def test_each_request_says_which_way_it_took(self, here: World) -> None:
        stage = deployed(here, "within", within("within"))
        for step in job_steps(stage):
            step.run()
        (step,) = [step for step in access_steps(stage) if step.subject.endswith("/Job")]
        requests: Any = step.run().details["requests"]

        taken = {each["action"]: [way.split(" (")[1] for way in each["through"]] for each in requests}
        ways = {
            "s3": ["S3 of stack within, com.amazonaws.us-east-1.s3)"],
            "logs": ["Logs of stack within, com.amazonaws.us-east-1.logs)"],
            "cloudwatch": ["Metrics of stack within, com.amazonaws.us-east-1.monitoring)"],
        }
        assert {action.partition(":")[0] for action in taken} >= {"s3", "logs", "cloudwatch", "kms", "ecr", "ec2"}
        assert {action: ways.get(action.partition(":")[0], []) for action in taken} == taken

    def test_trap_18_fails_without_the_endpoint_of_s3(self, here: World) -> None:
        failure = last_row(deployed(here, "row-no-s3", within("row-no-s3", S3=None)))

        assert failure.summary.startswith("was denied s3:ListBucket on arn:aws:s3:::row-no-s3-store")
        assert ": times out: no route to s3 from subnet-" in failure.summary
        assert "it lacks" not in failure.text

    def test_trap_18_fails_without_the_endpoint_of_logs(self, here: World) -> None:
        failure = last_row(deployed(here, "row-no-logs", within("row-no-logs", Logs=None)))

        assert failure.summary.startswith("was denied logs:CreateLogGroup on arn:aws:logs:")
        assert ": times out: no route to logs from subnet-" in failure.summary

    def test_fails_for_an_endpoint_with_a_narrow_policy(self, here: World) -> None:
        only = {"Version": "2012-10-17", "Statement": [{**EVERYTHING, "Action": ["s3:GetObject", "s3:ListBucket"]}]}
        failure = last_row(deployed(here, "row-narrow", within("row-narrow", S3=gateway(PolicyDocument=only))))

        assert failure.summary.startswith("was denied s3:PutObject on arn:aws:s3:::row-narrow-store")
        assert "no statement of the policy of VPC endpoint vpce-" in failure.summary
        assert "(S3 of stack row-narrow, com.amazonaws.us-east-1.s3) lets it through" in failure.summary
