"""Many customers, one cause: how we notice, and what a task force (专案组) owes everybody until it is over."""
