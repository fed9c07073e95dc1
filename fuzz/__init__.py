"""Coverage-guided fuzzing: octets that find their own way into every branch of what reads strangers' words.

``python -m fuzz --seconds 300`` runs every target for that long; ``make test`` runs each for a moment.
"""
