"""A GitHub on a loopback port: real git repositories, the REST API a bot needs, faults to order."""

from .accounts import ACTIONS_BOT, Account, App, Token
from .calls import Refusal
from .faults import Fault
from .server import GitHubServer, Request
from .state import Comment, Issue, Pull, Repository, Review

__all__ = [
    "ACTIONS_BOT",
    "Account",
    "App",
    "Comment",
    "Fault",
    "GitHubServer",
    "Issue",
    "Pull",
    "Refusal",
    "Repository",
    "Request",
    "Review",
    "Token",
]
