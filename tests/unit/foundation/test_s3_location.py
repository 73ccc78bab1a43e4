"""Places in buckets, without Node."""

from typing import Any

import pytest

from constructs_lib import ConfigurationError, S3Location, S3Object, execution_input

LOCATION = S3Location(bucket_name="b", bucket_arn="arn:b", prefix="data/train", key_arn="arn:key")


def rights(statements: tuple[object, ...]) -> list[tuple[object, ...]]:
    return [(s.actions, s.resources, s.conditions) for s in statements]  # type: ignore[attr-defined] -- test helper


class TestS3Location:
    def test_ends_in_a_slash_so_that_no_longer_name_is_meant(self) -> None:
        assert LOCATION.uri == "s3://b/data/train/"

    def test_the_empty_prefix_is_the_whole_bucket(self) -> None:
        whole = S3Location(bucket_name="b", bucket_arn="arn:b", prefix="")
        assert whole.uri == "s3://b/"
        assert rights(whole.read_statements()) == [
            (("s3:GetObject",), ("arn:b/*",), None),
            (("s3:ListBucket",), ("arn:b",), None),
        ]

    def test_reading_is_limited_to_the_prefix(self) -> None:
        assert rights(LOCATION.read_statements()) == [
            (("s3:GetObject",), ("arn:b/data/train/*",), None),
            (("s3:ListBucket",), ("arn:b",), {"StringLike": {"s3:prefix": ["data/train/", "data/train/*"]}}),
            (("kms:Decrypt",), ("arn:key",), None),
        ]

    def test_writing_is_limited_to_the_prefix(self) -> None:
        assert rights(LOCATION.write_statements()) == [
            (("s3:AbortMultipartUpload", "s3:PutObject"), ("arn:b/data/train/*",), None),
            (("kms:Decrypt", "kms:GenerateDataKey"), ("arn:key",), None),
        ]

    @pytest.mark.parametrize("prefix", ["/data", "s3://b/data", "data//train", "data/", "data/*", "a?", "${x}", "a\nb"])
    def test_fails_on_another_shape(self, prefix: str) -> None:
        with pytest.raises(ConfigurationError, match="prefix must be a path inside the bucket without 's3://'"):
            S3Location(bucket_name="b", bucket_arn="arn:b", prefix=prefix)

    @pytest.mark.parametrize("prefix", ["dt=2026-01-01T00:00", "a b", "${Token[Prefix.1]}/x"])
    def test_takes_any_key_that_is_no_pattern(self, prefix: str) -> None:
        S3Location(bucket_name="b", bucket_arn="arn:b", prefix=prefix)

    @pytest.mark.parametrize("make", [S3Location, S3Object])
    @pytest.mark.parametrize("slip", [None, 1.5, ["a"]])
    def test_fails_on_every_part_that_is_no_text(self, make: Any, slip: Any) -> None:
        last = "prefix" if make is S3Location else "key"
        with pytest.raises(ConfigurationError) as raised:
            make(bucket_name=slip, bucket_arn=slip, key_arn=slip or 7, **{last: slip})
        named = [problem.partition(" must be ")[0] for problem in raised.value.problems]
        assert named == ["bucket_name", "bucket_arn", last, "key_arn"]

    def test_fails_on_the_name_of_a_bucket(self) -> None:
        with pytest.raises(ConfigurationError, match="bucket must be a bucket construct"):
            S3Location.from_bucket("my-bucket", "data")  # type: ignore[arg-type] -- the slip under test

    def test_equal_places_are_equal(self) -> None:
        assert S3Location(bucket_name="b", bucket_arn="arn:b", prefix="data/train", key_arn="arn:key") == LOCATION


class TestS3Object:
    def test_reading_is_limited_to_the_object(self) -> None:
        archive = S3Object(bucket_name="b", bucket_arn="arn:b", key="models/m.tar.gz", key_arn="arn:key")
        assert archive.uri == "s3://b/models/m.tar.gz"
        assert rights(archive.read_statements()) == [
            (("s3:GetObject",), ("arn:b/models/m.tar.gz",), None),
            (("kms:Decrypt",), ("arn:key",), None),
        ]

    @pytest.mark.parametrize("key", ["", "/m.tar.gz", "s3://b/m.tar.gz", "models/*/m.tar.gz"])
    def test_fails_on_another_shape(self, key: str) -> None:
        with pytest.raises(ConfigurationError, match="key must be an object's key"):
            S3Object(bucket_name="b", bucket_arn="arn:b", key=key)


class TestWhatOnlyAnExecutionKnows:
    def test_rights_to_a_prefix_are_for_its_fixed_part(self) -> None:
        late = S3Location(bucket_name="b", bucket_arn="arn:b", prefix=f"data/run-{execution_input('day')}")
        assert late.uri == f"s3://b/data/run-{execution_input('day')}/"
        assert rights(late.read_statements()) == [
            (("s3:GetObject",), ("arn:b/data/run-*",), None),
            (("s3:ListBucket",), ("arn:b",), {"StringLike": {"s3:prefix": ["data/run-", "data/run-*"]}}),
        ]
        assert late.write_statements()[0].resources == ("arn:b/data/run-*",)

    def test_fails_on_a_prefix_without_a_fixed_part(self) -> None:
        with pytest.raises(ConfigurationError, match=r"prefix must begin with something fixed.*write 'data/' \+ "):
            S3Location(bucket_name="b", bucket_arn="arn:b", prefix=execution_input("p"))

    @pytest.mark.parametrize(
        ("key", "within", "known"),
        [
            (execution_input("detail.object.key"), "incoming", "incoming/"),
            (execution_input("detail.object.key"), "", ""),
            (f"runs/{execution_input('id')}/model.tar.gz", None, "runs/"),
        ],
    )
    def test_rights_to_an_object_are_for_what_its_key_begins_with(
        self, key: str, within: str | None, known: str
    ) -> None:
        late = S3Object(bucket_name="b", bucket_arn="arn:b", key=key, within=within)
        assert rights((*late.read_statements(), late.list_statement())) == [
            (("s3:GetObject",), (f"arn:b/{known}*",), None),
            (("s3:ListBucket",), ("arn:b",), {"StringLike": {"s3:prefix": f"{known}*"}}),
        ]

    @pytest.mark.parametrize(
        ("key", "within", "words"),
        [
            (execution_input("k"), None, "within must say what prefix the object lies below, because the rights"),
            ("data/x", "data", "within must be left out where key begins with something fixed, got 'data'"),
            (execution_input("k"), "/data", "within must be a path inside the bucket"),
            (execution_input("k"), f"a/{execution_input('k')}", "within must be fixed, because the rights"),
        ],
    )
    def test_fails_on_an_object_whose_rights_cannot_follow(self, key: str, within: str | None, words: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            S3Object(bucket_name="b", bucket_arn="arn:b", key=key, within=within)
        assert words in str(raised.value)
