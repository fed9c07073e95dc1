"""The yardsticks are honest, and every part of the benchmarks runs."""
