"""Executions followed live: one reader of each for all who follow it in this process."""
