"""Pieces of work in several processes, their results in order as they come."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import joblib

_T = TypeVar("_T")


def in_processes(work: Callable[..., _T], pieces: Iterable[tuple[Any, ...]], processes: int) -> Iterator[_T]:
    """``work(*piece)`` for every piece; with one process, in this one.

    >>> list(in_processes(divmod, [(7, 2), (9, 4)], 1))
    [(3, 1), (2, 1)]
    """
    run = joblib.Parallel(n_jobs=processes, return_as="generator", pre_dispatch="2 * n_jobs")
    with warnings.catch_warnings():
        # A process whose memory has grown is replaced by a fresh one between two pieces; that is no fault.
        warnings.filterwarnings("ignore", message="A worker stopped", category=UserWarning)
        yield from run(joblib.delayed(work)(*piece) for piece in pieces)
