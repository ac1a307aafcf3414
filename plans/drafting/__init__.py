"""How the default templates of plan documents are made from readable drafts (`make templates`)."""
