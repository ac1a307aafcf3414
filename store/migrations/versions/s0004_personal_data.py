"""Names apart from the log, and what was decided about them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "people",
        sa.Column("incident", sa.String(length=64), nullable=False),
        sa.Column("list", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident", "list", "number"),
    )
    op.create_table(
        "personal_disposals",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("incident", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index(op.f("ix_personal_disposals_incident"), "personal_disposals", ["incident"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_personal_disposals_incident"), table_name="personal_disposals")
    op.drop_table("personal_disposals")
    op.drop_table("people")
