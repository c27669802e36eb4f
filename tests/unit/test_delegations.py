"""Delegations are looked at as a whole: what is told of each mistake, and that the file to start with has none."""

from __future__ import annotations

import re

import pytest

from agentconsole.config import parse
from agentconsole.config.start import starting_text
from agentconsole.desk.policy import compile_policy
from tests.unit.told import mistakes

GOOD = """
teams = [{ id = "care", name = "Care", budgets = [{ budget = "1000" }] }]
agents = [
  { id = "lea", name = "Léa", teams = ["care"] },
  { id = "sam", name = "Sam", role = "supervisor", teams = ["care"] },
  { id = "bot", name = "Bot", role = "community", delegation = "none" },
]
reasons = [{ id = "late", name = "Late" }]
kinds = [{ id = "voucher", fulfil = "voucher" }]

[[delegations]]
id = "adviser"
roles = ["adviser"]
kinds = ["voucher", "credit", "attention"]
reasons = ["late"]
approvers = ["supervisor"]
[[delegations.limits]]
gesture = "50"
kinds = { credit = "30" }
customer = "120"
budget = "600"
[[delegations.limits]]
purse = "attention"
gesture = "20"
customer = "20"
budget = "100"

[[delegations]]
id = "supervisor"
roles = ["supervisor"]
[[delegations.limits]]
gesture = "200"
customer = "300"
budget = "2000"

[[catalogue]]
id = "voucher-15"
name = "A voucher"
kind = "voucher"
amount = "15.00"
reasons = ["late"]
text = "{{ gesture.code }}"

[[catalogue]]
id = "surprise"
name = "A surprise"
kind = "attention"
amount = "20"
text = "For you."

[[moments]]
id = "birthday"
name = "Birthday"
when = "birthday"
gift = "surprise"
"""

MISTAKES = """
reasons = ["late"]\\napprovers -> reasons = ["lat"]\\napprovers
> delegations.adviser.reasons: found 'lat' (did you mean 'late'?); allowed are late

approvers = ["supervisor"] -> approvers = ["boss"]
> delegations.adviser.approvers: found 'boss'; allowed are adviser, supervisor

role = "community", delegation = "none" -> delegation = "advisor"
> agents.bot.delegation: found 'advisor' (did you mean 'adviser'?); allowed are adviser, none, supervisor

role = "community", delegation = "none" -> role = "community"
> agents.bot.delegation: found nothing, and no delegation is for the role 'community'; allowed are adviser, …, none

gift = "surprise" -> gift = "present"
> moments.birthday.gift: found 'present'; allowed are surprise, voucher-15

gift = "surprise" -> gift = "voucher-15"
> moments.birthday.gift: found 'voucher-15', which is of the kind 'voucher'; allowed is … "attention"

reasons = ["late"]\\ntext -> reasons = ["early"]\\ntext
> catalogue.voucher-15.reasons: found 'early'; allowed are late

id = "surprise" -> id = "voucher-15"
> catalogue: found the id 'voucher-15' twice; allowed is each id once
> moments.birthday.gift: found 'surprise'; allowed are voucher-15

[{ id = "late", name = "Late" }] -> [{ id = "late", name = "Late" }, { id = "late", name = "Late" }]
> reasons: found the id 'late' twice; allowed is each id once

kinds = [{ id = "voucher", fulfil = "voucher" }] -> kinds = [{ id = "voucher" }, { id = "voucher" }]
> kinds: found the id 'voucher' twice; allowed is each id once

kinds = [{ id = "voucher", fulfil = "voucher" }] -> kinds = [{ id = "credit", fulfil = "shop" }]
> kinds.credit.fulfil: found "shop", and no table [shop]; allowed are "voucher", "task"

reasons = ["late"]\\napprovers -> approvers
>

roles = ["supervisor"] -> roles = ["supervisor", "adviser"]
> delegations.supervisor.roles: found 'adviser', which the delegation 'adviser' has; allowed is each role once

purse = "attention" -> purse = "goodwill"
> delegations.adviser.limits.2: found a second table for EUR and 'goodwill'; allowed is one for each currency and purse
> delegations.adviser.kinds: found 'attention', and no limits with the purse 'attention'; allowed are kinds that …
> catalogue.surprise.kind: found 'attention' in EUR, which no delegation allows; allowed is what somebody may give

kinds = { credit = "30" } -> kinds = { refund = "30" }
> delegations.adviser.limits.1.kinds: found 'refund'; allowed are voucher, credit

kinds = { credit = "30" } -> kinds = { credit = "300" }
> delegations.adviser.limits.1.kinds.credit: found '300'; allowed is '120.00' at most, which `customer` is
> delegations.adviser.approvers: found a ceiling of '300.00' for 'credit', above that of all its approvers; allowed is …

customer = "120" -> customer = "49.99"
> delegations.adviser.limits.1.gesture: found '50'; allowed is '49.99' at most, which `customer` is

name = "Léa", teams -> name = "Léa", person = "zoe", teams
> agents.lea.person: found 'zoe', which no agent is, and no other agent's person; allowed are bot, lea, sam

gesture = "200" -> gesture = "40"
> delegations.adviser.approvers: found a ceiling of '50.00' for 'voucher', above that …; allowed is '40.00' at most

[[delegations.limits]]\\ngesture = "200" -> [[delegations.limits]]\\ncurrency = "USD"\\ngesture = "200"
> delegations.adviser.approvers: found none who may give 'voucher' in EUR; allowed are delegations of which one may
> delegations.adviser.approvers: found none who may give 'credit' in EUR; allowed are delegations of which one may

name = "Sam", role -> name = "Sam", disabled = true, role
> agents.lea.delegation: found 'adviser', and nobody else of 'supervisor' who could approve credit, voucher in EUR; …

name = "Sam", role -> name = "Sam", person = "lea", role
> agents.lea.delegation: found 'adviser', and nobody else of 'supervisor' who could approve credit, voucher in EUR; …

name = "Léa", teams -> name = "Léa", disabled = true, teams
>

budget = "600" -> budget = "49.99"
> delegations.adviser.limits.1.budget: found '49.99'; allowed is '50.00' or more, the highest ceiling of one gesture

budgets = [{ budget = "1000" }] -> budgets = [{ budget = "199" }]
> teams.care.budgets.1.budget: found '199'; allowed is '200.00' or more, the highest ceiling of one gesture

budgets = [{ budget = "1000" }] -> budgets = [{ budget = "1000" }, { budget = "2000" }]
> teams.care.budgets.2: found a second table for EUR and 'goodwill'; allowed is one for each currency and purse

budgets = [{ budget = "1000" }] -> budgets = [{ budget = "1000.001" }]
> teams.care.budgets.1.budget: found '1000.001'; allowed is an amount of EUR with 2 decimals at most

budgets = [{ budget = "1000" }] -> budgets = [{ budget = "1.000" }]
> teams.care.budgets.1.budget: found '1.000'; allowed is an amount of EUR with 2 decimals at most

gesture = "50" -> gesture = "50.005"
> delegations.adviser.limits.1.gesture: found '50.005'; allowed is an amount of EUR with 2 decimals at most

gesture = "50" -> currency = "JPY"\\nproof = "1.5"\\ngesture = "50"
> delegations.adviser.limits.1.proof: found '1.5'; allowed is an amount of JPY with 0 decimals at most

amount = "15.00" -> amount = "200.01"
> catalogue.voucher-15.amount: found '200.01'; allowed is '200.00' at most, the highest ceiling

amount = "15.00" -> amount = "15.00"\\ncurrency = "CHF"
> catalogue.voucher-15.kind: found 'voucher' in CHF, which no delegation allows; allowed is what somebody may give

id = "supervisor"\\nroles -> id = "none"\\nroles
> delegations.adviser.approvers: found 'supervisor'; allowed are adviser, none
> delegations.none.id: found 'none'; allowed is another word, since an agent's "none" is: nothing
"""


@pytest.mark.parametrize("mistake", MISTAKES.strip().split("\n\n"))
def test_a_mistake_names_key_found_and_allowed(mistake: str) -> None:
    change, *said = [line.strip() for line in mistake.split("\n>")]
    old, new = (part.replace("\\n", "\n") for part in change.split(" -> "))
    assert GOOD.count(old) == 1, old
    told, wanted = mistakes(GOOD.replace(old, new)), [line for line in said if line]
    assert len(told) == len(wanted), told
    for line, pattern in zip(told, wanted, strict=True):
        assert re.fullmatch(re.escape(pattern).replace("…", ".*"), line), line


def test_a_good_file_has_none() -> None:
    assert mistakes(GOOD) == []


def test_two_logins_may_have_a_person_of_whom_no_agent_is_called() -> None:
    bot = 'delegation = "none" },'
    second = 'delegation = "none", person = "kim" },\n  { id = "kim2", name = "Kim", person = "kim" },'
    assert mistakes(GOOD.replace(bot, second)) == []


def test_a_gift_is_given_by_somebody_who_works_here() -> None:
    """The ceiling of a delegation that nobody has reaches nothing."""
    text = GOOD.replace('amount = "15.00"', 'amount = "60"').replace('approvers = ["supervisor"]', "")
    assert mistakes(text) == []
    text = text.replace(
        'name = "Sam", role = "supervisor"', 'name = "Sam", role = "supervisor", delegation = "adviser"'
    )
    assert mistakes(text) == [
        "catalogue.voucher-15.amount: found '60'; allowed is '50.00' at most, the highest ceiling"
    ]


def test_a_request_without_reasons_could_not_be_made() -> None:
    without = GOOD.replace('reasons = [{ id = "late", name = "Late" }]', "").replace('reasons = ["late"]', "")
    assert mistakes(without) == ["reasons: found none; allowed is one or more, since each gesture has one"]


def test_they_are_told_with_all_other_mistakes() -> None:
    text = (
        GOOD.replace('budget = "600"', 'budget = "6"').replace('gift = "surprise"', 'gift = "?"') + "\n[brand]\nx = 1"
    )
    places = {line.partition(":")[0] for line in mistakes(text)}
    assert {"brand.x", "delegations.adviser.limits.1.budget", "moments.birthday.gift"} <= places


def test_all_of_the_starting_file_works_once_it_is_uncommented() -> None:
    before, begins, rest = starting_text().partition("# Goodwill gestures")
    said, ends, after = rest.partition("# How replies")
    said = re.sub(r"^# (?=\[|\w+ = )", "", said, flags=re.M)
    said = said.replace('kinds = ["credit",', 'kinds = ["voucher", "credit",')
    chief = '[[agents]]\nid = "chief"\nname = "Chief"\nrole = "supervisor"\n'
    config = parse(f"{before}{begins}{said}{chief}{ends}{after}", "agentconsole.toml")
    assert [gift.id for gift in config.catalogue] == ["voucher-15", "credit-15", "surprise"]
    assert config.shop is not None
    assert compile_policy(config)["approvers"] == [{"agent": "adviser", "approver": "chief"}]
