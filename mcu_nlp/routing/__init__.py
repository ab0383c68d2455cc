"""Routing rules: a TOML file that a curator edits, checked when it is read."""

from mcu_nlp.routing.dry_run import DryRun, dry_run
from mcu_nlp.routing.rules import Facts, RoutingTable, Rule, load_routing

__all__ = ["DryRun", "Facts", "RoutingTable", "Rule", "dry_run", "load_routing"]
