"""Rulesets: the three that a leaderboard has, and what all rules of a branch ask for together.

What cannot be undone (history) may be done by nobody, so that ruleset has no bypass. What the bot
does every day (push the leaderboard, append to the ledger) has the bot alone as its bypass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.repository_setup import (
    LEDGER_BRANCH,
    ApiWrite,
    RepositorySetup,
    SetupWish,
    Unreadable,
)

HISTORY, MAIN, OURS = "rexrank: history", "rexrank: main", "rexrank: ledger"
CHECK = "rexrank"
RULES_PLACE = "Settings > Rules > Rulesets"
NOBODY_RULES = frozenset({"non_fast_forward", "deletion"})
PUSH_RULES = frozenset({"pull_request", "required_status_checks", "update", "creation"})

Actor = Mapping[str, Any]


@dataclass(frozen=True)
class Rules:
    """The rules of one ruleset that hold on a branch."""

    name: str
    """Name of the ruleset."""
    wish: SetupWish
    """Says who the bot is."""
    bypass: tuple[Actor, ...] | None
    """Who may bypass them; None when that cannot be read."""
    rules: tuple[Mapping[str, Any], ...] = ()
    """Type and parameters of each."""

    def is_us(self, actor: Actor) -> bool:
        """Return whether somebody on the bypass list is the bot, for pushes too."""
        us = bypass_of(self.wish)
        mode = actor.get("bypass_mode", "always")
        keys = ("actor_type", "actor_id")
        return mode != "pull_request" and any(
            actor.get("actor_type") == one["actor_type"]
            and (one["actor_type"] == "DeployKey" or actor.get("actor_id") == one[keys[1]])
            for one in us
        )

    def spell(self, actor: Actor) -> str:
        """Return somebody on the bypass list in words."""
        number = actor.get("actor_id")
        return f"{actor.get('actor_type')}{f' {number}' if number else ''}"

    def holds(self, kind: str) -> bool:
        """Return whether nobody passes by a rule who must not: nobody at all, or the bot alone."""
        if self.bypass is None:
            return False
        if kind in NOBODY_RULES:
            return not self.bypass
        return all(self.is_us(actor) for actor in self.bypass)


@dataclass(frozen=True)
class Protection:
    """What rulesets and the older branch protection ask for on a branch."""

    rulesets: tuple[Rules, ...] = ()
    """Rules by ruleset."""
    classic: Mapping[str, Any] = field(default_factory=dict)
    """The older branch protection; empty when there is none."""

    @property
    def asks_for_pull_requests(self) -> bool:
        """Return whether a plain push of a person may be refused."""
        kinds = {rule["type"] for rules in self.rulesets for rule in rules.rules}
        return bool(self.classic) or bool(kinds & PUSH_RULES)

    @property
    def classic_refuses_pushes(self) -> bool:
        """Return whether the older branch protection refuses what no bypass list can allow."""
        asked = ("required_status_checks", "required_pull_request_reviews")
        return any(self.classic.get(key) for key in asked)

    def firm(self, kind: str) -> bool:
        """Return whether a kind of rule holds for everybody but the bot, or for everybody."""
        classic = {"non_fast_forward": "allow_force_pushes", "deletion": "allow_deletions"}
        allowed = self.classic.get(classic.get(kind, "")) or {}
        return allowed.get("enabled") is False or any(
            rule["type"] == kind and rules.holds(kind)
            for rules in self.rulesets
            for rule in rules.rules
        )

    def weak(self, kind: str) -> str:
        """Return in words who passes by a kind of rule that is there and does not hold."""
        passed = []
        for rules in self.rulesets:
            if any(rule["type"] == kind for rule in rules.rules) and not rules.holds(kind):
                actors = rules.bypass
                if actors is None:
                    passed.append(f"who may pass by {rules.name} cannot be read")
                else:
                    passed.append(f"{', '.join(map(rules.spell, actors))} may pass by {rules.name}")
        return f"; {'; '.join(passed)}" if passed else ""

    def review(self, key: str) -> int:
        """Return the strictest value of a parameter of the rule that asks for pull requests."""
        older = {
            "require_code_owner_review": "require_code_owner_reviews",
            "dismiss_stale_reviews_on_push": "dismiss_stale_reviews",
        }
        asked = self.classic.get("required_pull_request_reviews") or {}
        values = [int(asked.get(older.get(key, key)) or 0)]
        values += [
            int((rule.get("parameters") or {}).get(key) or 0)
            for rules in self.rulesets
            for rule in rules.rules
            if rule["type"] == "pull_request" and rules.holds("pull_request")
        ]
        return max(values)

    @property
    def check_sources(self) -> tuple[int | str, ...]:
        """Return the apps to which the required check is bound."""
        kind = "required_status_checks"
        found = [
            (check.get("context"), check.get("integration_id"))
            for rules in self.rulesets
            for rule in rules.rules
            if rule["type"] == kind and rules.holds(kind)
            for check in (rule.get("parameters") or {}).get(kind, ())
        ]
        older = self.classic.get(kind) or {}
        found += [(check.get("context"), check.get("app_id")) for check in older.get("checks", ())]
        return tuple(dict.fromkeys(app or "any app" for name, app in found if name == CHECK))


def protection_of(setup: RepositorySetup, branch: str) -> Protection | Unreadable:
    """Return what is asked for on a branch; the older protection counts if it can be read."""
    listed = setup.settings.get(f"rules/branches/{branch}")
    classic = setup.settings.get(f"branches/{branch}/protection")
    if isinstance(listed, Unreadable):
        return listed
    by_ruleset: dict[int, list[Mapping[str, Any]]] = {}
    for rule in listed or ():
        by_ruleset.setdefault(int(rule.get("ruleset_id", 0)), []).append(rule)
    found = []
    for number, rules in by_ruleset.items():
        document = setup.settings.get(f"rulesets/{number}")
        known = document if isinstance(document, dict) else {}
        actors = known.get("bypass_actors")
        found.append(
            Rules(
                str(known.get("name", f"ruleset {number}")),
                setup.wish,
                None if actors is None else tuple(actors),
                tuple(rules),
            )
        )
    return Protection(tuple(found), classic if isinstance(classic, dict) else {})


def must_let_us_by(rules: Rules) -> bool:
    """Return whether a ruleset would refuse the bot's pushes if it were not on its bypass list."""
    return any(rule["type"] in PUSH_RULES for rule in rules.rules)


def bypass_of(wish: SetupWish) -> list[dict[str, Any]]:
    """Return the bypass list that has the bot alone."""
    if wish.writer == "app":
        return [{"actor_id": wish.app_id, "actor_type": "Integration", "bypass_mode": "always"}]
    if wish.writer == "deploy-key":
        return [{"actor_id": None, "actor_type": "DeployKey", "bypass_mode": "always"}]
    return []


def who(wish: SetupWish) -> str:
    """Return the bot in words."""
    return f"app {wish.app_id}" if wish.writer == "app" else "the deploy key"


def ruleset_write(setup: RepositorySetup, name: str) -> ApiWrite:
    """Return the call that makes a ruleset, or sets the one of this name right."""
    listed = setup.settings.get("rulesets")
    rows = listed if isinstance(listed, list) else []
    known = next((row["id"] for row in rows if row["name"] == name), None)
    document = setup.settings.get(f"rulesets/{known}")
    present = document if isinstance(document, dict) else {}
    body = ruleset_body(setup.wish, name)
    kinds = {rule["type"] for rule in present.get("rules", ())}
    if name == MAIN and "update" in kinds and not setup.wish.through_bot:
        body["rules"].append({"type": "update"})  # was asked for once: not loosened in passing
    if known is None:
        return ApiWrite("POST", "rulesets", body)
    return ApiWrite("PUT", f"rulesets/{known}", body)


def ruleset_body(wish: SetupWish, name: str) -> dict[str, Any]:
    """Return a ruleset as the API takes it."""
    main, ledger = f"refs/heads/{wish.branch}", f"refs/heads/{LEDGER_BRANCH}"
    branches = {HISTORY: [main, ledger], MAIN: [main], OURS: [ledger]}[name]
    rules: list[dict[str, Any]] = [{"type": "deletion"}, {"type": "non_fast_forward"}]
    if name == MAIN:
        rules = [_pull_request_rule(), _check_rule(wish.app_id)]
        rules += [{"type": "update"}] if wish.through_bot else []
    elif name == OURS:
        rules = [{"type": "creation"}, {"type": "update"}]
    return {
        "name": name,
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": branches, "exclude": []}},
        "bypass_actors": [] if name == HISTORY else bypass_of(wish),
        "rules": rules,
    }


def _pull_request_rule() -> dict[str, Any]:
    return {
        "type": "pull_request",
        "parameters": {
            "required_approving_review_count": 1,
            "dismiss_stale_reviews_on_push": True,
            "require_code_owner_review": True,
            "require_last_push_approval": True,
            "required_review_thread_resolution": False,
        },
    }


def _check_rule(app_id: int) -> dict[str, Any]:
    return {
        "type": "required_status_checks",
        "parameters": {
            "required_status_checks": [{"context": CHECK, "integration_id": app_id}],
            "strict_required_status_checks_policy": False,
        },
    }
