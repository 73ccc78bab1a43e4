"""What jobs need of their network beside an address: traffic among their nodes, services, a way out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from constructs_lib import (
    Channel,
    Cluster,
    ContainerImage,
    ContinuousParameterRange,
    HeterogeneousCluster,
    InstanceGroup,
    InstancePreference,
    InstanceType,
    Mlflow,
    Model,
    Network,
    PreferredInstances,
    ProcessingCluster,
    ProcessingInstancePreference,
    ProcessingJob,
    ProcessingOutput,
    ServerlessJob,
    ServerlessTrainingJob,
    SourceCode,
    TransformInput,
    TransformJob,
    TransformOutput,
    TuningDefinition,
    TuningInstanceConfig,
    TuningJob,
    TuningObjective,
)
from constructs_lib.training.serverless import CustomizationTechnique
from tests.templates import of_type, template_of
from tests.unit.foundation.test_among_nodes import ALL, ESP, KEYS, TCP, passing
from tests.unit.foundation.test_network_access import isolated_vpc, warnings_of
from tests.unit.training.training_jobs import CPU, IMAGE_URI, at, job_in, role_in

FABRIC = InstanceType("ml.p4d.24xlarge")
ENCRYPTED = [TCP, KEYS, ESP]
HUB = "arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/llama/1.0.0"
TRACKING = "arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server/runs"


def late(stack: Any) -> int:
    from aws_cdk import CfnParameter

    return CfnParameter(stack, "Nodes", type="Number").value_as_number  # type: ignore[return-value] -- says float


def alike(count: int, instance_type: InstanceType = CPU) -> Cluster:
    return Cluster(instance_type=instance_type, count=count)


def preferred(*counts: int) -> PreferredInstances:
    types = (CPU, InstanceType("ml.m5.2xlarge"))
    return PreferredInstances(
        preferences=[InstancePreference(instance_type=t, count=c) for t, c in zip(types, counts, strict=False)]
    )


def training(cluster: Any, **how: Any) -> Callable[[Any, Network], Any]:
    return lambda stack, network: job_in(
        stack, cluster=cluster(stack) if callable(cluster) else cluster, network=network, **how
    )


def processing(cluster: ProcessingCluster, **how: Any) -> Callable[[Any, Network], Any]:
    image = ContainerImage.from_uri(IMAGE_URI)
    return lambda stack, network: ProcessingJob(
        stack, "Job", image=image, cluster=cluster, network=network, role=role_in(stack), **how
    )


def tuning(*counts: int, instance_type: InstanceType = CPU, **how: Any) -> Callable[[Any, Network], TuningJob]:
    def make(stack: Any, network: Network) -> TuningJob:
        job = job_in(stack, network=network, metrics={"loss": "loss=([0-9.]+)"}, **how)
        definition = TuningDefinition(
            job=job,
            objective=TuningObjective.minimize("loss"),
            ranges={"lr": ContinuousParameterRange(min_value=0.1, max_value=0.2)},
            instances=[TuningInstanceConfig(instance_type=instance_type, count=count) for count in counts],
        )
        return TuningJob(stack, "Tune", definitions=[definition], max_jobs=4, max_parallel_jobs=4)

    return make


def serverless(stack: Any, network: Network, **how: Any) -> Any:
    job = ServerlessJob.fine_tuning(HUB, technique=CustomizationTechnique.DIRECT_PREFERENCE)
    return ServerlessTrainingJob(
        stack, "Customize", job=job, output=at("models"), role=role_in(stack), network=network, **how
    )


def transform(stack: Any, network: Network) -> Any:
    from constructs_lib import Container

    model = Model(stack, "Model", container=Container(image=ContainerImage.from_uri(IMAGE_URI)), network=network)
    return TransformJob(
        stack,
        "Score",
        model=model,
        input=TransformInput.from_s3(at("in")),
        output=TransformOutput(location=at("out")),
        instance_type=InstanceType("ml.g5.12xlarge"),
        instance_count=4,
    )


@pytest.mark.parametrize(
    ("make", "passes"),
    [
        (training(alike(1)), []),
        (training(alike(1), inter_container_encryption=True), []),
        (training(alike(2)), ENCRYPTED),
        (training(alike(2), inter_container_encryption=False), [TCP]),
        (training(lambda stack: alike(late(stack))), ENCRYPTED),
        (training(alike(1, FABRIC)), [ALL]),
        (training(alike(2, FABRIC), inter_container_encryption=False), [ALL]),
        (
            training(
                HeterogeneousCluster(instance_groups=[InstanceGroup(name=n, instance_type=CPU) for n in ("a", "b")])
            ),
            ENCRYPTED,
        ),
        (training(HeterogeneousCluster(instance_groups=[InstanceGroup(name="a", instance_type=CPU)])), []),
        (training(preferred(1, 1)), []),
        (training(preferred(1, 2)), ENCRYPTED),
        (processing(ProcessingCluster.of(CPU)), []),
        (processing(ProcessingCluster.of(CPU, count=2)), ENCRYPTED),
        (processing(ProcessingCluster.of(CPU, count=2), inter_container_encryption=False), [TCP]),
        (
            processing(
                ProcessingCluster.of_preferences(ProcessingInstancePreference(instance_type=CPU, count=3), count=None)
            ),
            ENCRYPTED,
        ),
        (processing(ProcessingCluster.of(InstanceType("ml.p5.4xlarge"))), [ALL]),
        # Jobs of one node each do not talk to each other, however many run at a time.
        (tuning(), []),
        (tuning(1), []),
        (tuning(1, 2), ENCRYPTED),
        (tuning(2, inter_container_encryption=False), [TCP]),
        (tuning(1, instance_type=FABRIC), [ALL]),
        # SageMaker chooses the machines.
        (serverless, [ALL]),
        # Each machine transforms objects of its own.
        (transform, []),
    ],
)
def test_trap_20_what_passes_among_nodes_follows_the_job(stack: Any, make: Any, passes: list[Any]) -> None:
    make(stack, Network(stack, "Network"))
    assert passing(stack) == passes


def test_several_machines_of_a_tuning_job_encrypt_what_they_say_as_those_of_a_training_job_do(stack: Any) -> None:
    def encrypts(id: str, make: Any) -> bool:
        from aws_cdk import Stack

        own = Stack(stack.node.root, id)
        request = make(own, Network(own, "Network")).request["TrainingJobDefinition"]
        return bool(request["EnableInterContainerTrafficEncryption"])

    assert not encrypts("One", tuning(1))
    assert encrypts("Two", tuning(1, 2))
    assert not encrypts("Not", tuning(2, inter_container_encryption=False))


def efs_in(stack: Any) -> Channel:
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_efs as efs

    group = ec2.SecurityGroup.from_security_group_id(stack, "Files", "sg-2")
    files = efs.FileSystem.from_file_system_attributes(
        stack, "Efs", file_system_id="fs-0123456789abcdef0", security_group=group
    )
    return Channel.from_efs("data", files, "/data")


def mounting(stack: Any, network: Network) -> Any:
    return job_in(stack, channels=[efs_in(stack)], network=network)


def storing(stack: Any, network: Network) -> Any:
    output = ProcessingOutput.to_feature_store("records", "customers")
    return processing(ProcessingCluster.of(CPU), outputs=[output])(stack, network)


def tracking(stack: Any, network: Network) -> Any:
    return serverless(stack, network, mlflow=Mlflow(resource_arn=TRACKING))


def debugging(stack: Any, network: Network) -> Any:
    return job_in(stack, remote_debug=True, network=network)


def private_image(stack: Any) -> ContainerImage:
    from aws_cdk import aws_lambda as lambda_

    function = lambda_.Function.from_function_arn(
        stack, "Provider", "arn:aws:lambda:us-east-1:123456789012:function:credentials"
    )
    return ContainerImage.from_private_registry("registry.example.com/trainer:1", function)


def pulling(stack: Any, network: Network) -> Any:
    return job_in(stack, image=private_image(stack), network=network)


def serving(stack: Any, network: Network) -> Any:
    from constructs_lib import Container

    return Model(stack, "Job", container=Container(image=private_image(stack)), network=network)


SERVICES = [
    (mounting, "elasticfilesystem", "mount a file system of EFS"),
    (storing, "sagemaker.featurestore-runtime", "write to a feature group"),
    (tracking, "experiments", "report to MLflow"),
    (debugging, "ssmmessages", "let Systems Manager open a shell"),
    (pulling, "lambda", "ask a function for the credentials of a registry"),
    (serving, "lambda", "ask a function for the credentials of a registry"),
]


class TestServices:
    @pytest.mark.parametrize(("make", "service", "what"), SERVICES)
    def test_trap_18_warns_where_the_network_has_no_endpoint_of_it(
        self, stack: Any, make: Any, service: str, what: str
    ) -> None:
        network = Network(stack, "Network")
        job = make(stack, network)
        (warning,) = warnings_of(network)
        assert warning.startswith(f"{job.node.path} will hang, because they {what}, and Stack/Network has neither")
        assert f"[ack: Annotation::sagemaker-constructs:missing-endpoints/{service}]" in warning
        fix = "InterfaceVpcEndpointAwsService.SAGEMAKER_EXPERIMENTS" if service == "experiments" else "more_services="
        assert fix in warning

    @pytest.mark.parametrize(
        ("make", "service", "how"),
        [
            (make, service, how)
            for make, service, _ in SERVICES
            for how in ("more_services", "endpoint", "nat")
            # The name of its endpoint has another shape.
            if (service, how) != ("experiments", "more_services")
        ],
    )
    def test_is_silent_where_it_is_reached(self, stack: Any, make: Any, service: str, how: str) -> None:
        from aws_cdk import aws_ec2 as ec2

        more = [service] if how == "more_services" else []
        network = Network(stack, "Network", more_services=more, nat_gateways=1 if how == "nat" else 0)
        make(stack, network)
        if how == "endpoint":
            prefix = "aws.sagemaker" if service == "experiments" else "com.amazonaws"
            ec2.InterfaceVpcEndpoint(
                stack, "Late", vpc=network.vpc, service=ec2.InterfaceVpcEndpointAwsService(service, prefix)
            )
        # What the network knows of itself is not looked for in the whole app.
        assert (network._expected is not None) == (how == "endpoint")
        assert not warnings_of(network)

    def test_two_jobs_are_named_in_one_warning(self, stack: Any) -> None:
        network, channel = Network(stack, "Network"), efs_in(stack)
        for id in ("One", "Two"):
            job_in(stack, id, channels=[channel], network=network)
        (warning,) = warnings_of(network)
        assert warning.startswith("Stack/One, Stack/Two will hang")

    def test_an_isolated_container_opens_no_shell_anyway(self, stack: Any) -> None:
        network = Network(stack, "Network")
        job_in(stack, remote_debug=True, network_isolation=True, network=network)
        assert not warnings_of(network)

    def test_a_vpc_brought_along_is_told_of_it_beside_what_every_workload_calls(self, stack: Any) -> None:
        network = Network.from_vpc(stack, "Network", vpc=isolated_vpc(stack))
        mounting(stack, network)
        every, of_job = warnings_of(network)
        assert "no endpoint of ecr.api" in every and "elasticfilesystem" not in every
        assert "Stack/Vpc has neither a route out nor an endpoint of elasticfilesystem" in of_job
        assert "ec2.InterfaceVpcEndpointAwsService('elasticfilesystem')" in of_job

    def test_an_imported_vpc_may_well_have_it(self, stack: Any) -> None:
        from aws_cdk import aws_ec2 as ec2

        vpc = ec2.Vpc.from_vpc_attributes(
            stack, "Vpc", vpc_id="vpc-1", availability_zones=["a", "b"], isolated_subnet_ids=["subnet-a", "subnet-b"]
        )
        network = Network.from_vpc(stack, "Network", vpc=vpc)
        mounting(stack, network)
        assert not warnings_of(network)


def script(folder: Path, requirements: str | None) -> SourceCode:
    (folder / "train.py").write_text("print('trained')")
    if requirements is not None:
        (folder / "requirements.txt").write_text(requirements)
    return SourceCode.from_asset(str(folder), entry_point="train.py")


class TestWayOut:
    def test_warns_of_packages_that_nothing_leads_to(self, stack: Any, tmp_path: Path) -> None:
        network = Network(stack, "Network")
        job = job_in(stack, source=script(tmp_path, "transformers==4.49\n"), network=network)
        assert warnings_of(job) == [
            "the packages of requirements.txt are installed when the job starts, and Stack/Network has no route out; "
            "give it one, such as nat_gateways=1 [ack: Annotation::sagemaker-constructs:no-way-out/requirements]"
        ]

    @pytest.mark.parametrize(
        "requirements", [None, "", "# none yet\n\n", "--no-index\ntorch\n", "-i https://packages.example.com\ntorch\n"]
    )
    def test_is_silent_where_none_come_from_the_index_of_all(
        self, stack: Any, tmp_path: Path, requirements: str | None
    ) -> None:
        network = Network(stack, "Network")
        assert not warnings_of(job_in(stack, source=script(tmp_path, requirements), network=network))

    @pytest.mark.parametrize("variable", ["PIP_INDEX_URL", "PIP_NO_INDEX", "CA_REPOSITORY_ARN"])
    def test_is_silent_where_a_variable_names_an_index(self, stack: Any, tmp_path: Path, variable: str) -> None:
        source = script(tmp_path, "torch\n")
        job = job_in(stack, source=source, environment={variable: "1"}, network=Network(stack, "Network"))
        assert not warnings_of(job)

    @pytest.mark.parametrize("network", ["nat", "none", "vpc"])
    def test_is_silent_where_there_is_one(self, stack: Any, tmp_path: Path, network: str) -> None:
        from aws_cdk import aws_ec2 as ec2

        networks: dict[str, Callable[[], Any]] = {
            "nat": lambda: Network(stack, "Network", nat_gateways=1),
            "none": lambda: None,
            "vpc": lambda: Network.from_vpc(stack, "Network", vpc=ec2.Vpc(stack, "Vpc")),
        }
        job = job_in(stack, source=script(tmp_path, "torch\n"), network=networks[network]())
        assert not warnings_of(job)

    def test_a_route_of_ones_own_is_one(self, stack: Any, tmp_path: Path) -> None:
        from aws_cdk import aws_ec2 as ec2

        network = Network(stack, "Network")
        job = job_in(stack, source=script(tmp_path, "torch\n"), network=network)
        table = network.vpc.isolated_subnets[0].route_table.route_table_id
        ec2.CfnRoute(stack, "Out", route_table_id=table, destination_cidr_block="0.0.0.0/0", transit_gateway_id="tgw-1")
        assert not warnings_of(job)


def test_a_file_system_opens_its_port_and_nothing_among_the_workloads(stack: Any) -> None:
    mounting(stack, Network(stack, "Network", more_services=["elasticfilesystem"]))
    (rule,) = of_type(template_of(stack), "AWS::EC2::SecurityGroupIngress").values()
    assert (rule["GroupId"], rule["FromPort"]) == ("sg-2", 2049)
