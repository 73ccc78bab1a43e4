"""Values held against annotations, without a construct and without Node."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from constructs_lib._internal.kinds import argument_problems, field_problems, kind_problems

if TYPE_CHECKING:
    from elsewhere import Unknown

TOKEN_NUMBER = -1.8881545897087505e289
TOKEN_TEXT = "${Token[Late.1]}"


class Mode(StrEnum):
    FAST = "Fast"
    SLOW = "Slow"


class Named(Protocol):
    @property
    def uri(self) -> str: ...


@dataclass
class Place:
    uri: str

    @staticmethod
    def at(uri: str) -> "Place":
        return Place(uri)


class TestAccepted:
    @pytest.mark.parametrize(
        ("value", "wanted"),
        [
            ("text", str),
            (TOKEN_TEXT, str),
            (Mode.FAST, str),
            (3, int),
            (TOKEN_NUMBER, int),
            (0.5, float),
            (3, float),
            (TOKEN_NUMBER, float),
            (True, bool),
            (None, int | None),
            (Mode.SLOW, Mode),
            ([1, 2], Sequence[int]),
            ((), Sequence[int]),
            ([], tuple[int, ...]),
            ((Place("a"), "b"), tuple[Place, str]),
            ({"a": 1}, Mapping[str, int]),
            ({}, Mapping[str, int] | None),
            ("text", Mapping[str, Any] | str),
            ({"a": object()}, Mapping[str, Any]),
            (Place("a"), Named),
            (object(), Any),
        ],
    )
    def test_takes(self, value: Any, wanted: Any) -> None:
        assert kind_problems("field", value, wanted) == []


class TestRefusals:
    @pytest.mark.parametrize(
        ("value", "wanted", "words"),
        [
            (None, str, "field must be text, got None"),
            (1, str, "field must be text, got 1"),
            (1.0, int, "field must be a whole number, got 1.0"),
            (True, int, "field must be a whole number, got True"),
            ("1", int | None, "field must be a whole number, got '1'"),
            (float("nan"), float, "field must be a number, got nan"),
            (float("inf"), float, "field must be a number, got inf"),
            (1, bool, "field must be True or False, got 1"),
            ("fast", Mode, "field must be one of Mode.FAST, Mode.SLOW, got 'fast'; write Mode.FAST"),
            ("Mode.FAT", Mode, "field must be one of Mode.FAST, Mode.SLOW, got 'Mode.FAT'; did you mean 'Mode.FAST'"),
            ("x", Place, "field must be such as Place.at(…), got 'x'"),
            ("x", Named, "field must be such as Named(…), got 'x'"),
            ("x", Sequence[str], "field must be a list of text, got 'x'"),
            ({"a"}, Sequence[int], "field must be a list of whole numbers, got {'a'}"),
            ("x", Sequence[Place], "field must be a list of Place, got 'x'"),
            (Place("x"), Sequence[Any], "field must be a list, got Place(uri='x')"),
            (["x", 1], Sequence[str], "field[1] must be text, got 1"),
            ([], Mapping[str, int], "field must be a mapping of names to whole numbers, got []"),
            ("x", Mapping[str, Any], "field must be a mapping, got 'x'"),
            ({"a": "1"}, Mapping[str, int], "field['a'] must be a whole number, got '1'"),
            ({1: 1}, Mapping[str, int], "field must have names that are text, got 1"),
            (1, str | Place, "field must be text or such as Place.at(…), got 1"),
            ([1], Sequence[str] | str, "field[0] must be text, got 1"),
            (("a",), tuple[Place, str], "field must be 2 values, got ('a',)"),
            (("a", "b"), tuple[Place, str], "field[0] must be such as Place.at(…), got 'a'"),
        ],
    )
    def test_fails_on(self, value: Any, wanted: Any, words: str) -> None:
        assert kind_problems("field", value, wanted) == [words]


@dataclass
class Base:
    name: str


@dataclass
class Derived(Base):
    places: "Sequence[Place]"
    late: "Unknown | None" = None
    inside: "Unknown.inner | None" = None


class TestFields:
    def test_fails_on_every_field_at_once_those_of_the_base_first(self) -> None:
        assert field_problems(Derived(1, "x")) == [  # type: ignore[arg-type] -- the slip under test
            "name must be text, got 1",
            "places must be a list of Place, got 'x'",
        ]

    def test_a_class_that_only_a_type_checker_imports_is_taken(self) -> None:
        assert field_problems(Derived("a", [], late=object(), inside=object())) == []


class TestArguments:
    def test_fails_on_arguments_and_leaves_the_scope_and_other_names_alone(self) -> None:
        def make(scope: int, id: int, *, count: int, name: str = "a") -> list[str]:
            other = "no argument"
            assert other
            return argument_problems(make, locals() | {"make": make})

        assert make("scope", "id", count="x") == [  # type: ignore[arg-type] -- the slip under test
            "count must be a whole number, got 'x'"
        ]


class TestTheCdksInterfaces:
    def test_takes_a_key_made_here_or_elsewhere_and_fails_on_a_bucket(self, stack: Any) -> None:
        from aws_cdk import aws_kms as kms
        from aws_cdk import aws_s3 as s3

        arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
        for key in (kms.Key(stack, "Key"), kms.Key.from_key_arn(stack, "There", arn)):
            assert kind_problems("key", key, kms.IKey | None) == []
        (words,) = kind_problems("key", s3.Bucket(stack, "Bucket"), kms.IKey | None)
        assert words.startswith("key must be such as kms.Key.from_key_arn(…), got <")

    def test_takes_what_is_resolved_at_deployment_for_a_switch(self, stack: Any) -> None:
        from aws_cdk import Fn
        from aws_cdk import aws_s3 as s3

        assert kind_problems("field", Fn.condition_equals("a", "b"), bool) == []
        assert kind_problems("field", s3.Bucket(stack, "Bucket"), str) != []

    def test_fails_on_a_token_that_is_no_text_yet_and_says_how_it_becomes_one(self, stack: Any) -> None:
        from aws_cdk import Fn, Token

        late = Fn.get_att("Other", "Name")
        (words,) = kind_problems("field", late, str | None)
        assert words.startswith("field must be text, got <")
        assert words.endswith("; write Token.as_string(…) of it")
        assert kind_problems("field", Token.as_string(late), str) == []

    def test_a_construct_is_no_switch(self, stack: Any) -> None:
        from aws_cdk import Token

        assert kind_problems("root_access", Token.as_any({"Ref": "Late"}), bool) == []
        assert kind_problems("root_access", stack, bool) == [f"root_access must be True or False, got {stack!r}"]
        assert kind_problems("name", stack, str) == [f"name must be text, got {stack!r}"]

    def test_fails_on_a_token_that_is_no_number_yet_and_says_how_it_becomes_one(self, stack: Any) -> None:
        from aws_cdk import Fn, Token

        late = Fn.get_att("Other", "Count")
        for wanted, word in ((int, "a whole number"), (float | None, "a number")):
            (words,) = kind_problems("field", late, wanted)
            assert words.startswith(f"field must be {word}, got <")
            assert words.endswith("; write Token.as_number(…) of it")
            assert kind_problems("field", Token.as_number(late), wanted) == []

    @pytest.mark.parametrize("wrong", [10**400, float("inf"), float("nan")])
    def test_fails_on_a_number_that_json_does_not_hold(self, wrong: float) -> None:
        assert kind_problems("field", wrong, float) == [f"field must be a number, got {wrong!r}"]

    def test_fails_on_a_place_where_a_key_is_needed(self) -> None:
        from aws_cdk import aws_kms as kms

        from constructs_lib import S3Location

        place = S3Location(bucket_name="b", bucket_arn="arn:aws:s3:::b", prefix="x", key_arn="arn:aws:kms:::key/1")
        (words,) = kind_problems("key", place, kms.IKey | None)
        assert words.startswith("key must be such as kms.Key.from_key_arn(…), got S3Location(")
