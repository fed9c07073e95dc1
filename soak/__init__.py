"""The whole service under fire, watched by readers who know the truth: ``python -m soak --help``."""
