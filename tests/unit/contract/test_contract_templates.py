"""What a rule sees of a template: conditions, references, imports, and what is counted as not known."""

from typing import Any

import pytest

from constructs_lib.contract._check import check
from constructs_lib.contract._template import UNKNOWN, Reference, Template, known, member, views
from constructs_lib.contract.rules import boolean, number, requests, rule
from tests.unit.contract.catalogue.shapes import config
from tests.unit.contract.catalogue.state_requests import OPTIMIZED, job, joined, machine, steps, task

Json = dict[str, Any]


def seen(**parts: Any) -> list[Template]:
    return list(views("t", {"Resources": {}, **parts}, {}))


def resource(type: str = "A", **properties: Any) -> Json:
    return {"Type": type, "Properties": properties}


def values(conditions: Json, value: Any) -> list[Any]:
    """What one property is under each outcome."""
    outcomes = seen(Conditions=conditions, Resources={"R": resource(P=value)})
    return [template.resources["R"].properties.get("P", "gone") for template in outcomes]


def equals(parameter: str, text: str) -> Json:
    return {"Fn::Equals": [{"Ref": parameter}, text]}


class TestConditions:
    def test_each_outcome_is_seen_once(self) -> None:
        assert values({"C": equals("P", "x")}, {"Fn::If": ["C", 1, 2]}) == [1, 2]

    def test_no_value_takes_a_property_out(self) -> None:
        assert values({"C": equals("P", "x")}, {"Fn::If": ["C", 1, {"Ref": "AWS::NoValue"}]}) == [1, "gone"]

    def test_one_condition_decides_alike_everywhere(self) -> None:
        both = [{"Fn::If": ["C", 1, 2]}, {"Fn::If": ["C", 3, 4]}]

        assert values({"C": equals("P", "x")}, both) == [[1, 3], [2, 4]]

    def test_conditions_are_made_of_others(self) -> None:
        conditions = {"C": equals("P", "x"), "D": {"Fn::Not": [{"Condition": "C"}]}}

        assert values(conditions, [{"Fn::If": ["C", 1, 2]}, {"Fn::If": ["D", 3, 4]}]) == [[1, 4], [2, 3]]

    def test_one_parameter_is_not_two_texts_at_once(self) -> None:
        conditions = {"C": equals("P", "x"), "D": equals("P", "y")}

        assert [1, 3] not in values(conditions, [{"Fn::If": ["C", 1, 2]}, {"Fn::If": ["D", 3, 4]}])

    def test_a_comparison_of_two_texts_is_known(self) -> None:
        assert values({"C": {"Fn::Equals": ["a", "b"]}}, {"Fn::If": ["C", 1, 2]}) == [2]

    def test_a_resource_is_there_only_where_its_condition_holds(self) -> None:
        conditions = {"C": equals("P", "x")}
        outcomes = seen(Conditions=conditions, Resources={"R": {**resource(), "Condition": "C"}})

        assert [list(template.resources) for template in outcomes] == [["R"], []]

    def test_the_resource_of_the_cdk_itself_makes_no_outcomes(self) -> None:
        regions = {"Fn::Or": [equals("AWS::Region", f"r-{number}") for number in range(9)]}
        metadata = {"Type": "AWS::CDK::Metadata", "Properties": {}, "Condition": "C"}

        assert len(seen(Conditions={"C": regions}, Resources={"M": metadata})) == 1

    def test_many_conditions_end(self) -> None:
        conditions = {f"C{number}": equals(f"P{number}", "x") for number in range(40)}
        found = values(conditions, [{"Fn::If": [name, 1, 0]} for name in conditions])

        assert {sum(value) for value in found} >= {0, 1, 39, 40}

    def test_a_condition_that_refers_to_itself_ends(self) -> None:
        assert values({"C": {"Condition": "C"}}, {"Fn::If": ["C", 1, 2]}) == [1]

    def test_a_condition_that_is_not_there_leaves_the_choice_open(self) -> None:
        assert values({}, {"Fn::If": ["C", 1, 2]}) == [{"Fn::If": ["C", 1, 2]}]


class TestFunctions:
    @pytest.mark.parametrize(
        ("value", "result"),
        [
            ({"Fn::Join": ["-", ["a", "b"]]}, "a-b"),
            ({"Fn::Sub": "plain"}, "plain"),
            ({"Fn::Select": ["1", ["a", "b"]]}, "b"),
            ({"Fn::FindInMap": ["Map", "first", "second"]}, "found"),
            ({"Fn::FindInMap": ["Map", {"Ref": "AWS::Region"}, "second"]}, None),
            ({"Fn::Join": ["-", ["a", {"Ref": "B"}]]}, None),
            ({"Fn::Select": [5, ["a"]]}, None),
        ],
    )
    def test_what_is_literal_is_worked_out(self, value: Json, result: Any) -> None:
        (template,) = seen(Mappings={"Map": {"first": {"second": "found"}}}, Resources={"R": resource(P=value)})

        assert template.resources["R"].properties["P"] == (value if result is None else result)


class TestReferences:
    def test_parts_of_a_text(self) -> None:
        (template,) = seen(Resources={"E": resource()})
        ends = ["endpoint/", Reference("E", "EndpointName"), "/variant/blue"]

        name = {"Fn::GetAtt": ["E", "EndpointName"]}
        assert template.parts({"Fn::Join": ["/", ["endpoint", name, "variant", "blue"]]}) == ends
        assert template.parts({"Fn::Sub": "endpoint/${E.EndpointName}/variant/blue"}) == ends
        assert template.parts({"Fn::Sub": ["endpoint/${n}/variant/${v}", {"n": name, "v": "blue"}]}) == ends
        assert template.parts({"Fn::Sub": "${!kept}"}) == ["${kept}"]
        assert template.parts({"Fn::Split": [",", "a"]}) == [UNKNOWN]

    def test_the_resource_that_is_meant(self) -> None:
        (template,) = seen(Resources={"E": resource("T"), "F": resource()})
        target = template.resources["E"]

        assert template.target({"Ref": "E"}) is target
        assert template.target({"Fn::Join": ["", ["a", {"Ref": "E"}, {"Ref": "AWS::Region"}]]}, "T") is target
        assert template.target({"Ref": "E"}, "Other") is None
        assert template.target({"Ref": "Parameter"}) is None
        assert template.target({"Fn::Join": ["", [{"Ref": "E"}, {"Ref": "F"}]]}) is None

    def test_an_import_is_followed(self) -> None:
        (other,) = seen(Resources={"M": resource()})
        (template,) = views("t", {"Resources": {}}, {"S:Out": (other, {"Ref": "M"})})

        assert template.target({"Fn::ImportValue": "S:Out"}) is other.resources["M"]
        assert template.target({"Fn::ImportValue": "S:None"}) is None

    def test_imports_in_a_ring_end(self) -> None:
        exports: dict[str, tuple[Template, Any]] = {}
        (template,) = views("t", {"Resources": {}}, exports)
        exports["S:Out"] = (template, {"Fn::ImportValue": "S:Out"})

        assert template.parts({"Fn::ImportValue": "S:Out"}) == [UNKNOWN]

    def test_a_reference_in_a_definition_is_one_again(self) -> None:
        definition = steps(task(job(RoleArn="ROLE")))
        machine = joined(definition, "ROLE", {"Fn::GetAtt": ["Role", "Arn"]})
        (template,) = seen(Resources={**machine, "Role": resource("AWS::IAM::Role")})
        (request,) = template.once(requests)

        assert request.members is not None
        assert template.target(request.members["RoleArn"]) is template.resources["Role"]
        assert (request.operation, request.pattern, request.optimized) == ("CreateTrainingJob", "sync", True)


class TestValues:
    def test_members_that_are_not_known(self) -> None:
        assert member({"a": {"b": 1}}, "a.b") == 1
        assert member({"a": {}}, "a.b", 5) == 5
        assert member({"a": {"Ref": "P"}}, "a.b") is UNKNOWN
        assert member({"a": {"b": {"Ref": "P"}}}, "a.b") is UNKNOWN
        assert not known(UNKNOWN)
        assert not known({"Ref": "P"})
        assert known(0)

    def test_numbers_and_booleans_as_cloudformation_reads_them(self) -> None:
        assert [number(value) for value in (1, "2", "2.5", 0.5)] == [1, 2, 2.5, 0.5]
        assert [number(value) for value in (True, "x", None, UNKNOWN, {"Ref": "P"}, "9" * 400)] == [None] * 6
        assert [boolean(value) for value in (True, "false", "TRUE")] == [True, False, True]
        assert [boolean(value) for value in (1, "x", None, UNKNOWN)] == [None] * 4


class TestReport:
    def test_a_finding_of_several_outcomes_is_one(self) -> None:
        content = {
            "Conditions": {"C": equals("P", "x")},
            "Resources": config(InstanceType="ml.g5.xlarg", InitialInstanceCount={"Fn::If": ["C", 2, 3]}),
        }

        assert [finding.rule for finding in check({"t": content}).findings] == ["SM104"]

    def test_what_is_not_known_is_counted_once_a_place(self) -> None:
        resources = config(InstanceType={"Ref": "T"}, ModelName={"Fn::If": ["C", {"Ref": "A"}, {"Ref": "B"}]})

        assert check({"t": {"Conditions": {"C": equals("P", "x")}, "Resources": resources}}).skipped == 2


class TestRegistry:
    def test_fails_for_an_id_that_is_taken(self) -> None:
        check({})
        with pytest.raises(ValueError, match=r"the id SM101 is taken by the rule 'a property is one"):
            rule("SM101", "again", source="https://example.com")

    @pytest.mark.parametrize("id", ["X101", "SM1", "sm101", "SM1011", "SMXX101"])
    def test_fails_for_an_id_of_another_form(self, id: str) -> None:
        with pytest.raises(ValueError, match="two or three capitals and three digits"):
            rule(id, "title", source="https://example.com")


def test_a_request_is_checked_whatever_its_state_waits_with() -> None:
    content = {"Resources": machine(steps(task(job(HyperParameter={"lr": "1"}), f"{OPTIMIZED}:2")))}

    assert {"SF162", "ST101"} <= {finding.rule for finding in check({"t": content}).findings}


def test_a_reference_is_where_its_property_is() -> None:
    joined = {"Fn::Join": ["", ["own-", {"Ref": "Model"}]]}
    (finding,) = check({"t": {"Resources": config(ModelName=joined)}}).findings

    assert (finding.rule, finding.path) == ("SM114", "ProductionVariants[0].ModelName")
