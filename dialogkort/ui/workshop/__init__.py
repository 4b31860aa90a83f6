"""The workshop screen: controller, view (what is shown) and widget (in a notebook)."""
