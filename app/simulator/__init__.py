"""The Amilia V3 API as it really behaves, for tests and demonstrations; shares no code with the service."""
