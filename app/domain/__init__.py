"""The words of this service, in plain values: events, selections, revisions, errors.

Standard library only. Nothing here reads a clock, a file, a network or a setting.
"""
