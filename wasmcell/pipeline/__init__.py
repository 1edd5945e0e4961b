"""Pipelines: what is to be done, as an immutable value, and the one way to run it on any engine."""

from wasmcell.pipeline.result import Result
from wasmcell.pipeline.value import Pipeline, Step

__all__ = ["Pipeline", "Result", "Step"]
