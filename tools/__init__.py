"""Tools a developer runs by hand: nothing in the product imports them."""
