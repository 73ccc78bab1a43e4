"""Processing jobs: inputs, outputs, scripts, Clarify, what they refuse and what their role may do."""

import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from constructs_lib import (
    ArtifactStore,
    ConfigurationError,
    ContainerImage,
    ExecutionRole,
    InstanceType,
    S3Location,
    S3Object,
    TrainingWorkflow,
)
from constructs_lib.training.channels import Compression, InputMode
from constructs_lib.training.clarify_processing_job import ClarifyProcessingJob
from constructs_lib.training.processing_cluster import ProcessingCluster, ProcessingInstancePreference
from constructs_lib.training.processing_datasets import (
    AthenaInput,
    RedshiftInput,
    RedshiftResultCompressionType,
    RedshiftResultFormat,
)
from constructs_lib.training.processing_inputs import Place, ProcessingInput
from constructs_lib.training.processing_job import ProcessingJob
from constructs_lib.training.processing_outputs import ProcessingOutput
from constructs_lib.training.processing_script import ProcessingScript
from constructs_lib.training.tracking import Experiment
from tests.templates import definition_of, of_type, only, template_of
from tests.unit.training.training_jobs import at, thing

HERE = Place(partition="aws", region="eu-west-1", account="123456789012")
DATA = S3Location(bucket_name="b", bucket_arn="arn:aws:s3:::b", prefix="data")
SMALL, LARGE, LOCAL = (InstanceType(name) for name in ("ml.m5.xlarge", "ml.m5.4xlarge", "ml.g5.xlarge"))
CLUSTER = ProcessingCluster.of(SMALL)
ROLE_ARN = "arn:aws:iam::123456789012:role/unload"


@pytest.fixture
def store(stack: Any) -> ArtifactStore:
    return ArtifactStore(stack, "Store")


def process(stack: Any, id: str = "Process", **changes: Any) -> ProcessingJob:
    arguments: dict[str, Any] = {"image": ContainerImage.from_uri("registry/mine:1"), "cluster": CLUSTER}
    return ProcessingJob(stack, id, **(arguments | changes))


def redshift(**changes: Any) -> RedshiftInput:
    arguments: dict[str, Any] = {
        "name": "sales",
        "cluster_id": "dwh",
        "database": "prod",
        "db_user": "reader",
        "query": "SELECT 1",
        "cluster_role_arn": ROLE_ARN,
        "output": DATA,
    }
    return RedshiftInput(**(arguments | changes))


def athena(**changes: Any) -> AthenaInput:
    return AthenaInput(**({"name": "clicks", "database": "web", "query": "SELECT 1", "output": DATA} | changes))


def resources(job: ProcessingJob) -> dict[str, Any]:
    from aws_cdk import Stack

    TrainingWorkflow(Stack.of(job), "Workflow", steps=[job])
    found: dict[str, Any] = template_of(Stack.of(job))["Resources"]
    return found


def warnings_of(construct: Any) -> list[str]:
    return [entry.data for entry in construct.node.metadata if entry.type == "aws:cdk:warning"]


def preference(instance_type: InstanceType, count: int | None = None) -> ProcessingInstancePreference:
    return ProcessingInstancePreference(instance_type=instance_type, count=count)


class TestValues:
    @pytest.mark.parametrize("path", ["/opt/ml/processing/x", "/opt/ml/processing/x/y/", "${Token[Path.1]}"])
    def test_takes_folders_where_sagemaker_mounts(self, path: str) -> None:
        ProcessingInput.from_s3("raw", DATA, local_path=path)
        ProcessingOutput.to_s3("raw", DATA, local_path=path)

    @pytest.mark.parametrize("path", ["/opt/ml/input", "/opt/ml/processing", "data", "/opt/ml/processing/../x", ""])
    def test_fails_on_folders_elsewhere(self, path: str) -> None:
        words = f"local_path must be under /opt/ml/processing/, got {path!r}"
        for make in (ProcessingInput.from_s3, ProcessingOutput.to_s3):
            with pytest.raises(ConfigurationError) as raised:
                make("raw", DATA, local_path=path)
            assert words in str(raised.value)

    @pytest.mark.parametrize(
        ("make", "words"),
        [
            (
                lambda: ProcessingInput.from_s3("raw", DATA, mode=InputMode.FAST_FILE),
                "mode must be File or Pipe for a processing job, got 'FastFile'",
            ),
            (
                lambda: ProcessingInput.from_s3("raw", DATA, compression=Compression.GZIP),
                "compression Gzip must come with mode Pipe",
            ),
            (lambda: athena(mode=InputMode.FAST_FILE), "mode must be File or Pipe"),
            (lambda: athena(local_path="/data"), "local_path must be under"),
            (lambda: redshift(cluster_role_arn="unload"), "cluster_role_arn must be a role's ARN, got 'unload'"),
            (
                lambda: redshift(output_compression=RedshiftResultCompressionType.GZIP),
                "output_compression must be None with output_format PARQUET",
            ),
            (lambda: ProcessingCluster.of_preferences(), "preferences must hold at least one type, got none"),
            (
                lambda: ProcessingCluster.of_preferences(preference(SMALL, 1), preference(SMALL, 2)),
                "preferences must be unique, got 'ml.m5.xlarge' more than once",
            ),
            (
                lambda: ProcessingCluster.of_preferences(preference(SMALL, 1), preference(LARGE)),
                "count must be given with all preferences or with none, got it with some",
            ),
            (
                lambda: ProcessingCluster.of_preferences(preference(SMALL), preference(LARGE)),
                "count must be given, with every preference or for the cluster, got it nowhere",
            ),
            (
                lambda: ProcessingCluster.of_preferences(preference(SMALL, 1), count=2),
                "count must be given with the preferences or for the cluster, not both, got 2",
            ),
            (lambda: Experiment(), "experiment_name or another name must be given, got none"),
        ],
    )
    def test_fails_on(self, make: Any, words: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            make()
        assert words in str(raised.value)

    def test_redshift_packs_csv(self) -> None:
        redshift(output_format=RedshiftResultFormat.CSV, output_compression=RedshiftResultCompressionType.BZIP2)
        redshift(output_compression=RedshiftResultCompressionType.NONE)

    def test_trap_13_gives_a_key_only_to_volumes(self) -> None:
        assert ProcessingCluster.of(SMALL).render("key")["VolumeKmsKeyId"] == "key"
        assert "VolumeKmsKeyId" not in ProcessingCluster.of(LOCAL).render("key")

    def test_one_count_may_stand_for_all_preferences(self) -> None:
        cluster = ProcessingCluster.of_preferences(preference(SMALL), preference(LARGE), count=3)
        assert cluster.render(None) == {
            "InstanceCount": 3,
            "VolumeSizeInGB": 30,
            "InstancePreferences": [{"InstanceType": "ml.m5.xlarge"}, {"InstanceType": "ml.m5.4xlarge"}],
        }


def inputs(number: int) -> list[ProcessingInput]:
    return [ProcessingInput.from_s3(f"in{each}", DATA) for each in range(number)]


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"inputs": inputs(11)}, "inputs must be at most 10 items, got 11"),
    ({"inputs": [*inputs(1), *inputs(1)]}, "names of the inputs must be unique, got 'in0' more than once"),
    (
        {
            "outputs": [
                ProcessingOutput.to_s3("a", DATA),
                ProcessingOutput.to_s3("a", DATA, local_path="/opt/ml/processing/b"),
            ]
        },
        "names of the outputs must be unique, got 'a' more than once",
    ),
    (
        {
            "inputs": [ProcessingInput.from_s3("a", DATA, local_path="/opt/ml/processing/x/")],
            "outputs": [ProcessingOutput.to_s3("a", DATA, local_path="/opt/ml/processing/x")],
        },
        "folders of inputs and outputs must be unique, got '/opt/ml/processing/x' more than once",
    ),
    ({"cluster": ProcessingCluster.of(SMALL, count=0)}, "cluster.count must be at least 1, got 0"),
    ({"cluster": ProcessingCluster.of(SMALL, count=101)}, "cluster.count must be at most 100, got 101"),
    ({"cluster": ProcessingCluster.of(SMALL, volume_gib=0)}, "cluster.volume_gib must be at least 1, got 0"),
    ({"cluster": ProcessingCluster.of(SMALL, volume_gib=16385)}, "cluster.volume_gib must be at most 16384, got 16385"),
    ({"cluster": ProcessingCluster.of(InstanceType("ml.m5.xlage"))}, "the nearest of which is ml.m5.xlarge"),
    ({"arguments": ["x"] * 101}, "arguments must be at most 100 items, got 101"),
    ({"arguments": ["x" * 257]}, "arguments[0] must be at most 256 characters, got 257"),
    ({"entrypoint": ["x"] * 101}, "entrypoint must be at most 100 items, got 101"),
    ({"environment": {f"V{n}": "" for n in range(101)}}, "environment must be at most 100 entries, got 101"),
    ({"environment": {"A": "x" * 257}}, "environment.A must be at most 256 characters, got 257"),
    ({"environment": {"A-B": "x"}}, "environment.A-B must match the pattern"),
    ({"tags": {"": "x"}}, "tags[0].Key must be at least 1 characters, got 0"),
    ({"experiment": Experiment(run_name="a b")}, "experiment.RunName must match the pattern"),
    (
        {"network_isolation": True, "outputs": [ProcessingOutput.to_feature_store("f", "g")]},
        "network_isolation must be off where the container itself moves data, as for outputs 'f'",
    ),
    (
        {"inputs": [athena(work_group="a b")]},
        "inputs[0].DatasetDefinition.AthenaDatasetDefinition.WorkGroup must match",
    ),
    ({"inputs": [redshift(query="")]}, "RedshiftDatasetDefinition.QueryString must be at least 1 characters, got 0"),
]


class TestRefusals:
    @pytest.mark.parametrize(("changes", "words"), REFUSALS)
    def test_fails_on(self, stack: Any, changes: dict[str, Any], words: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            process(stack, **changes)
        assert words in str(raised.value)

    @pytest.mark.parametrize("seconds", [0, 777601])
    def test_fails_on_a_runtime_out_of_range(self, stack: Any, seconds: int) -> None:
        from aws_cdk import Duration

        with pytest.raises(ConfigurationError, match=f"max_runtime, in seconds, must be at .* got {seconds}"):
            process(stack, max_runtime=Duration.seconds(seconds))

    @pytest.mark.parametrize("seconds", [1, 777600])
    def test_takes_both_ends_of_the_runtime(self, stack: Any, seconds: int) -> None:
        from aws_cdk import Duration

        request = process(stack, max_runtime=Duration.seconds(seconds)).request
        assert request["StoppingCondition"] == {"MaxRuntimeInSeconds": seconds}

    def test_fails_with_every_problem_at_once(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            process(
                stack,
                cluster=ProcessingCluster.of(SMALL, count=0, volume_gib=0),
                inputs=inputs(11),
                environment={"A-B": ""},
            )
        assert raised.value.subject == "Stack/Process"
        assert len(raised.value.problems) == 4

    def test_trap_13_fails_when_one_key_is_for_volumes_and_disks(self, stack: Any, store: ArtifactStore) -> None:
        mixed = ProcessingCluster.of_preferences(preference(SMALL), preference(LOCAL), count=1)
        with pytest.raises(ConfigurationError, match=r"cluster.preferences must all have volumes.*ml.g5.xlarge"):
            process(stack, cluster=mixed, outputs=[ProcessingOutput.to_s3("out", store.location("out"))])
        process(stack, "Keyless", cluster=mixed)

    def test_takes_numbers_that_are_known_at_deployment(self, stack: Any) -> None:
        from aws_cdk import CfnParameter

        late = int(CfnParameter(stack, "Late", type="Number").value_as_number)
        job = process(stack, cluster=ProcessingCluster.of(SMALL, count=late, volume_gib=late))
        config = stack.resolve(job.request["ProcessingResources"]["ClusterConfig"])
        assert config["InstanceCount"] == config["VolumeSizeInGB"] == {"Ref": "Late"}
        assert job.request["NetworkConfig"]["EnableInterContainerTrafficEncryption"] is True


class TestScript:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "main.py").write_text("import sys, other\nprint(other.WORD, *sys.argv[1:])\n")
        (tmp_path / "other.py").write_text("WORD = 'other'\n")
        return tmp_path

    def test_fails_when_there_is_no_file(self) -> None:
        with pytest.raises(ConfigurationError, match=r"path must be a file or folder that exists, got '/no/where\.py'"):
            ProcessingScript(path="/no/where.py")

    def test_fails_when_the_entry_point_is_missing(self, folder: Path) -> None:
        with pytest.raises(ConfigurationError) as raised:
            ProcessingScript(path=str(folder), entry_point="mian.py")
        assert "got 'mian.py'; there is main.py, other.py" in str(raised.value)

    def test_fails_on_a_folder_without_an_entry_point_and_a_file_with_one(self, folder: Path) -> None:
        with pytest.raises(ConfigurationError, match="entry_point must name the script to run in the folder"):
            ProcessingScript(path=str(folder))
        with pytest.raises(ConfigurationError, match="path must be a folder that exists where entry_point is given"):
            ProcessingScript(path=str(folder / "main.py"), entry_point="main.py")

    def test_fails_without_a_command(self, folder: Path) -> None:
        with pytest.raises(ConfigurationError, match="command must not be empty"):
            ProcessingScript(path=str(folder / "main.py"), command=())

    def test_fails_beside_an_entry_point_and_an_input_of_its_name(self, stack: Any, folder: Path) -> None:
        with pytest.raises(ConfigurationError) as raised:
            process(
                stack,
                script=ProcessingScript(path=str(folder / "main.py")),
                entrypoint=["run"],
                inputs=[ProcessingInput.from_s3("code", DATA)],
            )
        text = str(raised.value)
        assert "entrypoint must be empty where a script is given" in text
        assert "names of the inputs must be unique, got 'code' more than once" in text
        assert "folders of inputs and outputs must be unique" in text

    def test_a_folder_is_unpacked_and_its_script_gets_the_arguments(self, folder: Path, tmp_path: Path) -> None:
        script = ProcessingScript(path=str(folder), entry_point="main.py")
        archive = tmp_path / "hash.zip"
        with zipfile.ZipFile(archive, "w") as packed:
            for name in ("main.py", "other.py"):
                packed.write(folder / name, name)
        # The container's folders are on this machine's disk for the test; the rest of the entry point is as it is.
        entrypoint = [
            part.replace("/opt/ml/processing/input/code", str(tmp_path)).replace(
                "/opt/ml/processing/code", str(tmp_path / "unpacked")
            )
            for part in script.entrypoint("hash.zip")
        ]
        done = subprocess.run([*entrypoint, "a b", "$HOME"], capture_output=True, text=True, check=True)
        assert done.stdout == "other a b $HOME\n"

    def test_the_role_may_read_the_upload_and_no_other(self, stack: Any, folder: Path) -> None:
        process(stack, script=ProcessingScript(path=str(folder), entry_point="main.py"))
        statements = only(template_of(stack), "AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"]
        (read,) = (each for each in statements if each["Action"] == "s3:GetObject")
        assert str(read["Resource"]).endswith(".zip']]}")


class TestGrants:
    def test_athena_is_limited_to_its_workgroup_database_and_places(self) -> None:
        statements = athena(work_group="analysts").statements(HERE)
        by_action = {action: each.resources for each in statements for action in each.actions}
        assert by_action["athena:StartQueryExecution"] == ("arn:aws:athena:eu-west-1:123456789012:workgroup/analysts",)
        assert by_action["glue:GetTables"][1:] == (
            "arn:aws:glue:eu-west-1:123456789012:database/web",
            "arn:aws:glue:eu-west-1:123456789012:table/web/*",
        )
        assert by_action["s3:PutObject"] == ("arn:aws:s3:::b/data/*",)
        assert "athena:GetDataCatalog" not in by_action
        # What SageMaker makes on the way has a name of its own; no other table can be made or dropped.
        tables = [each for each in by_action["glue:DeleteTable"] if ":table/" in each]
        assert [each.partition(":table/")[2] for each in tables] == [
            "web/sagemaker_tmp_*",
            "sagemaker_processing/sagemaker_tmp_*",
        ]

    def test_athena_reads_the_tables_data_when_told_where_it_lies(self) -> None:
        tables = S3Location(bucket_name="lake", bucket_arn="arn:aws:s3:::lake", prefix="web")
        statements = athena(tables_location=tables, catalog="other").statements(HERE)
        resources = [resource for each in statements for resource in each.resources]
        assert "arn:aws:s3:::lake/web/*" in resources
        assert "arn:aws:athena:eu-west-1:123456789012:datacatalog/other" in resources

    def test_redshift_is_limited_to_one_user_of_one_cluster(self) -> None:
        by_action = {action: each for each in redshift().statements(HERE) for action in each.actions}
        assert by_action["redshift:GetClusterCredentials"].resources == (
            "arn:aws:redshift:eu-west-1:123456789012:dbuser:dwh/reader",
            "arn:aws:redshift:eu-west-1:123456789012:dbname:dwh/prod",
        )
        assert by_action["redshift-data:DescribeStatement"].conditions == {
            "StringEquals": {"redshift-data:statement-owner-iam-userid": "${aws:userid}"}
        }
        assert "s3:PutObject" not in by_action

    def test_a_feature_group_is_named_in_lower_case(self) -> None:
        (statement,) = ProcessingOutput.to_feature_store("f", "Clicks").statements(HERE)
        assert statement.resources == ("arn:aws:sagemaker:eu-west-1:123456789012:feature-group/clicks",)

    def test_one_object_is_listed_by_its_own_name_only(self) -> None:
        one = S3Object(bucket_name="b", bucket_arn="arn:aws:s3:::b", key="a.csv")
        get, listing = ProcessingInput.from_s3("one", one).statements(HERE)
        assert get.resources == ("arn:aws:s3:::b/a.csv",)
        assert listing.conditions == {"StringEquals": {"s3:prefix": "a.csv"}}

    def test_reads_inputs_and_writes_outputs_and_nothing_else(self, stack: Any, store: ArtifactStore) -> None:
        process(
            stack,
            inputs=[ProcessingInput.from_s3("in", store.location("in"))],
            outputs=[ProcessingOutput.to_s3("out", store.location("out"))],
        )
        (policy,) = of_type(template_of(stack), "AWS::IAM::ManagedPolicy").values()
        by_action = {str(each["Action"]): str(each["Resource"]) for each in policy["PolicyDocument"]["Statement"]}
        assert "/in/*" in by_action["s3:GetObject"] and "/out/" not in by_action["s3:GetObject"]
        assert "/out/*" in by_action["['s3:AbortMultipartUpload', 's3:PutObject']"]
        logs = next(resource for action, resource in by_action.items() if "logs:PutLogEvents" in action)
        assert "/aws/sagemaker/ProcessingJobs" in logs

    def test_two_share_a_role_and_run_in_a_workflow(self, stack: Any) -> None:
        role = ExecutionRole(stack, "Role")
        TrainingWorkflow(stack, "Workflow", steps=[process(stack, "One", role=role), process(stack, "Two", role=role)])
        states = definition_of(only(template_of(stack), "AWS::StepFunctions::StateMachine"))["States"]
        assert states["One"]["Resource"].endswith(":states:::sagemaker:createProcessingJob.sync")
        assert "ProcessingJobName" in states["Two"]["Arguments"]
        _, _, rule = process(stack, "Three").starter_statements()
        assert rule.resources[0].endswith(":rule/StepFunctionsGetEventsForSageMakerProcessingJobsRule")


class TestClarify:
    def clarify(self, stack: Any, key: str) -> ClarifyProcessingJob:
        config = S3Object(bucket_name="b", bucket_arn="arn:aws:s3:::b", key=key)
        return ClarifyProcessingJob(
            stack,
            "Bias",
            image=ContainerImage.from_uri("registry/clarify:1.0"),
            cluster=CLUSTER,
            analysis_config=config,
            dataset=DATA,
            output=DATA,
        )

    def test_trap_40_warns_that_it_is_closed_to_new_customers(self, stack: Any) -> None:
        (text,) = warnings_of(self.clarify(stack, "analysis_config.json"))
        assert "closed to new customers" in text
        assert "sagemaker-constructs:clarify-closed" in text

    def test_fails_on_a_configuration_that_the_container_does_not_open(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            self.clarify(stack, "clarify/config.json")
        assert "analysis_config must be an object named 'analysis_config.json', got 'clarify/config.json'" in str(
            raised.value
        )

    def test_takes_a_name_that_is_known_at_deployment(self, stack: Any) -> None:
        self.clarify(stack, "${Token[Key.1]}")


class TestWarnings:
    def test_trap_40_warns_of_a_retired_type_and_of_pipes(self, stack: Any) -> None:
        job = process(
            stack,
            cluster=ProcessingCluster.of(InstanceType("ml.m4.xlarge")),
            inputs=[ProcessingInput.from_s3("in", DATA, mode=InputMode.PIPE)],
        )
        retired, pipe = warnings_of(job)
        assert "ml.m5 is the nearest living one" in retired
        assert "sagemaker-constructs:pipe-mode" in pipe

    def test_says_nothing_of_what_is_right(self, stack: Any) -> None:
        assert warnings_of(process(stack)) == []


class TestWorkflow:
    def test_trap_7_an_edit_of_the_job_changes_the_workflow_and_starts_nothing(self) -> None:
        from aws_cdk import App, Stack

        stacks = Stack(App(), "Stack"), Stack(App(), "Stack")
        before, after = (
            resources(process(stack, environment={"LEVEL": text})) for stack, text in zip(stacks, "12", strict=True)
        )
        assert before.keys() == after.keys()
        changed = [resource["Type"] for id, resource in after.items() if resource != before[id]]
        # As a resource, `AWS::SageMaker::ProcessingJob` would be made anew by each edit, and so run.
        assert changed == ["AWS::StepFunctions::StateMachine"]


class TestImages:
    @pytest.mark.parametrize(
        ("image", "words"),
        [
            (
                ContainerImage.from_marketplace("arn:aws:sagemaker:us-east-1:123456789012:algorithm/good"),
                "image must be a container image, got an algorithm of AWS Marketplace, which only training jobs take",
            ),
            (
                ContainerImage.from_private_registry("registry.example.com/mine:1"),
                "image must be in ECR, since a processing job cannot pull from a private registry; copy it there",
            ),
        ],
    )
    def test_fails_on_an_image_that_only_training_jobs_take(
        self, stack: Any, image: ContainerImage, words: str
    ) -> None:
        with pytest.raises(ConfigurationError) as raised:
            ProcessingJob(stack, "Prepare", image=image, cluster=ProcessingCluster.of(InstanceType("ml.m5.xlarge")))
        assert raised.value.problems[0] == words

    def test_clarify_takes_the_image_of_its_region(self) -> None:
        from aws_cdk import App, Environment, Stack

        stack = Stack(App(), "Stack", env=Environment(account="123456789012", region="eu-west-1"))
        job = ClarifyProcessingJob(
            stack,
            "Explain",
            cluster=ProcessingCluster.of(InstanceType("ml.m5.xlarge")),
            analysis_config=thing("analysis_config.json"),
            dataset=at("data"),
            output=at("report"),
        )
        uri = stack.resolve(job.request["AppSpecification"]["ImageUri"])
        assert "131013547314.dkr.ecr.eu-west-1." in str(uri)
        assert "/sagemaker-clarify-processing:1.0" in str(uri)
