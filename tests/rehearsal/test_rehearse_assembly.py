"""The reader of cloud assemblies and the maker of changed copies, on assemblies written by hand."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.errors import ConfigurationError
from constructs_lib.rehearsal._assembly import Environment, read_assembly
from constructs_lib.rehearsal._change import write_changed_copy
from constructs_lib.rehearsal._data import Data, inputs_of, locate, read_data, without_others
from constructs_lib.rehearsal._steps import StepFailed
from constructs_lib.rehearsal._synth import synthesize

OLD = "0" * 64
CONFIG = {
    "Type": "AWS::SageMaker::EndpointConfig",
    "Properties": {
        "ProductionVariants": [
            {"VariantName": "blue", "InitialInstanceCount": 1},
            {"VariantName": "green", "InitialInstanceCount": {"Ref": "Count"}},
            {"VariantName": "calm", "ServerlessConfig": {"MemorySizeInMB": 1024}},
        ]
    },
    "Metadata": {"aws:cdk:path": "Serving/Endpoint/Config"},
}
BUCKET = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"}


def write_stack(folder: Path, name: str, resources: dict[str, Any], **artifact: Any) -> dict[str, Any]:
    """Write the files of one stack and return its artifact."""
    (folder / f"{name}.template.json").write_text(json.dumps({"Resources": resources}))
    asset = {"source": {"path": f"{name}.template.json"}, "destinations": {"here": {"objectKey": f"{OLD}.json"}}}
    (folder / f"{name}.assets.json").write_text(json.dumps({"files": {OLD: asset}}))
    return {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": {
            "templateFile": f"{name}.template.json",
            "stackTemplateAssetObjectUrl": f"s3://assets/{OLD}.json",
            "bootstrapStackVersionSsmParameter": "/cdk-bootstrap/hnb659fds/version",
        },
        **artifact,
    }


def write_manifest(folder: Path, **artifacts: Any) -> Path:
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "assembly"
    made.mkdir()
    return made


STACK = {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region"}


class TestFoldersThatAreNone:
    @pytest.mark.parametrize(
        ("manifest", "template"),
        [
            ("{", None),
            ("[]", None),
            ('{"artifacts": {"A": []}}', None),
            (json.dumps({"artifacts": {"A": STACK}}), None),
            (json.dumps({"artifacts": {"A": STACK | {"properties": {"templateFile": "A.json"}}}}), "null"),
        ],
    )
    def test_fails_in_one_sentence(self, folder: Path, tmp_path: Path, manifest: str, template: str | None) -> None:
        (folder / "manifest.json").write_text(manifest)
        if template is not None:
            (folder / "A.json").write_text(template)
        cdk: Any = None
        with pytest.raises(StepFailed) as caught:
            synthesize(cdk, str(folder), (), tmp_path / "copy")
        assert caught.value.summary.startswith("the cloud assembly cannot be read: ")


class TestReadAssembly:
    def test_stacks_come_after_what_they_depend_on(self, folder: Path) -> None:
        serving = write_stack(folder, "Serving", {}, dependencies=["Foundation", "Serving.assets"])
        foundation = write_stack(folder, "Foundation", {})
        write_manifest(folder, Serving=serving, Foundation=foundation)

        assert [stack.name for stack in read_assembly(folder).stacks] == ["Foundation", "Serving"]

    def test_a_stage_has_its_stacks_in_a_folder_of_its_own(self, folder: Path) -> None:
        (folder / "assembly-Prod").mkdir()
        inner = write_stack(folder / "assembly-Prod", "ProdServing", {}, displayName="Prod/Serving")
        inner["properties"]["stackName"] = "Prod-Serving"
        write_manifest(folder / "assembly-Prod", ProdServing=inner)
        stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}
        write_manifest(folder, Prod=stage)

        (stack,) = read_assembly(folder).stacks

        assert (stack.name, stack.display_name, stack.qualifier) == ("Prod-Serving", "Prod/Serving", "hnb659fds")

    def test_paths_come_from_the_template_or_else_from_the_metadata(self, folder: Path) -> None:
        (folder / "more.json").write_text(
            json.dumps({"/Serving/Store/Resource": [{"type": "aws:cdk:logicalId", "data": "Store1"}]})
        )
        resources = {"Config1": CONFIG, "Store1": BUCKET, "Plain": {"Type": "AWS::SQS::Queue", "Condition": "Yes"}}
        write_manifest(folder, Serving=write_stack(folder, "Serving", resources, additionalMetadataFile="more.json"))

        config, store, plain = read_assembly(folder).resources()

        assert config.path == "Serving/Endpoint/Config"
        assert (store.path, store.label, store.retained) == ("Serving/Store/Resource", "Serving/Store", True)
        assert (plain.path, plain.conditional) == ("Serving/Plain", True)

    def test_environment(self) -> None:
        written = "aws://unknown-account/eu-west-1"

        assert Environment.parse(written) == Environment("unknown-account", "eu-west-1")
        assert str(Environment.parse(written)) == written


class TestChangedCopy:
    def test_each_variant_gets_other_capacity(self, folder: Path, tmp_path: Path) -> None:
        write_manifest(folder, Serving=write_stack(folder, "Serving", {"Config1": CONFIG}))

        change, memory = write_changed_copy(read_assembly(folder), tmp_path / "copy")

        assert (change.stack, change.logical_id, change.before, change.after) == ("Serving", "Config1", 1, 2)
        assert memory.member.endswith(".ServerlessConfig.MemorySizeInMB")
        template = json.loads((tmp_path / "copy" / "Serving.template.json").read_text())
        variants = template["Resources"]["Config1"]["Properties"]["ProductionVariants"]
        assert variants[0]["InitialInstanceCount"] == 2
        kept = CONFIG["Properties"]["ProductionVariants"]
        assert [each for each in variants[1:] if "ServerlessConfig" not in each] == [
            each for each in kept[1:] if "ServerlessConfig" not in each
        ]
        assert '"InitialInstanceCount": 1' in (folder / "Serving.template.json").read_text()

    def test_each_feature_group_gets_one_feature_more(self, folder: Path, tmp_path: Path) -> None:
        def group(features: Any) -> dict[str, Any]:
            return {"Type": "AWS::SageMaker::FeatureGroup", "Properties": {"FeatureDefinitions": features}}

        one = {"FeatureName": "id", "FeatureType": "String"}
        groups = {"Plain": group([one]), "Full": group([one] * 2500), "Elsewhere": group({"Ref": "Features"})}
        write_manifest(folder, Store=write_stack(folder, "Store", groups))

        (change,) = write_changed_copy(read_assembly(folder), tmp_path / "copy")

        assert (change.logical_id, change.member, change.before, change.after) == ("Plain", "FeatureDefinitions", 1, 2)
        template = json.loads((tmp_path / "copy" / "Store.template.json").read_text())
        added = {"FeatureName": "cdk_rehearse_added", "FeatureType": "String"}
        assert template["Resources"] == {**groups, "Plain": group([one, added])}

    def test_the_template_gets_its_new_hash_everywhere(self, folder: Path, tmp_path: Path) -> None:
        write_manifest(folder, Serving=write_stack(folder, "Serving", {"Config1": CONFIG}))

        write_changed_copy(read_assembly(folder), tmp_path / "copy")

        new = hashlib.sha256((tmp_path / "copy" / "Serving.template.json").read_bytes()).hexdigest()
        for name in ("manifest.json", "Serving.assets.json"):
            text = (tmp_path / "copy" / name).read_text()
            assert new in text
            assert OLD not in text

    def test_nothing_to_change(self, folder: Path, tmp_path: Path) -> None:
        write_manifest(folder, Store=write_stack(folder, "Store", {"Store1": BUCKET}))

        assert write_changed_copy(read_assembly(folder), tmp_path / "copy") == []
        assert OLD in (tmp_path / "copy" / "manifest.json").read_text()


class TestData:
    def test_a_construct_path_leads_to_the_bucket(self, folder: Path, tmp_path: Path) -> None:
        bucket = {**BUCKET, "Metadata": {"aws:cdk:path": "Store/Bucket/Resource"}}
        write_manifest(folder, Store=write_stack(folder, "Store", {"Bucket1": bucket}))
        (tmp_path / "model.bin").touch()
        path = tmp_path / "rehearsal.json"
        path.write_text(json.dumps({"objects": {"Store/Bucket": {"models/m.tar.gz": "model.bin"}}}))

        objects = locate(read_data(path).objects, path, read_assembly(folder))

        assert objects == {"Store": {"Bucket1": {"models/m.tar.gz": tmp_path / "model.bin"}}}

    def test_what_is_of_stacks_that_the_app_was_built_without_is_left_out(self, folder: Path) -> None:
        bucket = {**BUCKET, "Metadata": {"aws:cdk:path": "Store/Bucket/Resource"}}
        write_manifest(folder, Store=write_stack(folder, "Store", {"Bucket1": bucket}))
        assembly = read_assembly(folder)
        of_both = Data({"Store/Bucket": {"a": "b"}, "Other/Bucket": {}}, {"Queue/Endpoint": {}}, {"Store/Role": "why"})

        kept, without = without_others(of_both, assembly)
        assert kept == Data({"Store/Bucket": {"a": "b"}}, {}, {"Store/Role": "why"})
        assert without == ["Other", "Queue"]

        # It is another app's file then, and each path is told.
        of_another = Data({"Other/Bucket": {}})
        assert without_others(of_another, assembly) == (of_another, [])

    def test_a_construct_path_leads_to_the_state_machine(self, folder: Path, tmp_path: Path) -> None:
        machine = {
            "Type": "AWS::StepFunctions::StateMachine",
            "Metadata": {"aws:cdk:path": "Store/Nightly/Resource"},
        }
        write_manifest(folder, Store=write_stack(folder, "Store", {"Machine1": machine, "Bucket1": BUCKET}))
        path = tmp_path / "rehearsal.json"
        path.write_text(json.dumps({"inputs": {"Store/Nightly": {"epochs": 3}}}))

        assert inputs_of(read_data(path), path, read_assembly(folder)) == {"Store/Nightly/Resource": {"epochs": 3}}

        path.write_text(json.dumps({"inputs": {"Store/Weekly": {}}}))
        with pytest.raises(ConfigurationError, match="these are Store/Nightly"):
            inputs_of(read_data(path), path, read_assembly(folder))

    @pytest.mark.parametrize(
        ("place", "problem"),
        [
            ({"key": "a"}, "must have bucket and key and nothing else, got key"),
            ({"bucket": "Store/Queue", "key": "a"}, "Store/Queue is not a bucket of this app"),
        ],
    )
    def test_fails_for_an_input_of_an_endpoint_that_is_no_object(
        self, folder: Path, tmp_path: Path, place: dict[str, str], problem: str
    ) -> None:
        endpoint = {"Type": "AWS::SageMaker::Endpoint", "Metadata": {"aws:cdk:path": "Store/Queue"}}
        bucket = {**BUCKET, "Metadata": {"aws:cdk:path": "Store/Bucket/Resource"}}
        write_manifest(folder, Store=write_stack(folder, "Store", {"Queue": endpoint, "Bucket1": bucket}))
        path = tmp_path / "rehearsal.json"
        good = {"bucket": "Store/Bucket", "key": "a/b.jpg"}
        path.write_text(json.dumps({"inputs": {"Store/Queue": good}}))
        assert inputs_of(read_data(path), path, read_assembly(folder)) == {"Store/Queue": good}
        path.write_text(json.dumps({"inputs": {"Store/Queue": place}}))

        with pytest.raises(ConfigurationError, match=problem):
            inputs_of(read_data(path), path, read_assembly(folder))

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("{", "is not JSON: "),
            ("[]", "must be an object such as "),
            ('{"object": {}}', "'object' is not known; the keys are objects, inputs"),
            ('{"objects": {"A": {"k": 3}}}', "objects['A']['k'] must be the name of a file, got 3"),
            ('{"inputs": {"A": 3}}', "inputs must map the construct path of a state machine or endpoint to an object"),
        ],
    )
    def test_fails_for_another_shape(self, tmp_path: Path, text: str, problem: str) -> None:
        path = tmp_path / "rehearsal.json"
        path.write_text(text)

        with pytest.raises(ConfigurationError) as caught:
            read_data(path)

        assert problem in str(caught.value)
