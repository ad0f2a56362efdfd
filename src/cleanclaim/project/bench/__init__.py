"""Benchmarks: the loop's speed, the pages' speed, and what kill -9 does to the loop. See docs/benchmarks/."""
