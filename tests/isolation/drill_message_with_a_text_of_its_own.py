"""A drill's message whose text is overridden, so that the mark is gone."""

from activities.drill import DrillMessage


class Unmarked(DrillMessage):  # refused: misc
    @property
    def text(self) -> str:
        return self.words
