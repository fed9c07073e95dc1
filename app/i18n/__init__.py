"""Words, prices and dates in French and English; Babel's home."""
