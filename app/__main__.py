"""`python -m app` is `amilia-feeds`."""

from app.cli import run

if __name__ == "__main__":
    run()
