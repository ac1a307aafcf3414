"""Documents (文书) of an incident: their fields from the log, the paper, its PDF, and the figures read back from it."""
