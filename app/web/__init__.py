"""HTTP in, HTTP out. Knows FastAPI, not Amilia."""
