"""The overview screen: controller and widget (in a notebook)."""
