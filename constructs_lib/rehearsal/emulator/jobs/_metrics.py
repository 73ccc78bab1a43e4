"""What a training job reports at its end: the same number for every metric."""

from typing import Any

from ..api import Request

# High enough for a threshold on an accuracy, and no number that anybody would take for a measurement.
VALUE = 0.95

# Built-in algorithms take no metric definitions and report these by themselves: what can be tuned, and what is
# computed on the way. https://docs.aws.amazon.com/sagemaker/latest/dg/algos.html, "Tune a … Model" of each algorithm
_BUILT_IN = {
    "blazingtext": ("train:mean_rho", "validation:accuracy"),
    "deepar": ("test:RMSE", "test:mean_wQuantileLoss", "train:final_loss"),
    "factorization-machines": ("test:binary_classification_accuracy", "test:binary_f_beta", "test:rmse"),
    "forecasting-deepar": ("test:RMSE", "test:mean_wQuantileLoss", "train:final_loss"),
    "image-classification": ("train:accuracy", "validation:accuracy"),
    "ipinsights": ("validation:discriminator_auc",),
    "kmeans": ("test:msd", "test:ssd"),
    "knn": ("test:accuracy", "test:mse"),
    "lda": ("test:pwll",),
    "linear-learner": ("test:objective_loss", "validation:binary_f_beta", "validation:objective_loss"),
    "ntm": ("validation:total_loss",),
    "object-detection": ("validation:mAP",),
    "object2vec": ("validation:accuracy", "validation:mean_squared_error"),
    "pca": ("test:throughput",),
    "randomcutforest": ("test:f1",),
    "semantic-segmentation": ("validation:mIOU", "validation:pixel_accuracy"),
    "seq2seq": ("validation:accuracy", "validation:bleu", "validation:perplexity"),
    "xgboost": ("train:rmse", "validation:accuracy", "validation:auc", "validation:error", "validation:rmse"),
    "sagemaker-xgboost": ("train:rmse", "validation:accuracy", "validation:auc", "validation:error", "validation:rmse"),
}


def reported(request: Request) -> list[dict[str, Any]]:
    """The metrics of a job of this request, with their values."""
    algorithm = request.get("AlgorithmSpecification", {})
    names = [definition["Name"] for definition in algorithm.get("MetricDefinitions", [])]
    if not names:
        # registry/name:tag or registry/name@digest
        repository = algorithm.get("TrainingImage", "").partition("/")[2].partition("@")[0].partition(":")[0]
        names = list(_BUILT_IN.get(repository, ()))
    return [{"MetricName": name, "Value": VALUE} for name in names]
