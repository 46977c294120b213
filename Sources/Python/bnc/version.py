"""The version of bnc that this package goes with."""

__version__ = "0.2.0-dev"
