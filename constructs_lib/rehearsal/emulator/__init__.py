"""The embedded AWS: MiniStack with a SageMaker and an Application Auto Scaling control plane added to it.

Runs in the emulator's own Python environment, which has MiniStack and botocore and neither boto3 nor the CDK.
"""
