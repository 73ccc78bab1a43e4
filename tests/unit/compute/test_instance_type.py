"""Instance types and their facts, without Node."""

import botocore.session
import pytest

from constructs_lib import ConfigurationError, InstanceType


class TestInstanceType:
    def test_takes_a_family_that_nobody_has_heard_of(self) -> None:
        assert InstanceType("ml.g99x.48xlarge").family == "g99x"

    @pytest.mark.parametrize("name", ["g5.xlarge", "ml.g5", "ml.g5.xlarge ", "ML.g5.xlarge", ""])
    def test_fails_on_another_shape(self, name: str) -> None:
        with pytest.raises(ConfigurationError, match=r"shaped ml.family.size, such as 'ml.g5.xlarge', got"):
            InstanceType(name)

    @pytest.mark.parametrize(
        "name", ["ml.g4dn.xlarge", "ml.m5d.large", "ml.c6gd.large", "ml.g5.xlarge", "ml.p4de.24xlarge"]
    )
    def test_trap_13_knows_types_with_disks_of_their_own(self, name: str) -> None:
        assert InstanceType(name).has_local_storage

    @pytest.mark.parametrize("name", ["ml.m5.large", "ml.p3.2xlarge", "ml.inf2.xlarge", "ml.c7i-flex.large"])
    def test_trap_13_knows_types_without(self, name: str) -> None:
        assert not InstanceType(name).has_local_storage

    @pytest.mark.parametrize(
        ("name", "gpus"),
        [
            ("ml.g4dn.xlarge", 1),
            ("ml.g4dn.12xlarge", 4),
            ("ml.g5.48xlarge", 8),
            ("ml.g6e.16xlarge", 1),
            ("ml.p3.8xlarge", 4),
            ("ml.p4d.24xlarge", 8),
            ("ml.p5.4xlarge", 1),
            ("ml.m5.xlarge", None),
            ("ml.g99x.xlarge", None),
            ("${Token[Type.1]}", None),
        ],
    )
    def test_counts_gpus_where_the_family_is_known(self, name: str, gpus: int | None) -> None:
        assert InstanceType(name).gpus == gpus

    def test_trap_40_knows_what_takes_the_place_of_a_retired_type(self) -> None:
        assert InstanceType("ml.p2.xlarge").successor == "g4dn"
        assert InstanceType("ml.g4dn.xlarge").successor is None

    def test_trap_20_knows_which_may_have_a_fabric_adapter(self) -> None:
        """Of all types that jobs take; the sizes were read one by one in eksctl's list of EC2's types."""
        model = botocore.session.get_session().get_service_model("sagemaker")
        names = {*model.shape_for("TrainingInstanceType").enum, *model.shape_for("ProcessingInstanceType").enum}
        sizes = {
            "g4dn": "8 12 16",
            **dict.fromkeys(("g5", "g6", "g6e"), "8 12 16 24 48"),
            **dict.fromkeys(("g7", "g7e"), "8 12 24 48"),
            **dict.fromkeys(("p3dn", "p4d", "p4de"), "24"),
            "p5": "4 48",
            **dict.fromkeys(("p5e", "p5en", "p6-b200", "p6-b300", "trn2"), "48"),
            "p6e-gb200": "36",
            **dict.fromkeys(("trn1", "trn1n"), "32"),
            "c5n": "9 18",
            **dict.fromkeys(("c6i", "m6i", "r6i"), "32"),
            **dict.fromkeys(("c7i", "m7i", "r7i"), "48"),
            **dict.fromkeys(("c8i", "m8i", "r8i"), "48 96"),
        }
        known = {f"ml.{family}.{size}xlarge" for family, them in sizes.items() for size in them.split()}
        assert {name for name in names if InstanceType(name).may_have_fabric_adapter} == known

    @pytest.mark.parametrize("name", ["ml.z9.large", "ml.p9.xlarge", "${Token[Type.1]}"])
    def test_trap_20_a_type_that_is_not_known_may_have_one(self, name: str) -> None:
        assert InstanceType(name).may_have_fabric_adapter

    def test_equal_names_are_equal(self) -> None:
        assert InstanceType("ml.g5.xlarge") == InstanceType("ml.g5.xlarge")
        assert len({InstanceType("ml.g5.xlarge"), InstanceType("ml.g5.xlarge")}) == 1

    def test_a_name_known_at_deployment_has_no_facts(self) -> None:
        late = InstanceType("${Token[Type.1]}")
        assert (late.family, late.has_local_storage, late.successor) == ("", False, None)
