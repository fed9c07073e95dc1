"""What the service withstands: docs/security.md names what each of these proves."""
