"""What holds of all delegations that are accepted, whatever a file says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from agentconsole.config import parse
from agentconsole.config.references import wrong_references
from agentconsole.desk.policy import compile_policy
from agentconsole.model.gesture import GestureKind
from tests.unit.told import mistakes

_IDS = st.sampled_from(["a", "b", "c", "none", "ghost"])
_AMOUNTS = st.sampled_from(["0", "10", "50", "50.5", "100", "300"])
_LIMITS = st.fixed_dictionaries(
    {"gesture": _AMOUNTS, "customer": _AMOUNTS, "budget": _AMOUNTS},
    optional={
        "currency": st.sampled_from(["EUR", "JPY"]),
        "purse": st.sampled_from(["goodwill", "attention"]),
        "kinds": st.dictionaries(st.sampled_from(list(map(str, GestureKind))), _AMOUNTS, max_size=2),
    },
)
_DELEGATIONS = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from(["a", "b", "c"]), "limits": st.lists(_LIMITS, min_size=1, max_size=3)},
        optional={
            "roles": st.lists(st.sampled_from(["adviser", "supervisor"]), unique=True),
            "approvers": st.lists(_IDS, max_size=2, unique=True),
            "kinds": st.lists(st.sampled_from(["voucher", "refund", "attention"]), unique=True),
        },
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda delegation: delegation["id"],
)
_AGENTS = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from(["x", "y", "z"]), "name": st.just("N")},
        optional={
            "delegation": _IDS,
            "role": st.sampled_from(["adviser", "supervisor"]),
            "person": st.sampled_from(["x", "y"]),
            "disabled": st.booleans(),
        },
    ),
    max_size=3,
    unique_by=lambda agent: agent["id"],
)


@settings(deadline=None, max_examples=120)
@given(_DELEGATIONS, _AGENTS)
def test_whatever_is_accepted_is_whole(delegations: list[dict[str, Any]], agents: list[dict[str, Any]]) -> None:
    """Of the compiled policy: whoever asks somebody for one kind finds somebody for all they may give in it."""
    data = {"delegations": delegations, "agents": agents, "reasons": [{"id": "r", "name": "R"}]}
    text = tomli_w.dumps(data)
    if told := mistakes(text):
        assert all(": found " in line and "; allowed " in line for line in told), told
        return
    config = parse(text, "desk.toml")
    policy = compile_policy(config)
    persons = {agent["id"]: agent["person"] for agent in policy["agents"]}
    rules = {(rule["agent"], rule["currency"], rule["kind"]): rule for rule in policy["rules"]}
    assert len(rules) == len(policy["rules"])
    for (agent, currency, kind), rule in rules.items():
        assert rule["ceiling"] <= rule["budget"]
        asked = [row["approver"] for row in policy["approvers"] if row["agent"] == agent]
        assert all(persons[approver] != persons[agent] for approver in asked)
        found = next(a for a in config.agents if a.id == agent)
        delegation = next(d for d in config.delegations if _has(found, d))
        if delegation.approvers and kind != "attention":
            assert any((approver, currency, kind) in rules for approver in asked)
    for agent in config.agents:
        assert agent.disabled or agent.delegation == "none" or any(_has(agent, d) for d in config.delegations)


def _has(agent: Any, delegation: Any) -> bool:
    return agent.delegation == delegation.id if agent.delegation else agent.role in delegation.roles


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.sampled_from(["EUR", "50", "voucher", "a"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "limits", "gesture", "kinds", "approvers", "roles", "reasons", "budgets", "gift", "name"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=120)
@given(
    st.dictionaries(
        st.sampled_from(["delegations", "agents", "teams", "reasons", "kinds", "catalogue", "moments", "shop"]),
        _ANYTHING,
    )
)
def test_nothing_that_a_file_may_hold_breaks_the_look_at_it(data: Mapping[str, Any]) -> None:
    assert all(isinstance(line, str) for line in wrong_references(data))
