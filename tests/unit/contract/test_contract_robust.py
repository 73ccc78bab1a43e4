"""Anything at all as a template: the reader ends in an exit code, no rule raises, and nothing takes for ever."""

import copy
import json
import random
from collections.abc import Iterator
from contextlib import suppress
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_lib.contract.__main__ import main
from constructs_lib.contract._asl import scopes
from constructs_lib.contract._conditions import cases
from constructs_lib.contract._template import views
from constructs_lib.contract.iam import matches, overlaps
from constructs_lib.contract.rules import all_rules
from tests.unit.contract.catalogue import all_examples, template
from tests.unit.contract.catalogue.security_around import bucket
from tests.unit.contract.catalogue.state_requests import job, train

Json = dict[str, Any]

NAMES = st.sampled_from(
    [
        *("Resources", "Type", "Properties", "Metadata", "Conditions", "Condition", "Mappings", "Outputs", "Export"),
        *("Ref", "Fn::If", "Fn::Join", "Fn::Sub", "Fn::GetAtt", "Fn::Select", "Fn::FindInMap", "Fn::ImportValue"),
        *("Fn::Equals", "Fn::Not", "Fn::And", "DefinitionString", "Definition", "DefinitionSubstitutions", "States"),
        *("Branches", "ItemProcessor", "Parameters", "Arguments", "Resource", "ProductionVariants", "Containers", "A"),
        *("QueryLanguage", "PrimaryContainer", "Environment", "VpcConfig", "Name", "aws:cdk:path", "Value"),
    ]
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=6),
    NAMES,
    st.sampled_from(
        [
            *("AWS::NoValue", "AWS::SageMaker::Model", "AWS::SageMaker::EndpointConfig", "Task", "JSONata", "${A}"),
            *("AWS::StepFunctions::StateMachine", "arn:aws:states:::sagemaker:createTrainingJob.sync", "${", "${!A}"),
            '{"States": {"A": {"Type": "Task"}}}',
        ]
    ),
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(NAMES, st.text()), inner, max_size=4)
    ),
    max_leaves=25,
)
ANY_RESOURCE = st.fixed_dictionaries(
    {
        "Type": st.sampled_from(
            [
                *("AWS::SageMaker::Model", "AWS::SageMaker::EndpointConfig", "AWS::SageMaker::Endpoint", "A"),
                *("AWS::StepFunctions::StateMachine", "AWS::ApplicationAutoScaling::ScalableTarget"),
                *("AWS::ApplicationAutoScaling::ScalingPolicy", "AWS::IAM::Role", "AWS::IAM::Policy"),
                *("AWS::CloudWatch::Alarm", "AWS::KMS::Key", "AWS::S3::Bucket"),
                *("AWS::SageMaker::InferenceComponent", "AWS::SageMaker::NotebookInstance", "AWS::SageMaker::Domain"),
                *("AWS::SageMaker::ProcessingJob", "AWS::SageMaker::MonitoringSchedule", "AWS::SNS::Topic"),
                *("AWS::SageMaker::DataQualityJobDefinition", "AWS::S3::BucketPolicy", "AWS::EC2::SecurityGroup"),
            ]
        )
    },
    optional={"Properties": ANYTHING, "Condition": ANYTHING, "Metadata": ANYTHING, "DependsOn": ANYTHING},
)
ANY_TEMPLATE = st.fixed_dictionaries(
    {"Resources": st.dictionaries(st.text(max_size=3), ANY_RESOURCE, max_size=3)},
    optional={"Conditions": ANYTHING, "Mappings": ANYTHING, "Outputs": ANYTHING, "Parameters": ANYTHING},
)


def run_every_rule(content: Json) -> None:
    """Every rule, without the guard that `check` holds over each."""
    for view in views("t", content, {}):
        for rule in all_rules():
            # What a finding holds is printed as JSON.
            json.dumps([fault.value for fault in rule.check(view)], allow_nan=False)


def mutated(chance: random.Random) -> Json:
    content: Json = copy.deepcopy(chance.choice(SEEDS))
    for resource in content["Resources"].values():
        # What a definition holds is within reach as an object only.
        text = resource.get("Properties", {}).get("DefinitionString")
        if isinstance(text, str) and text.startswith("{") and text.endswith("}"):
            # One with a `${…}` in the place of a number is JSON once that is filled in, and stays text here.
            with suppress(json.JSONDecodeError):
                resource["Properties"]["DefinitionString"] = json.loads(text)
    for _ in range(chance.choice([1, 1, 2, 4])):
        # Deeper than the resources themselves: those have a type, or are not read at all.
        inside = [path for path in paths(content) if len(path) > 2]
        if not inside:
            break
        *way, last = chance.choice(inside)
        outer: Any = content
        for part in way:
            outer = outer[part]
        if chance.random() < 0.2:
            del outer[last]
        elif chance.random() < 0.2 and isinstance(outer, dict):
            outer[chance.choice(["Ref", "Fn::If", "Fn::Transform", "Name", "Other"])] = chance.choice(ODD)
        else:
            outer[last] = copy.deepcopy(chance.choice(ODD))
    for resource in content["Resources"].values():
        body = resource.get("Properties")
        if isinstance(body, dict) and isinstance(body.get("DefinitionString"), dict):
            body["DefinitionString"] = json.dumps(body["DefinitionString"])
    return content


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ()):
        yield from paths(inner, (*path, key))


# Values that a property may not expect, functions of the wrong form, and texts that readers stumble over.
ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1e308, 10**30, "", [], {}, [[]], [None], [{}], {"a": 1}, "Allow", "*", {"": ""}),
    *({"Ref": None}, {"Ref": []}, {"Ref": "X"}, {"Fn::GetAtt": []}, {"Fn::GetAtt": "a"}, {"Fn::If": ["x", 1]}),
    *({"Fn::If": [None, 1, 2]}, {"Fn::Join": [1, 2]}, {"Fn::Join": ["", {"Ref": "x"}]}, {"Fn::Sub": []}),
    *({"Fn::Sub": ["${a}", {}]}, {"Fn::Sub": ["${a}"]}, {"Fn::FindInMap": ["a"]}, {"Fn::Select": [99, [1]]}),
    *({"Fn::Select": ["a", ["b"]]}, {"Fn::Split": [1, 1]}, {"Condition": []}, {"Fn::ImportValue": {}}),
    *({"AWS": None}, {"Service": [1]}, "${", "$.", "$..", "{%", "arn:", "\ud800", "x" * 3000, "9" * 400),
    *("rate(", "cron(* * *)", "at(x)", "(?P<", "[", "a{99999999}", "1e999", "NaN"),
)
SEEDS = [
    template(content)
    for examples in all_examples().values()
    for content in [*examples.fails.values(), *examples.passes.values()]
    # What is too large for a definition is too deep for the reader once it is an object.
    if len(json.dumps(content)) < 100_000
]


class TestReader:
    @settings(max_examples=100, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(content=st.one_of(st.binary(max_size=200), ANYTHING.map(json.dumps).map(str.encode)))
    def test_ends_in_an_exit_code_whatever_it_is_given(self, content: bytes, tmp_path_factory: Any) -> None:
        file: Path = tmp_path_factory.getbasetemp() / "anything.json"
        file.write_bytes(content)

        assert main([str(file), "--json"]) in (0, 1, 2)

    @settings(max_examples=150, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(template=ANY_TEMPLATE)
    def test_no_rule_raises_whatever_a_template_holds(self, template: Json) -> None:
        run_every_rule(json.loads(json.dumps(template)))

    @settings(max_examples=400, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(seed=st.integers(0, 2**32))
    def test_no_rule_raises_on_an_example_with_some_values_replaced(self, seed: int) -> None:
        run_every_rule(mutated(random.Random(seed)))  # noqa: S311 -- because a test hides nothing

    @pytest.mark.parametrize("rules", [True, {"a": 1}, "text", None])
    def test_no_rule_raises_on_encryption_of_another_kind(self, rules: Any) -> None:
        run_every_rule(template(bucket(BucketEncryption={"ServerSideEncryptionConfiguration": rules})))

    def test_no_rule_raises_on_an_instance_type_of_another_kind(self) -> None:
        cluster = {"InstanceType": {"a": 1}, "VolumeKmsKeyId": "alias/own"}
        run_every_rule(template(train(job(ResourceConfig=cluster))))

    def test_no_rule_raises_on_half_a_character(self) -> None:
        properties = {"DefinitionString": '{"Comment": "\ud800"}'}
        run_every_rule(template({"Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}}))


class TestSize:
    """What took time beyond measure once; each of these does not end if it does again."""

    def test_conditions_that_refer_to_one_twice(self) -> None:
        conditions: Json = {"C0": {"Fn::Equals": [{"Ref": "P"}, "a"]}}
        for index in range(60):
            conditions[f"C{index + 1}"] = {"Fn::And": [{"Condition": f"C{index}"}] * 2}

        assert list(cases(conditions, ["C60"])) == [{"C60": True}, {"C60": False}]

    def test_conditions_in_a_long_row(self) -> None:
        conditions: Json = {"C0": {"Fn::Equals": [{"Ref": "P"}, "a"]}}
        for index in range(5000):
            conditions[f"C{index + 1}"] = {"Fn::Not": [{"Condition": f"C{index}"}]}

        assert list(cases(conditions, ["C5000"])) == [{"C5000": True}, {"C5000": False}]

    def test_conditions_beyond_what_can_be_looked_at_meet_in_pairs(self) -> None:
        conditions = {f"C{index}": {"Fn::Equals": [{"Ref": f"P{index}"}, "a"]} for index in range(100)}
        found = list(cases(conditions, conditions))

        assert len(found) == 64
        for one, other in combinations(conditions, 2):
            assert len({(case[one], case[other]) for case in found}) == 4, (one, other)

    def test_one_parameter_that_may_be_many_texts(self) -> None:
        conditions = {f"C{index}": {"Fn::Equals": [{"Ref": "P"}, f"text {index}"]} for index in range(40)}
        found = list(cases(conditions, conditions))

        assert sorted(sum(case.values()) for case in found) == [0] + [1] * 40

    def test_a_state_machine_of_many_states_is_read_once(self) -> None:
        states = {f"S{index}": {"Type": "Pass", "Next": f"S{index + 1}"} for index in range(50)}
        machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"Definition": {"States": states}}}
        (view,) = views("t", template({"Machine": machine}), {})
        (scope,) = view.once(scopes)

        assert scope.states is scope.states

    def test_a_long_resource_of_a_policy(self) -> None:
        assert overlaps("transform-job/*" + "x" * 2000, "transform-job/*")
        assert not overlaps("*" + "x" * 2000, "*" + "y" * 2000)
        assert overlaps("*a" + "?" * 1000, "*" + "b?" * 500)
        assert matches("*a" * 500 + "*", "a" * 1000)
        assert not matches("*a" * 500 + "b", "a" * 1000)
