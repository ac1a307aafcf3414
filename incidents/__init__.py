"""The pure core: it decides, waits for nothing and knows no engine."""
