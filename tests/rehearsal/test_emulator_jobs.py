"""Training jobs on the embedded AWS: what they leave, and the words of what is refused."""

import io
import tarfile
from collections.abc import Iterator

import pytest

from tests.rehearsal.test_emulator_support import BUCKET, IMAGE, PULL, World, refusal, wait_for, world


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("aws")) as account:
        yield account


class TestTrainingJob:
    def test_completes_and_leaves_a_model(self, here: World) -> None:
        here.sagemaker.create_training_job(**here.job("trained", HyperParameters={"lr": "0.1"}))
        job = wait_for(
            lambda: here.sagemaker.describe_training_job(TrainingJobName="trained"),
            lambda job: job["TrainingJobStatus"] != "InProgress",
        )

        assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Completed", "Completed")
        assert job["TrainingEndTime"] >= job["TrainingStartTime"]
        url = f"s3://{BUCKET}/out/trained/output/model.tar.gz"
        assert job["ModelArtifacts"]["S3ModelArtifacts"] == url
        body = here.aws.client("s3").get_object(Bucket=BUCKET, Key=url.removeprefix(f"s3://{BUCKET}/"))["Body"].read()
        with tarfile.open(fileobj=io.BytesIO(body)) as archive:
            assert archive.getnames() == ["training-job.json"]
        here.model("of-the-job", PrimaryContainer={"Image": IMAGE, "ModelDataUrl": url})

    def test_can_be_stopped(self, here: World) -> None:
        here.sagemaker.create_training_job(**here.job("stopped"))
        here.sagemaker.stop_training_job(TrainingJobName="stopped")
        job = wait_for(
            lambda: here.sagemaker.describe_training_job(TrainingJobName="stopped"),
            lambda job: job["TrainingJobStatus"] == "Stopped",
        )

        assert "ModelArtifacts" not in job
        assert "is Stopped and cannot be stopped" in refusal(
            here.sagemaker.stop_training_job, TrainingJobName="stopped"
        )

    def test_fails_for_a_name_used_before(self, here: World) -> None:
        here.sagemaker.create_training_job(**here.job("twice"))

        assert "(ResourceInUse)" in refusal(here.sagemaker.create_training_job, **here.job("twice"))

    def test_fails_for_a_channel_without_objects(self, here: World) -> None:
        job = here.job("empty")
        job["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] = f"s3://{BUCKET}/none"
        words = refusal(here.sagemaker.create_training_job, **job)

        assert f'CreateTrainingJob: No S3 objects found under S3 URL "s3://{BUCKET}/none"' in words

    def test_fails_for_two_channels_of_one_name(self, here: World) -> None:
        job = here.job("doubled")
        job["InputDataConfig"] *= 2

        assert "several channels named train" in refusal(here.sagemaker.create_training_job, **job)

    @pytest.mark.parametrize("missing", ["s3:ListBucket", "s3:GetObject", "s3:PutObject"])
    def test_fails_for_a_role_that_may_not(self, here: World, missing: str) -> None:
        actions = {"s3:ListBucket", "s3:GetObject", "s3:PutObject"} - {missing}
        role = here.make_role(
            f"job-without-{missing.replace(':', '-')}",
            [*PULL, {"Effect": "Allow", "Action": sorted(actions), "Resource": "*"}],
        )
        words = refusal(here.sagemaker.create_training_job, **here.job("denied", RoleArn=role))

        assert f'role {role} is not allowed "{missing}" on ' in words

    def test_fails_for_an_output_bucket_that_is_not_there(self, here: World) -> None:
        job = here.job("nowhere", OutputDataConfig={"S3OutputPath": "s3://no-such-bucket/out"})

        assert "could not find bucket no-such-bucket" in refusal(here.sagemaker.create_training_job, **job)

    def test_fails_for_spot_that_waits_less_than_it_runs(self, here: World) -> None:
        job = here.job("spot", EnableManagedSpotTraining=True)

        assert "MaxWaitTimeInSeconds must be present and at least MaxRuntimeInSeconds (3600), got None" in refusal(
            here.sagemaker.create_training_job, **job
        )
