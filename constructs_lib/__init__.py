"""Deep learning on Amazon SageMaker as typed AWS CDK constructs."""
