"""What the service is for: catalogues of events, kept fresh, from which every feed is a selection.

Knows no HTTP, no Amilia, no database: it reaches them through ``ports``.
"""
