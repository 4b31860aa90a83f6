"""The screens: for each a controller (what a message leads to), a view (what is shown) and a widget."""
