"""What policies allow, against a search of all short texts."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.contract._iam_facts import prefixes, service
from constructs_lib.contract.iam import Witness, allowed_beyond, beyond, expanded, includes, matches, overlaps, regions
from tools.update_iam_actions import DATA, DETAILED, missing

PATTERNS = st.text("ab*?", max_size=4)
# Every pattern above tells `c` from none of the others: it stands for all characters that no pattern names.
TEXTS = ["".join(letters) for length in range(7) for letters in product("abc", repeat=length)]
NAMES = st.lists(st.text("ab*?", min_size=1, max_size=2), min_size=1, max_size=2)
SHORT = [text for text in TEXTS if len(text) <= 3]


def by_hand(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return by_hand(pattern[1:], text) or (text != "" and by_hand(pattern, text[1:]))
    return text != "" and pattern[0] in ("?", text[0]) and by_hand(pattern[1:], text[1:])


class TestGlobs:
    @pytest.mark.parametrize(
        ("pattern", "text", "holds"),
        [
            ("", "", True),
            ("", "a", False),
            ("*", "", True),
            ("?", "", False),
            ("?", "a", True),
            ("a*b", "ab", True),
            ("a*b", "acb", True),
            ("a*b", "abc", False),
            ("arn:aws:s3:::data/*", "arn:aws:s3:::data/a/b", True),
            ("[ab]", "a", False),
        ],
    )
    def test_matches(self, pattern: str, text: str, holds: bool) -> None:
        assert matches(pattern, text) is holds

    @pytest.mark.parametrize(
        ("outer", "inner", "holds"),
        [
            ("s3:*", "s3:Get*", True),
            ("s3:Get*", "s3:*", False),
            ("s3:Get*", "s3:Get?*", True),
            ("s3:Get?*", "s3:Get*", False),
            ("a*b*c", "a*c", False),
            ("*a*", "*aa*", True),
        ],
    )
    def test_includes(self, outer: str, inner: str, holds: bool) -> None:
        assert includes(outer, inner) is holds

    def test_tells_what_is_beyond(self) -> None:
        assert beyond("s3:*Object", ["s3:Get*", "s3:Put*"]) == "s3:Object"
        assert beyond("a*", ["a", "a?*"]) is None

    @given(pattern=PATTERNS, text=st.text("abc", max_size=6))
    def test_matches_as_a_search_does(self, pattern: str, text: str) -> None:
        assert matches(pattern, text) == by_hand(pattern, text)

    @given(inner=PATTERNS, outers=st.lists(PATTERNS, max_size=3))
    @settings(max_examples=200, deadline=None)
    def test_finds_a_witness_exactly_where_a_search_finds_one(self, inner: str, outers: list[str]) -> None:
        found = beyond(inner, outers)

        searched = [t for t in TEXTS if by_hand(inner, t) and not any(by_hand(outer, t) for outer in outers)]
        if found is None:
            assert searched == []
        else:
            assert by_hand(inner, found)
            assert not any(by_hand(outer, found) for outer in outers)
            assert not searched or len(found) == min(map(len, searched))

    @given(one=PATTERNS, other=PATTERNS)
    @settings(max_examples=200, deadline=None)
    def test_overlaps_where_a_search_finds_a_text(self, one: str, other: str) -> None:
        # Two patterns of four characters that overlap have a text of at most eight in common, and of six here mostly.
        if any(by_hand(one, text) and by_hand(other, text) for text in TEXTS):
            assert overlaps(one, other)
        elif overlaps(one, other):
            shortest = next(text for accepted, text in regions((one, other)) if len(accepted) == 2)
            assert by_hand(one, shortest) and by_hand(other, shortest)

    def test_is_quick_with_many_patterns(self) -> None:
        outers = [f"arn:aws:s3:::bucket-{number}/*/part-*" for number in range(60)]

        assert beyond("arn:aws:s3:::bucket-59/a/part-1", outers) is None
        assert beyond("arn:aws:s3:::*", outers) == "arn:aws:s3:::"


def allow(action: Any, resource: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


DATA_ONLY = "arn:aws:s3:::data/*"


class TestPolicies:
    def test_allows_nothing_beyond_itself(self) -> None:
        statements = [allow(["s3:GetObject", "s3:PutObject"], DATA_ONLY), allow("kms:Decrypt", "*")]

        assert allowed_beyond(statements, statements) is None

    def test_covers_one_statement_by_several(self) -> None:
        specification = [allow("s3:GetObject", DATA_ONLY), allow("S3:putobject", DATA_ONLY)]

        assert allowed_beyond([allow(["s3:GetObject", "s3:PutObject"], DATA_ONLY)], specification) is None

    def test_does_not_mix_the_action_of_one_with_the_resource_of_another(self) -> None:
        specification = [allow("s3:GetObject", "a"), allow("s3:PutObject", "b")]

        found = allowed_beyond([allow(["s3:GetObject", "s3:PutObject"], ["a", "b"])], specification)

        assert found in (Witness("s3:getobject", "b", 0), Witness("s3:putobject", "a", 0))

    def test_tells_an_action_and_a_resource(self) -> None:
        found = allowed_beyond([allow("s3:Get*", DATA_ONLY)], [allow("s3:GetObject", DATA_ONLY)])

        assert found == Witness("s3:get", "arn:aws:s3:::data/", 0)

    def test_a_deny_takes_away(self) -> None:
        given_ = [allow("s3:*", "*"), {"Effect": "Deny", "NotAction": "s3:GetObject", "Resource": "*"}]

        assert allowed_beyond(given_, [allow("s3:GetObject", "*")]) is None

    def test_a_deny_with_a_condition_takes_away_nothing(self) -> None:
        deny = {"Effect": "Deny", "NotAction": "s3:GetObject", "Resource": "*", "Condition": {"Bool": {"k": "true"}}}

        assert allowed_beyond([allow("s3:*", "*"), deny], [allow("s3:GetObject", "*")]) is not None

    def test_a_deny_of_the_specification_is_beyond(self) -> None:
        specification = [allow("s3:*", "*"), {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}]

        assert allowed_beyond([allow("s3:DeleteObject", "b")], specification) == Witness("s3:deleteobject", "b", 0)

    def test_all_but_some_actions(self) -> None:
        given_ = [{"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"}]

        assert allowed_beyond(given_, [allow("s3:*", "*")]) is not None
        assert allowed_beyond(given_, [allow("*", "*")]) is None
        assert allowed_beyond([allow("s3:Get*", "*")], given_) is None

    @pytest.mark.parametrize(
        ("have", "ask", "covered"),
        [
            ({"StringEquals": {"k": "a"}}, None, True),
            (None, {"StringEquals": {"k": "a"}}, False),
            ({"StringEquals": {"K": "a"}}, {"StringEquals": {"k": ["a", "b"]}}, True),
            ({"StringEquals": {"k": ["a", "c"]}}, {"StringEquals": {"k": ["a", "b"]}}, False),
            ({"StringLike": {"k": "a"}}, {"StringEquals": {"k": "a"}}, False),
            ({"StringNotEquals": {"k": ["a", "b"]}}, {"StringNotEquals": {"k": "a"}}, True),
            ({"StringNotEquals": {"k": "a"}}, {"StringNotEquals": {"k": ["a", "b"]}}, False),
        ],
    )
    def test_conditions(self, have: Any, ask: Any, covered: bool) -> None:
        found = allowed_beyond([allow("s3:*", "*", Condition=have)], [allow("s3:*", "*", Condition=ask)])

        assert (found is None) is covered

    @given(data=st.data())
    @settings(max_examples=100, deadline=None)
    def test_agrees_with_a_search(self, data: st.DataObject) -> None:
        sides = st.builds(
            lambda effect, action, resource, un: {
                "Effect": effect,
                ("NotAction" if un else "Action"): action,
                "Resource": resource,
            },
            st.sampled_from(["Allow", "Allow", "Deny"]),
            NAMES,
            NAMES,
            st.sampled_from([False, False, True]),
        )
        statements = data.draw(st.lists(sides, min_size=1, max_size=2))
        specification = data.draw(st.lists(sides, max_size=2))

        def allows(policy: list[dict[str, Any]], action: str, resource: str) -> bool:
            effects = set()
            for one in policy:
                named = any(by_hand(pattern, action) for pattern in one.get("Action", one.get("NotAction")))
                if named != ("NotAction" in one) and any(by_hand(pattern, resource) for pattern in one["Resource"]):
                    effects.add(one["Effect"])
            return effects == {"Allow"}

        found = allowed_beyond(statements, specification)

        searched = [
            (a, r) for a in SHORT for r in SHORT if allows(statements, a, r) and not allows(specification, a, r)
        ]
        if found is None:
            assert searched == []
        else:
            assert allows(statements, found.action, found.resource)
            assert not allows(specification, found.action, found.resource)


class TestFacts:
    def test_holds_every_action_that_cfn_lint_knows(self) -> None:
        assert list(missing()) == [], "run tools/update_iam_actions.py"

    def test_is_as_small_as_it_says(self) -> None:
        assert DATA.stat().st_size < 700_000

    def test_expands_a_pattern_as_the_service_spells_it(self) -> None:
        assert expanded("sagemaker:invokeendpoint*") == (
            "sagemaker:InvokeEndpoint",
            "sagemaker:InvokeEndpointAsync",
            "sagemaker:InvokeEndpointWithResponseStream",
        )
        assert expanded("sagemaker:Nothing*") == ()
        assert expanded("nothing:*") == ()

    def test_expands_over_services(self) -> None:
        assert {"sagemaker:AddTags", "sagemaker-geospatial:TagResource"} <= set(expanded("sagemaker*:*Tag*"))

    @pytest.mark.parametrize("prefix", DETAILED)
    def test_each_type_that_an_action_acts_on_has_an_arn(self, prefix: str) -> None:
        known = service(prefix)
        assert known is not None and known.detailed

        assert {type for types in known.types.values() for type in types} <= set(known.patterns)
        assert all(pattern.startswith("arn:*:") for patterns in known.patterns.values() for pattern in patterns)

    def test_each_service_can_be_read(self) -> None:
        assert len(prefixes()) > 400
        for prefix in prefixes():
            known = service(prefix)
            assert known is not None and all(small == name.lower() for small, name in known.actions.items())
