"""Comparisons with real peers, run interleaved on one machine: `python -m bench`.

A `Case` is data: peers that do the same work, and goals. The first peer is wasmcell; its times are the
reference of all ratios. `cases_*.py` say what is compared, `measure.py` runs it, `report.py` writes it down.
"""
