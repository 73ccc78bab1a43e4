"""Least privilege, proven: each policy allows what its references need and nothing else."""

import inspect
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

import constructs_lib
from tests.permissions.cases import Case, all_cases
from tests.permissions.cases.combinations import SLOTS, combinations
from tests.permissions.comparison import different, problems
from tests.permissions.proofs import Proof
from tests.permissions.specification import Opening, Row, allow
from tests.permissions.template_policies import Policies, Reader, Statement

CASES = all_cases()
NAMES = [f"{case.construct}: {case.about}" for case in CASES]
CONSTRUCTS = sorted({case.construct for case in CASES})
# Constructs of the API that make no policy, or whose base another case goes through.
WITHOUT_POLICIES = {
    # Bases.
    "EndpointBase",
    "FeatureGroupBase",
    "HostedEndpoint",
    "Job",
    "ModelBase",
    "ModelPackageGroupBase",
    "NetworkBase",
    "NotebookInstanceBase",
    # These live in an endpoint of components.
    "Adapter",
    "InferenceComponent",
    # Application Auto Scaling works under a role of its own.
    "AsyncScaling",
    "ComponentScaling",
    "ConcurrencyScaling",
    "VariantScaling",
    # What is there already gets no policy; its grants are those of the endpoints.
    "ImportedEndpoint",
    # It shows metrics in the name of who looks at it.
    "Dashboard",
}


@pytest.mark.parametrize("number", range(len(CASES)), ids=NAMES)
def test_policies_say_what_is_specified_and_nothing_else(number: int, proofs: Sequence[Proof]) -> None:
    case, policies = proofs[number]

    assert problems(policies, case.specification) == []


class TestSpecification:
    def test_covers_every_construct(self) -> None:
        from constructs import Construct

        kinds = {name: getattr(constructs_lib, name) for name in constructs_lib.__all__}
        named = {name for name, kind in kinds.items() if inspect.isclass(kind) and issubclass(kind, Construct)}

        assert named - set(CONSTRUCTS) - WITHOUT_POLICIES == set()

    def test_covers_every_grant(self) -> None:
        folder = Path(constructs_lib.__file__).parent
        methods = {name for path in folder.rglob("*.py") for name in re.findall(r"def (grant_\w+)", path.read_text())}
        # The CDK's name for whom a grantee stands for.
        methods.discard("grant_principal")

        assert methods == {name.rpartition(".")[2].rpartition(" ")[2] for name in CONSTRUCTS if "grant_" in name}

    @pytest.mark.parametrize("construct", SLOTS)
    def test_parts_and_joins_any_two_references_of_a_construct(self, construct: str) -> None:
        slots = SLOTS[construct]
        taken = [set(chosen) for chosen in combinations(slots)]
        # By slot, because a slot is of what excludes each other.
        has = [
            {number for number, slot in enumerate(slots) if {reference.name for reference in slot} & names}
            for names in taken
        ]

        for one, other in permutations(range(len(slots)), 2):
            assert any({one, other} <= numbers for numbers in has), (slots[one], slots[other])
            assert any(one in numbers and other not in numbers for numbers in has), (slots[one], slots[other])
        assert set.union(*taken) == {reference.name for slot in slots for reference in slot}

    def test_has_no_two_cases_of_one_name(self) -> None:
        assert len(NAMES) == len(set(NAMES))

    def test_knows_nothing_of_how_the_library_renders(self) -> None:
        folder = Path(__file__).parent
        assert [path.name for path in folder.rglob("*.py") if "constructs_lib._" in path.read_text()] == [
            Path(__file__).name
        ]


# Nothing is granted by these; each other construct must have something that can be made wider.
WITHOUT_STATEMENTS = ("ModelPackageGroup",)
FOREIGN = "iam:CreateUser"
STRANGER = "AWS arn:aws:iam::999999999999:root"


def widened(statement: Statement) -> dict[str, Statement]:
    """The statement with a little more in it, by what is more."""
    found = {}
    if "*" not in statement.actions:
        found["an action"] = replace(statement, actions=(*statement.actions, FOREIGN))
    for number, resource in enumerate(statement.resources):
        if resource != "*":
            shorter = f"{resource.rstrip('*')[:-1]}*"
            changed = (*statement.resources[:number], shorter, *statement.resources[number + 1 :])
            found[f"{shorter} for {resource}"] = replace(statement, resources=changed)
    for operator, keys in statement.conditions.items():
        for key in keys:
            left = {
                one: {each: has[each] for each in has if (one, each) != (operator, key)}
                for one, has in statement.conditions.items()
            }
            found[f"no {operator} {key}"] = replace(
                statement, conditions={one: has for one, has in left.items() if has}
            )
    if statement.by is not None:
        found["another principal"] = replace(statement, by=(*statement.by, STRANGER))
    return found


def wider(opening: Opening) -> dict[str, Opening]:
    """The rule of a security group with a little more in it, by what is more."""
    found = {"anybody": replace(opening, peer="0.0.0.0/0", ports=opening.ports or (0, 65535))}
    if opening.protocol != "-1":
        found["any protocol"] = replace(opening, protocol="-1", ports=None)
    if opening.ports is not None:
        found["the port before"] = replace(opening, ports=(opening.ports[0] - 1, opening.ports[1]))
        found["the port after"] = replace(opening, ports=(opening.ports[0], opening.ports[1] + 1))
    return {what: each for what, each in found.items() if each != opening}


def parts(case: Case, policies: Policies) -> list[tuple[str, list[Statement], tuple[Row, ...]]]:
    """Every policy of a case, with what is specified for it."""
    asked = case.specification
    return [
        *((name, policies.roles[name], role.rows) for name, role in asked.roles.items()),
        *((f"trust of {name}", policies.trusts[name], role.trusted) for name, role in asked.roles.items()),
        *((name, policies.resources[name], rows) for name, rows in asked.resources.items()),
        *((name, policies.loose[name], rows) for name, rows in asked.loose.items()),
    ]


def largest(construct: str, proofs: Sequence[Proof]) -> Proof:
    """The case of *construct* with the most statements."""
    return max(
        (proof for proof in proofs if proof[0].construct == construct),
        key=lambda proof: sum(len(statements) for _, statements, _ in parts(*proof)),
    )


class TestWiderPolicies:
    """The proof is worth something: whatever is made wider in a policy is found, with a call that tells it."""

    @pytest.mark.parametrize("construct", CONSTRUCTS)
    def test_fails_with_a_little_more_in_any_statement(self, construct: str, proofs: Sequence[Proof]) -> None:
        changes = 0
        for name, statements, rows in parts(*largest(construct, proofs)):
            for number, statement in enumerate(statements):
                for what, more in widened(statement).items():
                    found = different(name, [*statements[:number], more, *statements[number + 1 :]], rows)
                    changes += 1

                    assert any("does more than specified: " in problem for problem in found), (name, what)
        assert bool(changes) is (construct not in WITHOUT_STATEMENTS)

    @pytest.mark.parametrize("construct", CONSTRUCTS)
    def test_fails_with_a_statement_more(self, construct: str, proofs: Sequence[Proof]) -> None:
        more = Statement(effect="Allow", actions=("iam:PassRole",), resources=("*",), conditions={}, by=None)
        for name, statements, rows in parts(*largest(construct, proofs)):
            found = different(name, [*statements, more], rows)

            assert found == [f"{name}, Allow does more than specified: iam:PassRole on anything"]

    @pytest.mark.parametrize("construct", CONSTRUCTS)
    def test_fails_with_nothing_left(self, construct: str, proofs: Sequence[Proof]) -> None:
        for name, _, rows in parts(*largest(construct, proofs)):
            if rows:
                assert any("lacks what is specified" in problem for problem in different(name, [], rows)), name

    @pytest.mark.parametrize("number", [number for number, case in enumerate(CASES) if case.specification.groups])
    def test_fails_with_a_little_more_in_any_rule_of_a_security_group(
        self, number: int, proofs: Sequence[Proof]
    ) -> None:
        case, policies = proofs[number]
        for name, rules in policies.groups.items():
            for place, rule in enumerate(rules):
                for what, more in wider(rule).items():
                    groups = {**policies.groups, name: [*rules[:place], more, *rules[place + 1 :]]}
                    found = problems(replace(policies, groups=groups), case.specification)

                    assert any(f"group {name} opens more than specified" in problem for problem in found), what
                    assert any(f"group {name} lacks what is specified" in problem for problem in found), what

    def test_fails_for_a_security_group_that_nobody_specified(self, proofs: Sequence[Proof]) -> None:
        case, policies = next(proof for proof in proofs if proof[0].construct == "ExecutionRole")
        found = problems(replace(policies, groups={"sg-9": []}), case.specification)

        assert found == ["security groups are ['sg-9'], specified are []"]

    def test_a_group_that_says_nothing_of_the_way_out_is_open(self) -> None:
        group = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "any"}}

        assert Reader({"Resources": {"Open": group}}).read().groups == {
            "<Open.GroupId>": [Opening(way="out", protocol="-1", ports=None, peer="0.0.0.0/0")]
        }

    def test_tells_the_call_that_escapes(self) -> None:
        statement = Statement(
            effect="Allow", actions=("s3:GetObject",), resources=("arn:aws:s3:::b/data*",), conditions={}, by=None
        )

        assert different("role R", [statement], [allow("s3:GetObject", on="arn:aws:s3:::b/data/*")]) == [
            "role R, Allow does more than specified: s3:GetObject on arn:aws:s3:::b/data"
        ]

    def test_fails_for_an_action_that_nobody_knows(self) -> None:
        statement = Statement(effect="Allow", actions=("s3:ReadObject",), resources=("*",), conditions={}, by=None)

        assert different("role R", [statement], [allow("s3:ReadObject", on="*")]) == [
            "role R: s3:ReadObject is no action that IAM knows"
        ]

    def test_fails_for_a_condition_of_another_value_or_key(self) -> None:
        def conditioned(key: str, value: str) -> Statement:
            return Statement(
                effect="Allow",
                actions=("iam:PassRole",),
                resources=("r",),
                conditions={"StringEquals": {key: (value,)}},
                by=None,
            )

        row = allow("iam:PassRole", on="r", when={"StringEquals": {"iam:PassedToService": "a"}})

        assert different("role R", [conditioned("iam:PassedToService", "a")], [row]) == []
        assert len(different("role R", [conditioned("iam:PassedToService", "b")], [row])) == 2
        assert len(different("role R", [conditioned("aws:SourceAccount", "a")], [row])) == 2

    def test_fails_for_a_role_that_nobody_specified(self, proofs: Sequence[Proof]) -> None:
        case, policies = next(proof for proof in proofs if proof[0].construct == "ExecutionRole")
        more = Policies(roles={**policies.roles, "Other": []}, trusts=policies.trusts)

        assert problems(more, case.specification) == ["roles are ['Other', 'Role'], specified are ['Role']"]
