"""Covariates: rasters of any size brought onto one study grid by stated rules."""

from __future__ import annotations

from layers.covariates.alignment import Alignment
from layers.covariates.coverage import Coverage, LayerCoverage, NoCoverageError
from layers.covariates.guessing import SourceGuess, guess_sources
from layers.covariates.source import CovariateSource, SourceFacts, read_facts
from layers.covariates.stack import CovariateNamesError, CovariateStack, open_covariates

__all__ = [
    "Alignment",
    "CovariateNamesError",
    "CovariateSource",
    "CovariateStack",
    "Coverage",
    "LayerCoverage",
    "NoCoverageError",
    "SourceFacts",
    "SourceGuess",
    "guess_sources",
    "open_covariates",
    "read_facts",
]
