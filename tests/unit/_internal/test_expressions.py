"""What only a running workflow knows, in the text around it."""

import pytest

from constructs_lib._internal.expressions import as_json, is_late, joined, joined_within, known_start, literal
from constructs_lib.training.references import execution_input, map_item

LATE = execution_input("q")
READ = (
    "($exists($states.context.Execution.Input.q) ? $states.context.Execution.Input.q : "
    "$error('$states.context.Execution.Input.q has no value'))"
)


class TestJoined:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("x", "x"),
            (LATE, LATE),
            (f"x{LATE}", f"{{% 'x' & {READ} %}}"),
            (f"{LATE}/y", f"{{% {READ} & '/y' %}}"),
            (f"{LATE}{LATE}", f"{{% {READ} & {READ} %}}"),
            (f"s3://${{Token[B.1]}}/{LATE}", f"{{% 's3://${{Token[B.1]}}/' & {READ} %}}"),
        ],
    )
    def test_text_around_becomes_part_of_one_expression(self, text: str, expected: str) -> None:
        assert joined(text) == expected
        assert joined(expected) == expected

    @pytest.mark.parametrize("text", ["{% if x %}", "a {% if x %} b", "{%"])
    def test_a_template_of_somebody_else_stays_as_it_is(self, text: str) -> None:
        assert joined(text) == text
        assert not is_late(text)

    def test_every_text_of_a_request_is_looked_at(self) -> None:
        request = {"A": {"B": [f"x{LATE}", 1, None]}, "C": True}
        assert joined_within(request) == {"A": {"B": [f"{{% 'x' & {READ} %}}", 1, None]}, "C": True}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "'plain'"),
        ("it's", '"it\'s"'),
        ('say "it\'s"', '"say \\"it\'s\\""'),
        ("a\\b", '"a\\\\b"'),
        ("a\nb", '"a\\nb"'),
        ("50%}", '"50%\\u007d"'),
    ],
)
def test_a_literal_has_no_escape_that_jsonata_does_not_know(value: str, expected: str) -> None:
    assert literal(value) == expected


def test_json_is_made_when_the_workflow_runs() -> None:
    path = "$states.input.Item.lr"
    assert as_json(map_item("lr")) == (
        f"{{% ($exists({path}) ? $replace($string({{'v': {path}}}), /^\\{{\"v\":|\\}}$/, '') : "
        f"$error('{path} has no value')) %}}"
    )


@pytest.mark.parametrize(
    ("text", "start"),
    [("data/x", "data/x"), (f"data/{LATE}/y", "data/"), (f"it's/{LATE}", "it's/"), (LATE, ""), (f"{LATE}/y", "")],
)
def test_what_is_known_is_the_same_before_and_after_joining(text: str, start: str) -> None:
    assert known_start(text) == start
    assert known_start(joined(text)) == start
