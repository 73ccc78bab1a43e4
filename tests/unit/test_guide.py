"""What the pages say, docs/guide.md above all, held against the code and the files."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import constructs_lib

LIBRARY = Path(constructs_lib.__file__).parent
ROOT = LIBRARY.parent
GUIDE = (ROOT / "docs" / "guide.md").read_text()


def without_variable_part(id: str) -> str:
    """`role-not-known/*` of what names a variant behind the slash, in the code or in the guide."""
    return re.sub(r"/(<.*>|\{.*)", "/*", id)


def documented_warnings() -> list[str]:
    """The ids in the table of warnings, which writes the beginning of the second and third of a line as `…:`."""
    cells = re.findall(r"^\| (`sagemaker-constructs:[^|]*) \|", GUIDE, re.MULTILINE)
    ids = [id for cell in cells for id in re.findall(r"`(?:sagemaker-constructs|…):([^`]+)`", cell)]
    return [without_variable_part(id) for id in ids]


def warnings_of_the_code() -> Iterator[str]:
    for file in sorted(LIBRARY.rglob("*.py")):
        for function in ast.walk(ast.parse(file.read_text())):
            if isinstance(function, ast.FunctionDef):
                for call in ast.walk(function):
                    if isinstance(call, ast.Call) and ast.unparse(call.func) == "warn":
                        yield from map(without_variable_part, ids_of(call.args[1], function))


def ids_of(argument: ast.expr, function: ast.FunctionDef) -> list[str]:
    """The id as it is written, or those that a dictionary of the same function maps to their texts."""
    if isinstance(argument, ast.Constant):
        return [argument.value]
    if isinstance(argument, ast.JoinedStr):
        return ["".join(part.value if isinstance(part, ast.Constant) else "{…}" for part in argument.values)]
    texts = [node for node in ast.walk(function) if isinstance(node, ast.Dict)]
    return [key.value for text in texts for key in text.keys if isinstance(key, ast.Constant)]


class TestWarnings:
    def test_the_table_has_each_id_of_the_code_and_no_other(self) -> None:
        # The ids of one function are found again in the functions around it.
        assert sorted(documented_warnings()) == sorted(set(warnings_of_the_code()))


class TestBlocks:
    def test_run_one_after_the_other_without_a_warning(self, stack: Any) -> None:
        import aws_cdk as cdk
        from aws_cdk import aws_iam as iam
        from aws_cdk import aws_s3 as s3

        names = {name: getattr(constructs_lib, name) for name in constructs_lib.__all__}
        names |= {name: getattr(cdk, name) for name in ("Acknowledgment", "TimeZone", "Validations")}
        image = names["ContainerImage"].from_uri("123456789012.dkr.ecr.us-east-1.amazonaws.com/serving:1")
        weights = names["S3Object"].from_bucket(s3.Bucket(stack, "Bucket"), "model.tar.gz")
        # What the text around the blocks takes for granted.
        names |= {
            "app": stack.node.root,
            "self": stack,
            "image": image,
            "candidate": names["Model"](
                stack, "Candidate", container=names["Container"](image=image, artifact=weights)
            ),
            "ci_role": iam.Role(stack, "Ci", assumed_by=iam.AccountRootPrincipal()),
            "caller": iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal()),
        }

        blocks = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
        for block in blocks:
            exec(block, names)  # noqa: S102 -- the guide of this repository

        assert len(blocks) >= 8
        assert [
            entry.data
            for construct in stack.node.find_all()
            for entry in construct.node.metadata
            if entry.type == "aws:cdk:warning"
        ] == []


class TestPages:
    def test_each_link_leads_to_a_file(self) -> None:
        pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
        links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#\s:]+)[)#]", page.read_text())]
        assert len(links) > 20
        assert [(page.name, link) for page, link in links if not (page.parent / link).exists()] == []

    def test_the_list_of_decisions_has_each_of_them_in_order(self) -> None:
        folder = ROOT / "docs" / "decisions"
        listed = re.findall(r"^(\d+)\. \[.*\]\((.*)\)$", (folder / "README.md").read_text(), re.MULTILINE)
        assert [name for _, name in listed] == sorted(page.name for page in folder.glob("0*.md"))
        assert [int(number) for number, _ in listed] == list(range(1, len(listed) + 1))
