"""What the service does; knows no HTTP, flushes and never commits."""
