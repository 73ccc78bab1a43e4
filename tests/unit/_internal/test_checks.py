"""The shared rules, without Node."""

import pytest

from constructs_lib._internal import checks
from constructs_lib.errors import ConfigurationError

A_NUMBER_TOKEN = -1.8881545897087626e289
A_TEXT_TOKEN = "${Token[Foundation.Bucket.12]}"


class TestRanges:
    @pytest.mark.parametrize("value", [1, 10, 5, None, A_NUMBER_TOKEN])
    def test_takes_both_ends_nothing_and_tokens(self, value: float | None) -> None:
        assert checks.between("count", value, 1, 10) is None

    @pytest.mark.parametrize("value", [0, 11])
    def test_fails_beyond_either_end(self, value: int) -> None:
        assert checks.between("count", value, 1, 10) == f"count must be between 1 and 10, got {value}"

    def test_fails_below_another_argument(self) -> None:
        words = "max must not be below min (4), got 3; raise max or lower min"
        assert checks.at_least("max", 3, "min", 4) == words
        assert checks.at_least("max", 4, "min", 4) is None
        assert checks.at_least("max", A_NUMBER_TOKEN, "min", 4) is None


class TestLists:
    def test_names_all_of_a_short_list(self) -> None:
        assert checks.one_of("mode", "Fast", ("File", "Pipe")) == "mode must be one of 'File', 'Pipe', got 'Fast'"

    def test_names_the_nearest_of_a_long_list(self) -> None:
        regions = [f"us-east-{number}" for number in range(20)]
        assert "did you mean 'us-east-1'" in str(checks.one_of("region", "us-eats-1", regions))

    def test_takes_a_member_and_tokens_but_not_nothing(self) -> None:
        assert [checks.one_of("mode", value, ("File",)) for value in ("File", A_TEXT_TOKEN)] == [None] * 2
        assert checks.one_of("mode", None, ("File",)) == "mode must be one of 'File', got None"

    def test_fails_on_a_repeated_name(self) -> None:
        assert checks.unique("names", ["a", "b", "a"]) == "names must be unique, got 'a' more than once"
        assert checks.unique("names", ["a", "b"]) is None


class TestText:
    def test_matches_from_end_to_end(self) -> None:
        assert checks.matches("name", "a1", "[a-z]", shape="one letter") == "name must be one letter, got 'a1'"
        assert checks.matches("name", "a", "[a-z]", shape="one letter") is None
        assert checks.matches("name", A_TEXT_TOKEN, "[a-z]", shape="one letter") is None
        assert checks.matches("name", None, "[a-z]", shape="one letter") == "name must be one letter, got None"


class TestKinds:
    def test_a_value_of_another_class_is_told_what_to_write(self) -> None:
        assert checks.is_a("type", "ml.m5.large", int, "a number") == "type must be a number, got 'ml.m5.large'"
        assert checks.is_a("type", 1, int, "a number") is None

    def test_a_construct_is_known_by_what_it_has(self) -> None:
        assert checks.has("key", "arn:key", "key_arn", "a KMS key") == "key must be a KMS key, got 'arn:key'"
        assert checks.has("key", None, "key_arn", "a KMS key") is None

    @pytest.mark.parametrize("value", [1, 7, A_NUMBER_TOKEN])
    def test_takes_whole_numbers(self, value: float) -> None:
        assert checks.whole("count", value, 1) is None

    @pytest.mark.parametrize("value", [0, 1.5, "2", None, True])
    def test_fails_on_what_is_no_whole_number(self, value: object) -> None:
        assert checks.whole("count", value, 1) == f"count must be a whole number of at least 1, got {value!r}"

    @pytest.mark.parametrize("value", [1, 0.5, 1e308, A_NUMBER_TOKEN])
    def test_takes_numbers_above_zero(self, value: float) -> None:
        assert checks.above_zero("target", value) is None

    @pytest.mark.parametrize("value", [0, -1, "2", None, True, float("nan"), float("inf"), float("-inf"), 10**400])
    def test_fails_on_what_is_no_number_above_zero(self, value: object) -> None:
        assert checks.above_zero("target", value) == f"target must be a number above 0, got {value!r}"


class TestTokens:
    @pytest.mark.parametrize("value", [A_NUMBER_TOKEN, A_TEXT_TOKEN, ["#{Token[Zones.3]}"], f"s3://{A_TEXT_TOKEN}/a"])
    def test_knows_a_token(self, value: object) -> None:
        assert checks.is_token(value)

    @pytest.mark.parametrize("value", [0, -5, "text", None, True, ["a"], "$Token", float("-inf"), -(10**400)])
    def test_knows_what_is_none(self, value: object) -> None:
        assert not checks.is_token(value)

    def test_knows_the_tokens_that_the_cdk_makes(self) -> None:
        from aws_cdk import App, CfnParameter, Fn, Stack, Token

        stack = Stack(App(), "Stack")
        number = CfnParameter(stack, "Number", type="Number")
        tokens = [stack.region, number.value_as_number, number.value_as_string, Fn.get_azs(), number.value]

        assert all(map(checks.is_token, tokens))
        assert all(map(Token.is_unresolved, tokens))

    @pytest.mark.parametrize("text", ["${Token[a.1]}", ["${Token[a.1]}"]])
    def test_fails_on_a_text_where_a_number_is_needed(self, text: object) -> None:
        assert checks.whole("field", text, 1) == f"field must be a whole number of at least 1, got {text!r}"
        assert checks.above_zero("field", text) == f"field must be a number above 0, got {text!r}"

    def test_fails_on_a_number_where_text_is_needed(self) -> None:
        assert checks.matches("field", -1.8e289, ".*", shape="text") == "field must be text, got -1.8e+289"

    def test_fails_on_names_that_are_no_text_in_what_goes_into_json(self) -> None:
        assert checks.fits_json("field", {"a": [{"b": 1}]}) is None
        assert "got {'a': [{1: 2}]}" in str(checks.fits_json("field", {"a": [{1: 2}]}))


class TestRequire:
    def test_lists_every_problem_in_one_error(self) -> None:
        with pytest.raises(ConfigurationError) as raised:
            checks.require("Stack/Job", "a is wrong", None, ["b is wrong", "c is wrong"])

        assert raised.value.subject == "Stack/Job"
        assert raised.value.problems == ("a is wrong", "b is wrong", "c is wrong")
        assert str(raised.value) == "Stack/Job is not valid:\n- a is wrong\n- b is wrong\n- c is wrong"
        assert isinstance(raised.value, ValueError)

    def test_says_nothing_when_all_is_well(self) -> None:
        checks.require("Stack/Job", None, [])
