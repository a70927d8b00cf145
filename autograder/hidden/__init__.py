"""The graded checks: one file a part, each reads like a rubric. No student ever sees them."""
