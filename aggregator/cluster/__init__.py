"""Canonical item -> story: related news found as it arrives."""

from aggregator.cluster.assign import ENGINE, assign
from aggregator.cluster.state import RESTORE_LIMIT, ClusterState
from aggregator.cluster.summarise import summarise

__all__ = ["ENGINE", "RESTORE_LIMIT", "ClusterState", "assign", "summarise"]
