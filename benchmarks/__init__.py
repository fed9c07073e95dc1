"""How fast the parts are, each against a yardstick in the same run; ``make bench`` prints the ratios."""
