"""Serves any ASGI application over HTTP, to clients of every kind, and takes its leave politely.

It knows uvicorn and nothing of what is served: the commands hand it what to build and what to build it from.
"""
