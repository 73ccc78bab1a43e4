"""Compilation jobs: what they refuse, and who may run them."""

from typing import Any

import pytest

from constructs_lib import ArtifactStore, ConfigurationError, S3Location, S3Object
from constructs_lib.training.compilation_job import CompilationJob
from constructs_lib.training.compilation_target import (
    CompilationFramework,
    CompilationInput,
    CompilationTarget,
    TargetPlatformAccelerator,
    TargetPlatformArch,
    TargetPlatformOs,
)
from tests.templates import of_type, only, template_of

ARCHIVE = S3Object(bucket_name="b", bucket_arn="arn:aws:s3:::b", key="m.tar.gz")
OUT = S3Location(bucket_name="b", bucket_arn="arn:aws:s3:::b", prefix="out")
SHAPES = '{"input0": [1, 3, 224, 224]}'
TORCH = CompilationInput.from_artifact(ARCHIVE, CompilationFramework.PYTORCH, data_input_config=SHAPES)
JETSON = CompilationTarget.platform(TargetPlatformOs.LINUX, TargetPlatformArch.ARM64, TargetPlatformAccelerator.NVIDIA)


def compiled(stack: Any, id: str = "Compile", **changes: Any) -> CompilationJob:
    arguments: dict[str, Any] = {"input": TORCH, "output": OUT, "target": CompilationTarget.device("ml_c5")}
    return CompilationJob(stack, id, **(arguments | changes))


def warnings_of(construct: Any) -> list[str]:
    return [entry.data for entry in construct.node.metadata if entry.type == "aws:cdk:warning"]


class TestValues:
    @pytest.mark.parametrize(
        ("make", "words"),
        [
            (
                lambda: CompilationInput.from_artifact(
                    S3Object(bucket_name="b", bucket_arn="arn:b", key="m.pt"), CompilationFramework.XGBOOST
                ),
                "artifact must be one archive that ends in .tar.gz, got 'm.pt'",
            ),
            (
                lambda: CompilationInput.from_artifact(ARCHIVE, CompilationFramework.ONNX),
                "data_input_config must name the inputs of a ONNX model, got None",
            ),
            (
                lambda: CompilationInput.from_artifact(ARCHIVE, CompilationFramework.XGBOOST, framework_version="1.5"),
                "framework_version must be None for XGBOOST, got '1.5'; MXNET, PYTORCH, TENSORFLOW, TFLITE take one",
            ),
            (lambda: CompilationTarget(), "target_device, or os and arch, must be given"),
            (lambda: CompilationTarget(os=TargetPlatformOs.LINUX), "target_device, or os and arch, must be given"),
            (
                lambda: CompilationTarget(target_device="ml_c5", arch=TargetPlatformArch.ARM64),
                "target_device must be None where os, arch or accelerator is given",
            ),
        ],
    )
    def test_fails_on(self, make: Any, words: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            make()
        assert words in str(raised.value)

    def test_trap_39_refuses_elastic_inference(self) -> None:
        with pytest.raises(ConfigurationError, match="ml_eia2 has ended with Elastic Inference; take ml_g4dn"):
            CompilationTarget.device("ml_eia2")

    def test_xgboost_needs_no_shapes(self) -> None:
        CompilationInput.from_artifact(ARCHIVE, CompilationFramework.XGBOOST)


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"target": CompilationTarget.device("ml_c55")}, "target.target_device must be one of the 37 values of the API"),
    ({"target": JETSON}, "compiler_options must hold gpu-code, trt-ver, cuda-ver for an NVIDIA accelerator"),
    (
        {"target": JETSON, "compiler_options": {"gpu-code": "sm_62", "trt-ver": "6.0.1"}},
        "compiler_options must hold cuda-ver for an NVIDIA accelerator",
    ),
    (
        {
            "target": CompilationTarget.device("coreml"),
            "input": CompilationInput.from_artifact(ARCHIVE, CompilationFramework.XGBOOST),
        },
        "input must be a TENSORFLOW or PYTORCH model for target coreml, got XGBOOST",
    ),
    (
        {"input": CompilationInput.from_model_package("churn")},
        "input.model_package_version_arn must match the pattern",
    ),
    (
        {
            "input": CompilationInput.from_artifact(
                ARCHIVE, CompilationFramework.PYTORCH, data_input_config=SHAPES, framework_version="10.1"
            )
        },
        "input.framework_version must match the pattern",
    ),
    (
        {"input": CompilationInput.from_artifact(ARCHIVE, CompilationFramework.ONNX, data_input_config="")},
        "input.data_input_config must be at least 1 characters, got 0",
    ),
    ({"compiler_options": {"a": "x" * 1024}}, "compiler_options must be at most 1024 characters"),
    ({"tags": {f"t{n}": "" for n in range(51)}}, "tags must be at most 50 items, got 51"),
]


class TestRefusals:
    @pytest.mark.parametrize(("changes", "words"), REFUSALS)
    def test_fails_on(self, stack: Any, changes: dict[str, Any], words: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            compiled(stack, **changes)
        assert words in str(raised.value)

    def test_fails_with_every_problem_at_once(self, stack: Any) -> None:
        from aws_cdk import Duration

        with pytest.raises(ConfigurationError) as raised:
            compiled(stack, target=JETSON, max_runtime=Duration.seconds(0), tags={"": ""})
        assert raised.value.subject == "Stack/Compile"
        assert len(raised.value.problems) == 3
        assert "max_runtime, in seconds, must be at least 1, got 0" in str(raised.value)


class TestJob:
    def test_inferentia_takes_its_options_as_text(self, stack: Any) -> None:
        job = compiled(stack, target=CompilationTarget.device("ml_inf2"), compiler_options="--verbose 1")
        assert job.request["OutputConfig"]["CompilerOptions"] == '"--verbose 1"'

    def test_trap_40_warns_of_a_retired_generation(self, stack: Any) -> None:
        (text,) = warnings_of(compiled(stack, "A", target=CompilationTarget.device("ml_inf1")))
        assert "ml_inf2 is the nearest living one" in text
        assert "sagemaker-constructs:outdated-target/ml_inf1" in text
        assert warnings_of(compiled(stack, "B")) == []
        assert warnings_of(compiled(stack, "C", target=CompilationTarget.device("rasp4b"))) == []

    def test_step_functions_cannot_wait_for_it_by_itself(self, stack: Any) -> None:
        job = compiled(stack)
        assert job.kind.rule is None
        own, passing = job.starter_statements()
        assert own.resources[0].endswith(":compilation-job/compile-*")
        assert passing.actions == ("iam:PassRole",)

    def test_trap_35_leaves_room_for_the_hash(self, stack: Any) -> None:
        job = compiled(stack, "An_Extraordinarily_Long_Name_For_A_Job_Of_Compilation")
        assert len(job.name_prefix) + 1 + job.kind.hash_length <= 63

    def test_its_role_reads_the_archive_and_writes_the_output_and_logs(self, stack: Any) -> None:
        store = ArtifactStore(stack, "Store")
        archive = CompilationInput.from_artifact(store.artifact("m.tar.gz"), CompilationFramework.XGBOOST)
        compiled(stack, input=archive, output=store.location("out"))
        written = str(only(template_of(stack), "AWS::IAM::ManagedPolicy")["PolicyDocument"])
        for expected in ("/m.tar.gz", "/out/*", "/aws/sagemaker/CompilationJobs", "kms:GenerateDataKey"):
            assert expected in written

    def test_two_in_one_stack(self, stack: Any) -> None:
        compiled(stack, "One")
        compiled(stack, "Two")
        assert len(of_type(template_of(stack), "AWS::IAM::ManagedPolicy")) == 2
