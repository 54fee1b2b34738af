"""Canonical item -> story: groups related news as it arrives."""

from aggregator.cluster.assign import RULES_VERSION, assign
from aggregator.cluster.state import RESTORE_LIMIT, ClusterState
from aggregator.cluster.summarise import summarise

__all__ = ["RESTORE_LIMIT", "RULES_VERSION", "ClusterState", "assign", "summarise"]
