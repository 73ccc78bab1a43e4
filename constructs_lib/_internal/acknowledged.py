"""Findings of cdk-nag that hold for every user of a construct, each with its reason."""

from aws_cdk import Acknowledgment, Validations
from constructs import Construct

# The packs that share their rules' names; AwsSolutions has numbers of its own.
_PACKS = ("HIPAA.Security", "NIST.800.53.R4", "NIST.800.53.R5", "PCI.DSS.321")


def acknowledge(construct: Construct, rule: str, reason: str) -> None:
    """Say why *construct* does not follow *rule*, whichever of the packs an app runs."""
    acknowledgments = [Acknowledgment(id=f"{pack}::{pack}-{rule}", reason=reason) for pack in _PACKS]
    Validations.of(construct).acknowledge(*acknowledgments)
