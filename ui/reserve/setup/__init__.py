"""The form in which targets, units, costs, shares and the search are set."""
