"""Logs and metrics, passed in as values."""
