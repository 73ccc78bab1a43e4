"""What `from constructs_lib import …` offers."""

import ast
from importlib import import_module
from pathlib import Path

import constructs_lib


def imported_for_type_checkers() -> dict[str, str]:
    tree = ast.parse(Path(constructs_lib.__file__).read_text())
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    return {
        alias.asname or alias.name: f"{statement.module}"
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }


def test_types_and_run_time_agree() -> None:
    homes = {name: f"constructs_lib.{home}" for name, home in constructs_lib._HOMES.items()}
    assert homes == imported_for_type_checkers()


def test_every_name_is_where_it_is_said_to_be() -> None:
    for name in constructs_lib.__all__:
        value = getattr(constructs_lib, name)
        assert value is getattr(import_module(f"constructs_lib.{constructs_lib._HOMES[name]}"), name)
        assert value.__doc__, name


def test_all_is_sorted_and_shown() -> None:
    assert constructs_lib.__all__ == sorted(constructs_lib.__all__) == dir(constructs_lib)


def test_fails_on_a_name_that_is_none() -> None:
    try:
        constructs_lib.Endpoint  # noqa: B018 -- the look-up is the test
    except AttributeError as error:
        assert str(error) == "module 'constructs_lib' has no attribute 'Endpoint'"
    else:
        raise AssertionError("there is no such name")
