"""The store in Redis or Valkey: for several hosts that share one truth."""

from app.store.redis.store import RedisStore

__all__ = ["RedisStore"]
