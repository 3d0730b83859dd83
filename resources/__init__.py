"""What ships with Landbridge: data, profiles, styles, templates, and the root of its errors."""
