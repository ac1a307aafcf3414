"""What an incident costs, beside a bare Temporal workflow of the same server operations (`make bench`)."""
