"""The screen for typing in a session that was held on paper."""
