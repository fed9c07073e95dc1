"""The API's resources as JSON text, field by field in the order in which Amilia prints them."""
