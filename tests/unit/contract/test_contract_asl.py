"""The forms of paths, functions and expressions, and the table of fields."""

import json
from pathlib import Path

import cfnlint
import pytest

from constructs_lib.contract._asl import FIELDS
from constructs_lib.contract._paths import expression_problem, path_problem, value_problem

# What cfn-lint's schema has for a type and the language has not, by https://states-language.net/spec.html: a Pass, a
# Wait and a Fail state call nothing, a Fail state has no input and output, and a Choice state goes where its rules say.
_NOT_OF_THE_LANGUAGE = {
    ("Pass", "Arguments"),
    ("Wait", "Arguments"),
    ("Fail", "Arguments"),
    ("Fail", "InputPath"),
    ("Fail", "Output"),
    ("Fail", "OutputPath"),
    ("Choice", "Arguments"),
    ("Choice", "Next"),
    ("Choice", "End"),
}


def test_each_type_has_the_fields_that_cfn_lint_knows() -> None:
    folder = Path(cfnlint.__file__).parent / "data" / "schemas" / "other" / "step_functions"
    schema = json.loads((folder / "statemachine.json").read_text())["definitions"]

    missing = {
        (type, field)
        for type, fields in FIELDS.items()
        for field in schema[type.lower()].get("properties", {})
        if field not in fields.split()
    }
    assert missing <= _NOT_OF_THE_LANGUAGE


@pytest.mark.parametrize(
    "path",
    ["$", "$$", "$.a", "$['a.b']", '$["a"]', "$.a[0]", "$.a[-1]", "$..a", "$.a[*].b", "$.*", "$.a-b", "$.ä", "$v.a"],
)
def test_takes_a_path(path: str) -> None:
    assert path_problem(path) is None


@pytest.mark.parametrize("path", ["$.a[?(@.b > 1 && @.c == ')')]", "$.a.length()", "$$.Map.Item.Value", "$.a b"])
def test_takes_a_longer_path(path: str) -> None:
    assert path_problem(path) is None


@pytest.mark.parametrize(
    "path", ["", "a", "$.", "$..", "$.a.", "$a]", "$.a[", "$.a[]", "$.a['b]", "$.a(", ".a", "$.a[0]b"]
)
def test_fails_for_what_is_no_path(path: str) -> None:
    assert path_problem(path) is not None


@pytest.mark.parametrize("path", ["$.a[*]", "$..a", "$.a[0:1]", "$.a[0,1]", "$.a[?(@.b)]", "$.length()"])
def test_fails_for_a_path_to_several_places(path: str) -> None:
    assert path_problem(path) is None
    assert path_problem(path, reference=True) is not None


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        ("States.UUID()", None),
        ("States.UUID ( )", None),
        ("States.Array()", None),
        ("States.Array(1, -2.5, true, null, 'a, b)', $.a[?(@.b)])", None),
        ("States.MathRandom(1, 2)", None),
        ("States.MathRandom(1, 2, 3)", None),
        ("States.MathRandom(1)", "States.MathRandom takes 2 to 3 arguments, got 1"),
        ("States.MathRandom(1, 2, 3, 4)", "States.MathRandom takes 2 to 3 arguments, got 4"),
        ("States.Format()", "States.Format takes at least 1 arguments, got 0"),
        ("States.Hash($.a)", "States.Hash takes 2 arguments, got 1"),
        ("States.Uuid()", "States.Uuid is not an intrinsic function"),
        ("States.Format('{}", "a quote is not closed"),
        ("States.Format('{}' $.a)", "the parenthesis of States.Format is not closed"),
        ("States.Format(name)", "an argument is neither a path, a literal nor a function"),
        ("States.Format($.a[)", "in $.a[): a bracket is not closed"),
        ("plain", "it is neither a path that begins with $ nor an intrinsic function"),
    ],
)
def test_reads_a_function(call: str, problem: str | None) -> None:
    assert value_problem(call) == problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("text", None),
        ("{% $a %}", None),
        ("{% {'a': [1, (2)]} %}", None),
        ("{% ')' & \"]\" & `}` %}", None),
        ("{% 'it\\'s)' %}", None),
        ("{% (1 %}", "')' is missing"),
        ("{% 1) %}", "')' closes what is not open"),
        ("{% [1) %}", "')' closes what is not open"),
        ("{% 1", "it begins with {% and does not end with %}"),
        ("1 %}", "it ends with %} and does not begin with {%"),
        ("{%%}", "there is nothing between {% and %}"),
    ],
)
def test_reads_an_expression(text: str, problem: str | None) -> None:
    assert expression_problem(text) == problem
