"""The plenum screen: controller, views and widget (in a notebook)."""
