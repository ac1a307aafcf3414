"""A drill's message built with a whole text instead of the words behind the mark."""

from activities.drill import DrillMessage

message = DrillMessage(key="k", unit="u", text="no mark")  # refused: call-arg
