"""The form of a study: records, layers, sampling, model, evaluation."""
