"""What trains: the requests of training jobs, and the definitions in those of tuning jobs."""

from ._structure import PROCESSING_JOB, Structure, found_in, requested
from ._template import Template


def tunings(template: Template) -> list[Structure]:
    """Every request of a tuning job."""
    return requested(template, "CreateHyperParameterTuningJob")


def definitions(tuning: Structure) -> list[Structure]:
    """The definitions of the training jobs that a tuning job starts."""
    one = tuning.below("TrainingJobDefinition")
    return [*([one] if one.values else ()), *tuning.items("TrainingJobDefinitions")]


def trainings(template: Template) -> list[Structure]:
    """Every request of a training job, and every definition in one of a tuning job; their members are alike."""
    defined = [definition for tuning in tunings(template) for definition in definitions(tuning)]
    return [*requested(template, "CreateTrainingJob"), *defined]


def processings(template: Template) -> list[Structure]:
    """Every processing job, whether a resource or a request."""
    return found_in(template, PROCESSING_JOB, "CreateProcessingJob")
