"""A line never asks for less than nothing."""
