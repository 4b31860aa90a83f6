"""The coding screen: controller, corpus and comparison (what is shown), and widget (in a notebook)."""
