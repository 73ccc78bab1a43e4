"""SageMaker Feature Store: the two stores of a group, and the runtime that puts, gets and deletes records."""
