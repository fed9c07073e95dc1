"""What we depend on: known weaknesses, licences, and the list of all of it. ``make audit`` runs it."""
