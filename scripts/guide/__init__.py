"""The tour through the window that takes the pictures of the guide, task by task."""
