"""What must survive a restart, behind the protocol that ``feeds`` declares."""
