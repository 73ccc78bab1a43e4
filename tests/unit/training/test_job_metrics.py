"""Metrics of jobs that have a new name each time."""

from typing import Any

import pytest

from constructs_lib import (
    CompilationFramework,
    CompilationInput,
    CompilationJob,
    CompilationTarget,
    ConfigurationError,
    ContainerImage,
    InstanceType,
    ProcessingCluster,
    ProcessingJob,
)
from tests.templates import only, template_of
from tests.unit.training.training_jobs import IMAGE_URI, at, job_in, role_in, thing


def processing_in(stack: Any) -> ProcessingJob:
    return ProcessingJob(
        stack,
        "Prepare",
        image=ContainerImage.from_uri(IMAGE_URI),
        cluster=ProcessingCluster.of(InstanceType("ml.m5.xlarge")),
        role=role_in(stack),
    )


class TestSearch:
    @pytest.mark.parametrize(
        ("metric", "expression"),
        [
            (
                "GPUUtilization",
                """SEARCH('{"/aws/sagemaker/TrainingJobs",Host} MetricName="GPUUtilization" Host=train', 'Average')""",
            ),
            (
                "validation:loss",
                """SEARCH('{"/aws/sagemaker/TrainingJobs",TrainingJobName} MetricName="validation:loss" """
                """TrainingJobName=train', 'Average')""",
            ),
        ],
    )
    def test_finds_machines_by_host_and_what_the_algorithm_reports_by_job(
        self, stack: Any, metric: str, expression: str
    ) -> None:
        assert job_in(stack).metric_search(metric).expression == expression

    def test_finds_the_machines_of_a_processing_job(self, stack: Any) -> None:
        found = processing_in(stack).metric_search("DiskUtilization", statistic="Maximum").expression
        assert found == (
            """SEARCH('{"/aws/sagemaker/ProcessingJobs",Host} MetricName="DiskUtilization" Host=prepare', 'Maximum')"""
        )

    def test_stands_on_a_dashboard(self, stack: Any) -> None:
        from aws_cdk import Duration
        from aws_cdk import aws_cloudwatch as cloudwatch

        expression = job_in(stack).metric_search("CPUUtilization", period=Duration.minutes(1))
        widget = cloudwatch.GraphWidget(left=[expression])
        cloudwatch.Dashboard(stack, "Dashboard", widgets=[[widget]])
        body = str(only(template_of(stack), "AWS::CloudWatch::Dashboard")["DashboardBody"])
        assert "Host=train" in body
        assert '"period":60' in body


class TestRefusals:
    def test_fails_on_a_metric_that_a_processing_job_does_not_have(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"metric_name must be one of 'CPUUtilization', .*got 'loss'"):
            processing_in(stack).metric_search("loss")

    def test_fails_for_a_job_without_metrics(self, stack: Any) -> None:
        job = CompilationJob(
            stack,
            "Compile",
            input=CompilationInput.from_artifact(thing("m.tar.gz"), CompilationFramework.XGBOOST),
            target=CompilationTarget.device("ml_c5"),
            output=at("o"),
            role=role_in(stack),
        )
        with pytest.raises(ConfigurationError, match="got 'CompilationJob'; other jobs have no metrics"):
            job.metric_search("CPUUtilization")

    @pytest.mark.parametrize("name", ["loss' OR 'x", 'a"b', "(a)", ""])
    def test_fails_on_a_name_that_would_be_another_search(self, stack: Any, name: Any) -> None:
        with pytest.raises(ConfigurationError, match="metric_name must be a metric's name without quotes"):
            job_in(stack).metric_search(name)

    def test_fails_on_other_kinds_of_values(self, stack: Any) -> None:
        with pytest.raises(ConfigurationError) as raised:
            job_in(stack).metric_search(None, statistic=1, period=60)  # type: ignore[arg-type] -- the slips under test
        named = [problem.partition(" must be ")[0] for problem in raised.value.problems]
        assert named == ["metric_name", "statistic", "period"]
