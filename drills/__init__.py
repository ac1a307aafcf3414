"""Drills (演练): accidents that are rehearsed. A case is data; what plays it asks the core that live incidents ask."""
