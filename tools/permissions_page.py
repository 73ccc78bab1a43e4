"""Write docs/permissions.md: what the roles of every construct may do, which wildcards are left, what is acknowledged.

Run `python tools/permissions_page.py`; with `--check` it only compares. The permissions are those of tests/permissions,
where each is proved; the findings are those of every rule pack of cdk-nag on the app and the examples.
"""

import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parent.parent
# The proofs are the tests' own, and `python tools/permissions_page.py` puts only tools/ on the path.
sys.path.insert(0, str(ROOT))
# As in the tests: the built-in validator costs seconds and has nothing to say about policies.
os.environ.setdefault("CDK_VALIDATION", "false")

from tests.compliance.packs import PACKS, Finding, all_findings  # noqa: E402 -- because the path is set above
from tests.permissions.proofs import Proof, all_proofs  # noqa: E402 -- because the path is set above
from tests.permissions.template_policies import Statement  # noqa: E402 -- because the path is set above
from tests.permissions.wildcards import reasons  # noqa: E402 -- because the path is set above

PAGE = ROOT / "docs" / "permissions.md"


def page() -> str:
    """The page."""
    proofs, findings = all_proofs(), all_findings()
    lines = [
        "# Permissions",
        "",
        "`python tools/permissions_page.py` writes this page from the proofs in `tests/permissions` and from the",
        "reports of cdk-nag; the test suite compares it. Each construct is made with each of its references alone,",
        "with several of a kind, with all together, and in combinations in which any two stand together and apart.",
        "What its policies allow is held against a specification written by hand, both ways, by exact inclusion:",
        "nothing more is allowed, and nothing less. The account is 111122223333; names in angle brackets are resources",
        "of the same template.",
        "",
        *_totals(proofs, findings),
        "",
        *_constructs(proofs),
        "",
        *_wildcards(proofs),
        "",
        *_rights(proofs),
        "",
        *_acknowledged(findings),
    ]
    return "\n".join(lines) + "\n"


def _statements(proof: Proof) -> list[Statement]:
    policies = proof[1]
    kinds = (policies.roles, policies.trusts, policies.resources, policies.loose)
    return [statement for kind in kinds for statements in kind.values() for statement in statements]


def _totals(proofs: Sequence[Proof], findings: Sequence[Finding]) -> Iterator[str]:
    statements = [statement for proof in proofs for statement in _statements(proof)]
    of_wildcards = {reason for _, reason in reasons(statements)}
    wildcards, others = _given(findings, wildcards=True), _given(findings, wildcards=False)
    yield from ("| total | number |", "|---|---|")
    yield f"| constructs and grants | {len({case.construct for case, _ in proofs})} |"
    yield f"| combinations of references | {len(proofs)} |"
    yield f"| roles checked, with their trust | {sum(len(policies.roles) for _, policies in proofs)} |"
    yield f"| policies of resources checked | {sum(len(policies.resources) for _, policies in proofs)} |"
    yield f"| statements checked | {len(statements)} |"
    rules = sum(len(its) for _, policies in proofs for its in policies.groups.values())
    yield f"| rules of security groups checked | {rules} |"
    yield f"| actions with a wildcard, outside policies of keys, topics and buckets | {_wild_actions(proofs)} |"
    yield f"| reasons for a wildcard in a resource | {len(of_wildcards)} |"
    for about, given in (("wildcards", wildcards), ("other reasons", others)):
        of_app = sum(app == "app.py" for app, _, _ in given)
        yield f"| findings acknowledged in the app, for {about} | {of_app} |"
        yield f"| findings acknowledged in the examples, for {about} | {len(given) - of_app} |"
    yield f"| findings that nobody has acknowledged | {sum(each.reason is None for each in findings)} |"


def _wild_actions(proofs: Sequence[Proof]) -> int:
    of_roles = (each for _, policies in proofs for kind in (policies.roles, policies.loose) for each in kind.values())
    return sum("*" in action for statements in of_roles for one in statements for action in one.actions)


def _constructs(proofs: Sequence[Proof]) -> Iterator[str]:
    yield from ("## Constructs", "")
    yield "| construct | combinations | roles | policies of resources | statements | resources with a wildcard |"
    yield "|---|---|---|---|---|---|"
    by_construct: dict[str, list[Proof]] = defaultdict(list)
    for proof in proofs:
        by_construct[proof[0].construct].append(proof)
    for construct, its in sorted(by_construct.items()):
        roles = sum(len(policies.roles) + len(policies.loose) for _, policies in its)
        resources = sum(len(policies.resources) for _, policies in its)
        statements = [statement for each in its for statement in _statements(each)]
        wild = len({resource for resource, _ in reasons(statements)})
        yield f"| {construct} | {len(its)} | {roles} | {resources} | {len(statements)} | {wild} |"


def _wildcards(proofs: Sequence[Proof]) -> Iterator[str]:
    yield from ("## Wildcards that are left", "", "| reason | actions | constructs |", "|---|---|---|")
    actions: dict[str, set[str]] = defaultdict(set)
    constructs: dict[str, set[str]] = defaultdict(set)
    for proof in proofs:
        for (_, reason), allowed in reasons(_statements(proof)).items():
            actions[reason].update(allowed)
            constructs[reason].add(proof[0].construct)
    for reason in sorted(actions):
        named = ", ".join(f"`{action}`" for action in sorted(actions[reason]))
        yield f"| {reason} | {named} | {_shortened(sorted(constructs[reason]))} |"


def _shortened(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 4 else f"{', '.join(names[:3])} and {len(names) - 3} more"


def _rights(proofs: Sequence[Proof]) -> Iterator[str]:
    yield from ("## What is allowed, by construct and reference", "")
    yield "What a reference adds stands under it; what every combination of the construct has stands first."
    by_construct = groupby(sorted(proofs, key=lambda proof: proof[0].construct), lambda proof: proof[0].construct)
    for construct, its in by_construct:
        cases = [(case.about, _allowed(policies.roles, policies.loose)) for case, policies in its if not case.mixed]
        common = set.intersection(*(allowed for _, allowed in cases))
        yield from ("", f"### {construct}", "")
        if not any(allowed for _, allowed in cases):
            yield "No role of its own, or one that may do nothing."
        added = [(about, allowed - common) for about, allowed in cases if "everything" not in about]
        for about, allowed in [("always", common), *added]:
            if allowed:
                yield from (f"- {about}", *(f"  - {line}" for line in _lines(allowed)))


# An action, a resource, the conditions in words.
_Right = tuple[str, str, str]


def _allowed(*kinds: dict[str, list[Statement]]) -> set[_Right]:
    return {
        (action, resource, _when(statement))
        for kind in kinds
        for statements in kind.values()
        for statement in statements
        for resource in statement.resources
        for action in statement.actions
    }


def _lines(allowed: set[_Right]) -> Iterator[str]:
    """One for the actions that hold at the same places."""
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for action, resource, when in sorted(allowed):
        places[resource, when].append(action)
    resources: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (resource, when), actions in places.items():
        resources[", ".join(actions), when].append(resource)
    for (actions_, when), its in sorted(resources.items()):
        yield f"`{actions_}` on {', '.join(f'`{resource}`' for resource in its)}{when}"


def _when(statement: Statement) -> str:
    parts = [
        f"`{key}` {operator} {' or '.join(f'`{value}`' for value in values)}"
        for operator, keys in statement.conditions.items()
        for key, values in keys.items()
    ]
    return f" when {' and '.join(parts)}" if parts else ""


# What a rule found at a construct, counted once however many packs have the rule: app, construct, rule.
_Place = tuple[str, str, str]


def _given(findings: Sequence[Finding], *, wildcards: bool) -> dict[_Place, str]:
    """The findings that somebody has acknowledged, those of wildcards or the others, each to its reason."""
    return {
        (each.app, each.construct, each.rule): each.reason
        for each in findings
        if each.reason is not None and each.rule.startswith("IAM5[") is wildcards
    }


def _acknowledged(findings: Sequence[Finding]) -> Iterator[str]:
    yield from ("## Acknowledged findings", "")
    yield f"What the packs {', '.join(PACKS)}"
    yield "find in the app and the examples, and why it is right there. What several packs find at one construct by one"
    yield "rule is one finding. [Why there are no fewer](decisions/0013-acknowledgements.md)."
    yield from (
        "",
        *_of_wildcards(_given(findings, wildcards=True)),
        "",
        *_of_others(_given(findings, wildcards=False)),
    )


def _of_wildcards(given: dict[_Place, str]) -> Iterator[str]:
    numbers = {reason: number for number, reason in enumerate(sorted(set(given.values())), start=1)}
    findings = Counter(given.values())
    constructs = Counter(
        reason for _, _, reason in {(app, construct, why) for (app, construct, _), why in given.items()}
    )
    yield from ("### Wildcards in resources (IAM5)", "", "| | reason | findings | constructs |", "|---|---|---|---|")
    for reason, number in numbers.items():
        yield f"| {number} | {reason} | {findings[reason]} | {constructs[reason]} |"
    yield from ("", "| app | construct | reasons, by their numbers |", "|---|---|---|")
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for (app, construct, _), reason in given.items():
        places[app, construct].append(numbers[reason])
    for (app, construct), its in sorted(places.items()):
        yield f"| {app} | `{construct}` | {', '.join(map(str, sorted(its)))} |"


def _of_others(given: dict[_Place, str]) -> Iterator[str]:
    yield from ("### All others", "", "| rule | construct | reason | app |", "|---|---|---|---|")
    apps: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for (app, construct, rule), reason in sorted(given.items()):
        apps[rule, construct, reason].append(app)
    for (rule, construct, reason), its in sorted(apps.items()):
        yield f"| {rule} | `{construct}` | {reason} | {', '.join(its)} |"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(0 if PAGE.read_text() == page() else f"{PAGE.name} is not what the proofs make; run {sys.argv[0]}")
    PAGE.write_text(page())
    print(f"wrote {PAGE}")
