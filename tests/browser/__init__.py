"""The pages as people meet them: a real browser, a real server, a simulated Amilia behind it."""
