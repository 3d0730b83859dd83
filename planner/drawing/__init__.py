"""Drawing proposals: shapes, what they snap to, what they gain, the edits that store them."""
