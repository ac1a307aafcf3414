"""A post is held in one jurisdiction: two plans may have posts of one name."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it: who is appointed already acts as before."""
    op.add_column("holders", sa.Column("place", sa.String(length=6), nullable=False, server_default=""))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("holders", "place")
