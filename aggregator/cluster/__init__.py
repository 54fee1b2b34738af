"""Canonical item -> story: groups related news as it arrives."""

from aggregator.cluster.assign import RULES_VERSION, assign
from aggregator.cluster.state import RESTORE_LIMIT, ClusterState
from aggregator.cluster.summarise import summarise
from aggregator.cluster.views import Features, features_of, unpack

__all__ = [
    "RESTORE_LIMIT",
    "RULES_VERSION",
    "ClusterState",
    "Features",
    "assign",
    "features_of",
    "summarise",
    "unpack",
]
