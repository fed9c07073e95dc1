"""Calendar feeds, pages and widgets for organizations that run their registrations on Amilia."""

__version__ = "0.1.0"
