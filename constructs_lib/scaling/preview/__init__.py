"""Scaling before it is paid for: the policies of a template, replayed against traffic. No AWS CDK, no Node."""
