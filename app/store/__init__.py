"""What must survive a restart, behind the protocol that ``feeds`` declares."""

from app.store.opening import open_store

__all__ = ["open_store"]
