"""The branches: who must review, who may push, and that nobody can rewrite what was recorded."""

from __future__ import annotations

from collections.abc import Iterator

from bot.checks.setup.rules import (
    HISTORY,
    MAIN,
    OURS,
    RULES_PLACE,
    Protection,
    must_let_us_by,
    protection_of,
    ruleset_write,
    who,
)
from bot.domain.repository_setup import (
    LEDGER_BRANCH,
    ApiWrite,
    BranchWrite,
    RepositorySetup,
    SetupPoint,
    Unreadable,
    unreadable,
)

ADMINISTRATION = "administration: write"
CONTENTS = "contents: write"


def check_ledger_branch(setup: RepositorySetup) -> Iterator[SetupPoint]:
    """Yield whether the branch that keeps the scores is there."""
    found = setup.settings.get(f"branches/{LEDGER_BRANCH}")
    name = f"branch {LEDGER_BRANCH}"
    if isinstance(found, Unreadable):
        yield unreadable(name, found)
        return
    now = str(found["commit"]["sha"])[:10] if found else ""
    yield SetupPoint(
        name,
        "" if found else "it is not there",
        f"push an empty root commit to {LEDGER_BRANCH}",
        CONTENTS,
        now,
        now or "one empty commit",
        (BranchWrite(LEDGER_BRANCH),),
    )


def check_branches(setup: RepositorySetup) -> Iterator[SetupPoint]:
    """Yield the points about the rules of both branches."""
    main = protection_of(setup, "{branch}")
    ledger = protection_of(setup, LEDGER_BRANCH)
    listed = setup.settings.get("rulesets")
    for name, found in ((setup.wish.branch, main), (LEDGER_BRANCH, ledger), ("rules", listed)):
        if isinstance(found, Unreadable):
            yield unreadable(f"branch {name}", found)
    if not isinstance(main, Protection) or not isinstance(ledger, Protection):
        return
    if isinstance(listed, Unreadable):
        return
    yield from _check_history(setup, setup.wish.branch, main)
    yield from _check_history(setup, LEDGER_BRANCH, ledger)
    if setup.wish.writer == "token":
        yield from _warn_of_open_branches(setup)
        return
    yield from _check_review(setup, main)
    yield from _check_pusher(setup, setup.wish.branch, main, MAIN)
    yield from _check_only_bot(setup, ledger)
    yield from _check_pusher(setup, LEDGER_BRANCH, ledger, OURS)


def _check_history(setup: RepositorySetup, branch: str, found: Protection) -> Iterator[SetupPoint]:
    """Yield whether nobody at all, the bot included, can rewrite or delete a branch."""
    write = ruleset_write(setup, HISTORY)
    for kind, name in (("non_fast_forward", "force push"), ("deletion", "deletion")):
        weak = found.weak(kind)
        problem = "" if found.firm(kind) else f"{name} must be refused{weak}"
        aim = "refused to everybody"
        now = aim if found.firm(kind) else "refused to some" if weak else ""
        yield SetupPoint(
            f"branch {branch}: no {name}", problem, RULES_PLACE, ADMINISTRATION, now, aim, (write,)
        )


def _check_review(setup: RepositorySetup, found: Protection) -> Iterator[SetupPoint]:
    """Yield whether a merge needs a review, by the right people, and the bot's verdict."""
    wish = setup.wish
    write = ruleset_write(setup, MAIN)
    after = after_code_owners(found)
    reviews = found.review
    rows = [
        ("a review", reviews("required_approving_review_count") >= 1, "one approving review"),
        ("code owner", bool(reviews("require_code_owner_review")), "a review by a code owner"),
        (
            "latest push",
            bool(reviews("dismiss_stale_reviews_on_push"))
            or bool(reviews("require_last_push_approval")),
            "a review of the latest push",
        ),
    ]
    weak = found.weak("pull_request")
    for name, is_fine, aim in rows:
        problem = "" if is_fine else f"{aim} must be required{weak}"
        now = "required" if is_fine else ""
        yield _rule_point(setup, name, problem, now, aim, write, after)
    sources = found.check_sources
    problem = ""
    if sources != (wish.app_id,):
        weak = found.weak("required_status_checks")
        seen = f"; it is bound to {', '.join(map(str, sources))}" if sources else weak
        problem = f'the check "rexrank" must be required and bound to app {wish.app_id}{seen}'
    now = ", ".join(f"app {source}" for source in sources)
    yield _rule_point(setup, "check", problem, now, f"app {wish.app_id}", write, after)
    if wish.through_bot:
        is_fine = found.firm("update")
        problem = "" if is_fine else f"anybody else must not merge{found.weak('update')}"
        now = "restricted" if is_fine else ""
        yield _rule_point(setup, "merged by the bot", problem, now, who(wish), write, after)


def after_code_owners(found: Protection) -> tuple[str, ...]:
    """Return what must be right before a branch is protected that still lets plain pushes in."""
    return () if found.asks_for_pull_requests else ("CODEOWNERS",)


def _rule_point(
    setup: RepositorySetup,
    name: str,
    problem: str,
    now: str,
    aim: str,
    write: ApiWrite,
    after: tuple[str, ...],
) -> SetupPoint:
    """Return a point about the branch with the entries."""
    return SetupPoint(
        f"branch {setup.wish.branch}: {name}",
        problem,
        RULES_PLACE,
        ADMINISTRATION,
        now,
        aim,
        (write,),
        after=after,
    )


def _check_only_bot(setup: RepositorySetup, found: Protection) -> Iterator[SetupPoint]:
    """Yield whether only the bot can write to the ledger."""
    is_fine = found.firm("update") and found.firm("creation")
    weak = found.weak("update") or found.weak("creation")
    yield SetupPoint(
        f"branch {LEDGER_BRANCH}: only the bot",
        "" if is_fine else f"pushes of anybody else must be refused{weak}",
        RULES_PLACE,
        ADMINISTRATION,
        who(setup.wish) if is_fine else "",
        who(setup.wish),
        (ruleset_write(setup, OURS),),
        after=(f"branch {LEDGER_BRANCH}",),
    )


def _check_pusher(
    setup: RepositorySetup, branch: str, found: Protection, ours: str
) -> Iterator[SetupPoint]:
    """Yield whether the rules let the bot push, and nobody else."""
    name = f"branch {branch}: the bot's pushes"
    write = ruleset_write(setup, ours)
    for rules in found.rulesets:
        if not must_let_us_by(rules):
            continue
        is_own = rules.name == ours
        place = f"{RULES_PLACE} > {rules.name}"
        if rules.bypass is None:
            yield SetupPoint(
                f"{name}: {rules.name}",
                "the token may not read who may pass by it",
                place,
                ADMINISTRATION,
            )
            continue
        others = [actor for actor in rules.bypass if not rules.is_us(actor)]
        problem = ""
        if len(others) == len(rules.bypass):
            problem = f"they are refused: {who(setup.wish)} is not on the bypass list"
        elif others:
            problem = f"{len(others)} others are on the bypass list"
        now = ", ".join(map(rules.spell, rules.bypass))
        yield SetupPoint(
            f"{name}: {rules.name}",
            problem,
            place,
            ADMINISTRATION,
            now,
            who(setup.wish),
            (write,) if is_own else (),
        )
    if found.classic_refuses_pushes:
        yield SetupPoint(
            f"{name}: branch protection",
            "the older branch protection refuses them: no app can pass by a check it requires; "
            "remove it once the rulesets are there",
            f"Settings > Branches > {branch}",
            ADMINISTRATION,
            "required check or review",
            "none",
        )


def _warn_of_open_branches(setup: RepositorySetup) -> Iterator[SetupPoint]:
    """Yield what stays open when the run's own token pushes."""
    for branch in (setup.wish.branch, LEDGER_BRANCH):
        yield SetupPoint(
            f"branch {branch}: not protected",
            note="with --token-only whoever may write here may push to it without a review or "
            "the check; an app or a deploy key changes that",
        )
